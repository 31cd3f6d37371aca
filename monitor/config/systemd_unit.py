"""The unit by which systemd runs seedwatch, as tight as its work allows; it must not touch the system."""

from __future__ import annotations

from pathlib import Path

# `systemd-analyze security` gives it 1.4. Left open, and why: @resources, for workers limit their own memory;
# MemoryDenyWriteExecute, for libffi makes callbacks of Python (TLS) in memory that is written and run.
_UNIT = """\
[Unit]
Description=seedwatch news monitor
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
User={user}
WorkingDirectory={folder}
ExecStart={program} run --pages
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5
RestartPreventExitStatus=74 78
TimeoutStartSec=180
TimeoutStopSec=20
WatchdogSec=60
LimitNOFILE=4096
UMask=0077
# Secrets that only root can read: a line for each, its name as secret_file, url_file, token_file … in config.toml.
#LoadCredential=receiver.secret:/etc/seedwatch/receiver.secret
ReadWritePaths={folder}
CacheDirectory=seedwatch
Environment=XDG_CACHE_HOME=%C
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
PrivateIPC=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
KeyringMode=private
DevicePolicy=closed
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""


def format_systemd_unit(folder: Path, user: str, program: Path) -> str:
    """The text of seedwatch.service: `folder` is that of config.toml, `program` the command, both absolute.

    Raises ValueError for a path that a unit cannot hold as it is.
    """
    for path in (folder, program):
        if not path.is_absolute() or any(letter.isspace() or letter in "%\"'\\\\;" for letter in str(path)):
            raise ValueError(f"{path}: systemd needs an absolute path without spaces, quotes and percent signs")
    return _UNIT.format(folder=folder, user=user, program=program)
