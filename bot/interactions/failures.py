"""What people read when something did not work, and when they or the bot lack a permission."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from discord.app_commands import AppCommandChannel, AppCommandThread

from bot.interactions.formats import MAX_CONTENT, as_text, moment, shortened
from bot.interactions.progress import progress_words
from bot.jobs.job import WorkerState
from bot.texts import Texts
from forecasting import (
    ForecastingError,
    NoForecastYet,
    NoPastReturns,
    NotEnoughHistory,
    StorageCause,
    TooLittleInCommon,
    UnknownSymbol,
)


def forecasting_failure(texts: Texts, error: ForecastingError, jobs: WorkerState) -> str:
    """The failures that members meet most in their language; of others, the error's own sentence."""
    match error:
        case UnknownSymbol():
            known = ", ".join(error.known[:12])
            words = texts("failure.unknown_symbol", text=as_text(error.text), known=known)
            if near := error.near or next(iter(get_close_matches(error.text.upper(), error.known, 1)), None):
                words += " " + texts("failure.did_you_mean", near=near)
        case NoForecastYet(why="") if jobs.running is not None:
            words = texts("failure.under_way", symbol=error.symbol, job=progress_words(texts, jobs.running))
        case NoForecastYet(why=""):
            words = texts("failure.no_forecast", symbol=error.symbol)
        case NotEnoughHistory():
            words = texts("failure.too_young", symbol=error.symbol, sessions=error.sessions, needed=error.needed)
        case NoPastReturns():
            words = texts("failure.no_past_returns", symbol=error.symbol)
        case TooLittleInCommon():
            words = texts("failure.too_little_in_common")
        case _:
            words = texts.said(str(error))
    return shortened(words, MAX_CONTENT)


def storage_failed(texts: Texts, cause: StorageCause, reference: str) -> str:
    """The database was locked for longer than the bot waits or cannot be reached, or its owner has to mend it."""
    if cause in ("locked", "gone"):
        return texts("failure.database", reference=reference)
    return texts("failure.storage", cause=texts(f"storage.{cause}"), reference=reference)


def discord_refuses(texts: Texts, reason: str) -> str:
    """Discord says that the channel no longer exists, or that it is not allowed there."""
    return texts("failure.discord_refuses", reason=reason.splitlines()[0] if reason else "?")


STEPS = {
    "retrain": "The weekly training",
    "missing": "The training of ETFs without a forecast",
    "refresh": "The refresh",
    "report": "Posting reports",
}


def step_broke(task: str, attempts: int, of: int) -> str:
    """What became of scheduled work, without the error's own words: those may be for operators only."""
    then = "It will be tried again later." if attempts < of else "It will not be tried again until the bot restarts."
    return f"{STEPS[task]} failed unexpectedly, attempt {attempts} of {of}; the bot's log has the details. {then}"


def schedule_stands_still(reason: str | None, minutes: int) -> str:
    """Why no scheduled work is done; ``reason`` is a sentence, if there is one that may be shown."""
    why = reason or "It failed unexpectedly; the bot's log has the details."
    return f"Trainings, refreshes and reports have stopped. {why} The bot tries again every {minutes} minutes."


def member_lacks(texts: Texts, permissions: Collection[str], command: str, server: str) -> str:
    return texts(
        "failure.member_lacks", command=command, permissions=_names(texts, permissions), server=as_text(server)
    )


def bot_lacks(texts: Texts, permissions: Collection[str], channel_id: int) -> str:
    names = _names(texts, permissions)
    return texts.counted("failure.bot_lacks", len(permissions), permissions=names, channel=f"<#{channel_id}>")


def unusable_option(texts: Texts, value: Any) -> str:
    """The bot cannot use what was chosen for an option: most often a channel that it does not see."""
    if isinstance(value, AppCommandChannel | AppCommandThread):
        return texts("failure.channel_unseen", channel=f"<#{value.id}>", permission=texts("permission.view_channel"))
    return texts("failure.bad_option", value=as_text(str(value)))


def too_fast(texts: Texts, again_at: datetime) -> str:
    return texts("failure.too_fast", in_time=moment(again_at, "R"))


def _names(texts: Texts, permissions: Collection[str]) -> str:
    """As Discord's own settings call them."""
    return ", ".join(texts.named(f"permission.{name}", name.replace("_", " ").title()) for name in permissions)
