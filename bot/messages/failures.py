"""What people read when something did not work, and when they or the bot lack a permission."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from bot.messages.formats import MAX_CONTENT, moment, shortened
from bot.messages.status import progress_words
from bot.worker import WorkerState
from forecasting import ForecastingError, NoForecastYet

PERMISSION_NAMES = {
    "manage_guild": "Manage Server",
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
}
"""As Discord's own settings call them."""


def forecasting_failure(error: ForecastingError, jobs: WorkerState) -> str:
    """The error's own words; for a forecast that is being made, how far that is."""
    if isinstance(error, NoForecastYet) and jobs.running is not None:
        return shortened(
            f"There is no forecast for {error.symbol} yet. A job is under way: {progress_words(jobs.running)}. "
            "Please ask again when it is done.",
            MAX_CONTENT,
        )
    return shortened(str(error), MAX_CONTENT)


def unexpected_failure(reference: str) -> str:
    return (
        f"Something went wrong here that nobody foresaw. It is in the bot's log under the reference `{reference}`; "
        "please tell whoever runs the bot."
    )


STEPS = {
    "retrain": "The weekly training",
    "missing": "The training of ETFs without a forecast",
    "refresh": "The refresh",
    "report": "The posting of the weekly report",
}


def step_broke(task: str, attempts: int, of: int) -> str:
    """Of scheduled work. The error's own words may be for operators' eyes only."""
    then = "It is tried again later." if attempts < of else "It is not tried again before the bot's next start."
    return f"{STEPS[task]} broke at attempt {attempts} of {of}, and nobody foresaw how: the bot's log has it. {then}"


def member_lacks(permissions: Iterable[str], command: str, server: str) -> str:
    return f"`/{command}` needs the permission **{_names(permissions)}** in the server **{server}**, which you lack."


def bot_lacks(permissions: Iterable[str], channel_id: int) -> str:
    return (
        f"I lack the permission **{_names(permissions)}** in <#{channel_id}>. Grant it to my role in that channel's "
        "settings, then try again."
    )


def only_in_servers(command: str) -> str:
    return f"`/{command}` works in the channels of a server only."


def too_fast(again_at: datetime) -> str:
    return f"That was a lot in a short time. Please try again {moment(again_at, 'R')} ({moment(again_at, 'T')})."


def _names(permissions: Iterable[str]) -> str:
    return ", ".join(PERMISSION_NAMES.get(name, name.replace("_", " ").title()) for name in permissions)
