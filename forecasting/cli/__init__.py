"""The commands of ``etf-forecast``. Each is loaded when it is asked for, so that reading does not wait for torch.

A new command is a file named after it, which holds a click command of that name, and a line in COMMANDS. Only
``refresh`` is in the file of ``retrain``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

from forecasting.cli.progress import log_to_stderr

COMMANDS: Final = {
    "retrain": "Train new models and store their forecasts.",
    "refresh": "Update the forecasts with the existing models.",
    "show": "Show the newest stored forecast of an ETF.",
    "scores": "Show how far off past forecasts were.",
    "track": "Show how the issued forecasts turned out, or verify them.",
    "backtest": "Write walk-forward forecasts and what happened to a file.",
    "tune": "Search for better parameters of the LSTM.",
    "rollback": "Go back to an earlier model.",
    "reproduce": "Recompute a recorded forecast and compare.",
    "replay": "Issue the forecasts of past weeks, to seed the track record.",
    "prices": "Fetch, check and export prices.",
    "record": "Write the record of issued forecasts as a web page.",
    "doctor": "Examine database, record, models and disk, and repair them.",
    "draw": "",  # for programs, so that the list of commands leaves these two out
    "ask": "",
}
"""What ``--help`` says of each, without loading it."""


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - fixed by click
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - fixed by click
        if cmd_name not in COMMANDS:
            return None
        file = "retrain" if cmd_name == "refresh" else cmd_name
        command: click.Command = getattr(import_module(f"forecasting.cli.{file}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, summary in COMMANDS.items() if summary])


@click.command(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Example: etf-forecast retrain SPY --prices simulated",
)
@click.version_option(package_name="etf-forecast-bot", prog_name="etf-forecast")
def cli() -> None:
    """Forecast ETF prices 60 trading days ahead, with one LSTM per ETF.

    SOURCE is yahoo, csv:DIR (a folder of SYMBOL.csv files) or simulated. Its default is the setting PRICES. Settings
    come from the environment or from .env; .env.example lists them all.
    """
    log_to_stderr()
