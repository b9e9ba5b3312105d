"""What people read when something did not work, and when they or the bot lack a permission."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from discord.app_commands import AppCommandChannel, AppCommandThread

from bot.interactions.formats import MAX_CONTENT, moment, shortened
from bot.interactions.progress import progress_words
from bot.jobs.job import WorkerState
from bot.texts import Texts
from forecasting import ForecastingError, NoForecastYet, NotEnoughHistory, UnknownSymbol

NAMED_PERMISSIONS: Final = frozenset(
    {"manage_guild", "view_channel", "send_messages", "send_messages_in_threads", "embed_links", "attach_files"}
)
"""Those that this bot asks for."""


def forecasting_failure(texts: Texts, error: ForecastingError, jobs: WorkerState) -> str:
    """The error's own words, or a translation; for a forecast that is being made, how far that is."""
    if isinstance(error, NoForecastYet) and jobs.running is not None and not error.why:
        under_way = progress_words(texts, jobs.running)
        return shortened(texts("failure.under_way", symbol=error.symbol, job=under_way), MAX_CONTENT)
    return shortened(_translated(texts, error), MAX_CONTENT)


def _translated(texts: Texts, error: ForecastingError) -> str:
    """Errors carry their sentence in English. Those that members meet most are told from their facts."""
    if texts.language == "en":
        return str(error)
    match error:
        case UnknownSymbol():
            return texts("failure.unknown_symbol", text=error.text, known=", ".join(error.known[:12]))
        case NoForecastYet() if not error.why:
            return texts("failure.no_forecast", symbol=error.symbol)
        case NotEnoughHistory():
            return texts("failure.too_young", symbol=error.symbol, sessions=error.sessions, needed=error.needed)
    return str(error)


def unexpected_failure(texts: Texts, reference: str) -> str:
    return texts("failure.unexpected", reference=reference)


def database_busy(texts: Texts, reference: str) -> str:
    """Another program holds it for longer than the bot waits, or it cannot be reached."""
    return texts("failure.database", reference=reference)


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


def member_lacks(texts: Texts, permissions: Iterable[str], command: str, server: str) -> str:
    return texts("failure.member_lacks", command=command, permissions=_names(texts, permissions), server=server)


def bot_lacks(texts: Texts, permissions: Iterable[str], channel_id: int) -> str:
    return texts("failure.bot_lacks", permissions=_names(texts, permissions), channel=f"<#{channel_id}>")


def only_in_servers(texts: Texts, command: str) -> str:
    return texts("failure.only_in_servers", command=command)


def unusable_option(texts: Texts, value: Any) -> str:
    """What was chosen for an option is not what the bot can take: most often a channel that it does not see."""
    if isinstance(value, AppCommandChannel | AppCommandThread):
        return texts("failure.channel_unseen", channel=f"<#{value.id}>", permission=texts("permission.view_channel"))
    return shortened(texts("failure.bad_option", value=str(value)[:100]), MAX_CONTENT)


def outdated_command(texts: Texts, command: str) -> str:
    """A member's Discord offers a command as it was before the bot was renewed."""
    return texts("failure.outdated", command=command)


def too_fast(texts: Texts, again_at: datetime) -> str:
    return texts("failure.too_fast", in_time=moment(again_at, "R"), at=moment(again_at, "T"))


def _names(texts: Texts, permissions: Iterable[str]) -> str:
    """As Discord's own settings call them."""
    return ", ".join(
        texts(f"permission.{name}") if name in NAMED_PERMISSIONS else name.replace("_", " ").title()
        for name in permissions
    )
