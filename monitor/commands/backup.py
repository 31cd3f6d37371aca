"""`seedwatch backup` and `seedwatch restore`: a copy under load, looked through, and the way back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from monitor.commands.console import CommandOptions, fail_command, print_progress


@click.command("backup")
@click.argument("file", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--keep", type=click.IntRange(min=1), help="Then delete all but the newest N in the folder of backups.")
@click.pass_obj
def backup_command(where: CommandOptions, file: Path | None, keep: int | None) -> None:
    """Copy the database, while the daemon runs or not.

    Into FILE, by default db/backups/seedwatch-TIME.db. The copy is checked before it appears under its name.
    """
    from monitor.storage.backup import back_up_database, name_backup, prune_backups

    database = where.find_database()
    target = file or name_backup(database, datetime.now(UTC))
    size = back_up_database(database, target)
    print_progress(f"{target}: {size / 1e6:.1f} MB, checked")
    for path in prune_backups(database, keep) if keep is not None else ():
        print_progress(f"{path}: deleted")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--check", is_flag=True, help="Only look through FILE; exit 1 where it is unsound.")
@click.pass_obj
def restore_command(where: CommandOptions, file: Path, check: bool) -> None:
    """Put the copy FILE in the database's place.

    The daemon must be stopped. The database that was there is kept beside it.
    """
    from monitor.storage.backup import check_backup, restore_backup

    if check:
        if not file.is_file():
            fail_command(f"{file}: there is no such file")
        if faults := check_backup(file):
            fail_command("\n".join(f"{file}: {fault}" for fault in faults))
        print_progress(f"{file}: sound")
        return
    database = Path(where.load().store.path)
    aside = restore_backup(file, database, datetime.now(UTC))
    print_progress(f"{database}: restored from {file}{f'; what was there is {aside}' if aside else ''}")
