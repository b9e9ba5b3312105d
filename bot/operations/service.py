"""``etf-bot service``: the unit with which systemd keeps the bot running."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import click

from bot.settings import BotSettings
from forecasting import database_file

_UNIT = """\
# Install it:  etf-bot service | sudo tee /etc/systemd/system/etf-bot.service
# Start it:    sudo systemctl daemon-reload && sudo systemctl enable --now etf-bot
# Its log:     journalctl -u etf-bot -f
[Unit]
Description=Discord bot with forecasts of ETFs
Wants=network-online.target
After=network-online.target

[Service]
User={user}
WorkingDirectory={folder}
ExecStart={python} -m bot run
Restart=on-failure
RestartSec=60
# Wrong settings, which only a person can mend:
RestartPreventExitStatus=2
TimeoutStopSec=30
UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths={writable}

[Install]
WantedBy=multi-user.target
"""


@click.command(epilog="Example: etf-bot service | sudo tee /etc/systemd/system/etf-bot.service")
def service() -> None:
    """Print a systemd unit that runs the bot as you, in this folder, with its .env."""
    settings = BotSettings.examined()[0]
    folder = Path.cwd()
    database = database_file(settings.database_url)
    written = [folder, settings.model_dir.absolute(), *([database.absolute().parent] if database else [])]
    outside = [place for place in dict.fromkeys(written) if place == folder or not place.is_relative_to(folder)]
    click.echo(
        _UNIT.format(
            user=getpass.getuser(),
            folder=str(folder).replace("%", "%%"),
            python=_quoted(Path(sys.executable).absolute()),
            writable=" ".join(_quoted(place) for place in outside),
        ),
        nl=False,
    )


def _quoted(path: Path) -> str:
    """As systemd reads it: a ``%`` doubled, and in quotes where there is a space."""
    text = str(path).replace("\\", "\\\\").replace("%", "%%").replace('"', '\\"')
    return f'"{text}"' if " " in text else text
