"""The commands of ``etf-forecast``. Each is loaded when it is asked for, so that reading does not wait for torch."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

_COMMANDS: Final = {
    "retrain": "retrain:retrain",
    "refresh": "retrain:refresh",
    "show": "show:show",
    "scores": "show:scores",
    "track": "track:track",
    "backtest": "backtest:backtest",
    "tune": "tune:tune",
    "rollback": "rollback:rollback",
    "reproduce": "reproduce:reproduce",
    "replay": "replay:replay",
    "prices": "prices:prices_group",
    "draw": "draw:draw",
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - fixed by click
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - fixed by click
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name].split(":")
        command: click.Command = getattr(import_module(f"forecasting.cli.{module}"), name)
        return command


@click.command(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="etf-forecast-bot", prog_name="etf-forecast")
def cli() -> None:
    """Honest 60-session forecasts of ETFs, one LSTM each.

    SOURCE is yahoo, csv:DIR (a folder of SYMBOL.csv files) or simulated; without it the setting PRICES decides.
    Settings come from the environment or .env; .env.example lists them.
    """
