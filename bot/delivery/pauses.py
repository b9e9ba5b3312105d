"""Pauses after posts that failed: of one place, and of all posts while Discord accepts none."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import aiohttp
import discord

from bot.delivery.marks import MAX_ATTEMPTS, RETRY_AFTER, Outage, Outcome
from bot.delivery.repeats import Unanswered
from bot.logs import reason_of

log = logging.getLogger(__name__)

PAUSE: Final = timedelta(minutes=10)
LONGEST_PAUSE: Final = timedelta(hours=1)
"""Of all posts, while Discord accepts none: it doubles from PAUSE to this."""
LONGEST_BAN: Final = timedelta(days=1)
"""The longest pause that Discord itself may ask for."""
SILENT_PLACES: Final = 3
"""If so many places fail and none succeeds, Discord itself is down."""


@dataclass(frozen=True)
class Pause:
    """No posts until ``until``, after ``failures`` in a row since ``since``; ``why`` is the newest failure."""

    failures: int
    since: datetime
    until: datetime
    why: str


class Pauses:
    """The pauses under way. Kept in memory: after a restart everything is tried at once."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._places: dict[int, Pause] = {}
        """The pauses of places whose last post failed, by the id of channel or member."""
        self.of_all: Pause | None = None
        """The newest pause of all posts, if Discord has taken none since."""
        self.outage: Outage | None = None
        """The newest outage that is over."""
        self._silent: set[int] = set()
        """Places that failed since the last success anywhere."""

    def may_post(self, place: int | None) -> bool:
        """Whether something may be posted now, in this channel or to this member if one is given."""
        pauses = (self.of_all, self._places.get(place) if place is not None else None)
        return all(pause is None or self._now() >= pause.until for pause in pauses)

    def arrived(self, place: int) -> None:
        """Discord took a post."""
        self._places.pop(place, None)
        self._heard()

    def failed(self, place: int, error: Exception, requests: int = 1) -> Outcome:
        """What a failed post, after so many requests, means to the message, to the place and to all posts."""
        log.warning("Discord did not accept a message to %d: %s", place, reason_of(error))
        if isinstance(error, discord.Forbidden | discord.NotFound):  # final: Discord blocks a bot that goes on
            self._heard()
            return Outcome("refused", "gone" if isinstance(error, discord.NotFound) else "forbidden")
        before = self._places.get(place)
        failures = requests + (0 if before is None else before.failures)
        pause = RETRY_AFTER[failures - 1] if failures < MAX_ATTEMPTS else timedelta(weeks=1)
        self._places[place] = self._paused(before, failures, pause, error)
        if isinstance(error, discord.HTTPException) and error.status in (401, 429):  # the whole bot is refused
            self._stop(error, error.response.headers.get("Retry-After", ""))
            return Outcome("failed")
        if isinstance(error, aiohttp.ClientConnectorError):  # nothing was sent
            self._stop(error)
            return Outcome("failed")
        if isinstance(error, discord.HTTPException) and error.status < 500:
            self._heard()
            return Outcome("failed")
        self._silent.add(place)
        if len(self._silent) >= SILENT_PLACES:
            self._stop(error)
        if isinstance(error, discord.RateLimited):  # for longer than the bot waits: it was not taken
            return Outcome("failed")
        if not isinstance(error, discord.HTTPException | aiohttp.ClientError | OSError | Unanswered):
            log.error("An answer of Discord to a post cannot be understood", exc_info=error)
        return Outcome("unknown")

    def _heard(self) -> None:
        """Discord has answered."""
        self._silent.clear()
        if self.of_all is not None:
            self.outage = self.of_all.since, self._now()
        self.of_all = None

    def _stop(self, error: Exception, asked: str = "") -> None:
        """Post nothing for a while, or for the seconds that Discord has ``asked`` for."""
        failures = 1 if self.of_all is None else self.of_all.failures + 1
        pause = min(PAUSE * 2 ** min(failures - 1, 8), LONGEST_PAUSE)
        if asked.isdecimal():
            pause = max(pause, min(timedelta(seconds=int(asked)), LONGEST_BAN))
        self.of_all = self._paused(self.of_all, failures, pause, error)
        at = self.of_all.until.astimezone(UTC)
        log.error("Discord is not accepting messages. The next one is tried at %s UTC", f"{at:%Y-%m-%d %H:%M}")

    def _paused(self, before: Pause | None, failures: int, pause: timedelta, error: Exception) -> Pause:
        now = self._now()
        return Pause(failures, now if before is None else before.since, now + pause, reason_of(error))
