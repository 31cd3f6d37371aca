"""The commands about agents – `agent`, `agents init | list`; they must not crawl by themselves."""

from __future__ import annotations

import importlib.util
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from monitor.commands.console import CommandOptions, as_json, print_json, print_progress
from monitor.errors import SeedwatchError

_SPAN = timedelta(hours=1)  # of which `agents list` tells what each has done


def _need_extra() -> None:
    """Raises SeedwatchError where what agents need is not installed."""
    if any(importlib.util.find_spec(name) is None for name in ("msgspec", "nats", "nkeys")):
        raise SeedwatchError("agents need more than is installed: pip install 'seedwatch[agents]'")


@click.command("agent")
@click.option("--desk", "server", metavar="ADDRESS", required=True, help="The NATS server, as in tls://HOST:4222.")
@click.option(
    "--key",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The agent's key, of `seedwatch agents init`.",
)
@click.option("--label", "labels", multiple=True, help="Also ask the sources with this label; may be given again.")
@click.option(
    "--concurrency", type=click.IntRange(1, 64), default=16, show_default=True, help="Requests on the wire at once."
)
@click.option("--workers", type=click.IntRange(1, 64), help="Processes that read pages; one a core where absent.")
def agent_command(server: str, key: Path, labels: tuple[str, ...], concurrency: int, workers: int | None) -> None:
    """Crawl for a desk on another machine, until SIGTERM or Ctrl-C.

    It needs no configuration and keeps nothing: the desk says what to ask and how, and writes down what comes of it.
    What it was about when it is killed is done by others once its leases have run out, within a minute.
    """
    _need_extra()
    from monitor.config.schema import AgentsSection
    from monitor.daemon.agents.agent import AgentOptions, run_agent
    from monitor.fetching.agents.key_file import load_key

    try:
        AgentsSection.model_validate({"server": server})
    except ValueError as error:
        raise click.UsageError("--desk: write the server's address, as in tls://desk.example.org:4222") from error
    options = AgentOptions(server=server, key=load_key(key), labels=labels, slots=concurrency, workers=workers)
    print_progress(f"agent {options.key.name} for {server}; stop with Ctrl-C")
    run_agent(options)


@click.group("agents")
def agents_group() -> None:
    """Lay keys for agents on other machines, and list agents."""


@agents_group.command("init")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--host", default="127.0.0.1", show_default=True, help="Name or address at which agents reach the server."
)
@click.option("--port", type=click.IntRange(1, 65535), default=4222, show_default=True, help="Its port.")
@click.option("--wss", type=click.IntRange(1, 65535), help="A port for WebSocket, too, as in 443.")
@click.pass_obj
def init_agents(where: CommandOptions, names: tuple[str, ...], host: str, port: int, wss: int | None) -> None:
    """Lay a key for each agent NAME, and the server's configuration.

    They go into the folder `agents` beside config.toml; the server is NATS.

    Keys that are there stay; to take an agent away, remove its key and call this again. Without a NAME the first
    agent is called one. The first call adds [agents] to the configuration.
    """
    _need_extra()
    from monitor.config.edit import add_agents_section
    from monitor.fetching.agents.server_files import ServerPlace, lay_server_files

    path = where.path()
    where.load()  # a broken configuration is told before anything is laid
    folder = path.resolve().parent / "agents"
    known = any(folder.glob("*.key"))
    place = ServerPlace(host=host, port=port, websocket=wss)
    found = lay_server_files(folder, place, names or (() if known else ("one",)), datetime.now(UTC))
    server = f"tls://{f'[{host}]' if ':' in host else host}:{port}"
    if add_agents_section(path, server):
        print_progress(f"[agents] was added to {path}")
    print_progress(f"server: nats-server -c {folder / 'server.conf'}")
    print_progress("desk:   seedwatch run")
    for name in found:
        click.echo(f"seedwatch agent --desk {server} --key {folder / f'{name}.key'}")


@agents_group.command("list")
@as_json
@click.pass_obj
def list_agents(where: CommandOptions, json_: bool) -> None:
    """Every agent: when it was heard of last, what it polls.

    What it did in an hour, too, and how far all polls are behind.
    """
    from monitor.commands.output.agents import print_agents

    now = datetime.now(UTC)
    with where.store() as store:
        found = [_as_row(asdict(agent)) for agent in store.agents.list_states(now - _SPAN)]
        late = store.due_times.find_late_polls(now, now)
    behind = {"sources": late.sources if late else 0, "seconds": (now - late.since).total_seconds() if late else 0.0}
    if json_:
        print_json({"agents": found, "behind": behind})
    else:
        print_agents(found, behind, now)


def _as_row(agent: dict[str, Any]) -> dict[str, Any]:
    """The state of an agent with its times as the store writes them."""
    from monitor.storage.timestamps import format_stamp

    return {key: format_stamp(value) if isinstance(value, datetime) else value for key, value in agent.items()}
