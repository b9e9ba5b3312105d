"""The playground's clock, which can be moved forward to see a refresh, a weekly report or an alert."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.calendar.weektime import WeeklyTime
from bot.client import ForecastBot, commands_under_way
from bot.settings import BotSettings
from forecasting import (
    CLOCK_AHEAD,
    ReportStore,
    back_up_before_upgrade,
    connect_lazily,
    migrate,
    source_named,
)

NEW_YORK: Final = ZoneInfo("America/New_York")
SATURDAY: Final = WeeklyTime("sat", time(12, 0), NEW_YORK)
"""By then the weekly training and the weekly report are due, unless somebody has set them otherwise."""

PATIENCE_SECONDS: Final = 5.0
"""How long a move waits for a command that is being answered."""

JOBS: Final = ("retrain", "refresh")


class ClockBusy(Exception):
    """The clock cannot be moved now; the text says why."""


class PlaygroundClock:
    """The machine's time, or a whole number of seconds ahead of it. It never goes back."""

    def __init__(self) -> None:
        self.seconds_ahead = 0
        self.on_move: Callable[[], None] = lambda: None
        """Called when the clock was moved, before anything is done."""

    def resume(self, settings: BotSettings) -> None:
        """Go on where an earlier run of the playground was: at the end of the newest job on record, if that is ahead.

        This brings the database up to date first, as the bot does at its start, and raises what that raises.
        """
        engine = connect_lazily(settings.database_url)
        try:
            back_up_before_upgrade(settings.database_url, settings.model_dir, self.now())
            migrate(engine)
            runs = ReportStore(engine).runs
            for run in (runs.last(kind, settings.source) for kind in JOBS):
                if run is not None and can_move(settings):
                    self._move_to(run.finished_at)
        finally:
            engine.dispose()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.seconds_ahead)

    def _move_to(self, moment: datetime) -> None:
        self.seconds_ahead += max(0, math.ceil((moment - self.now()).total_seconds()))

    def drive(self, bot: ForecastBot) -> None:
        """Make the jobs of ``bot`` use this clock."""
        if self.seconds_ahead:
            bot.worker.settings[CLOCK_AHEAD] = str(self.seconds_ahead)

    async def move(self, bot: ForecastBot, target: str) -> None:
        """Move to the next of TARGETS with this name, and have ``bot`` do what is due then.

        Raises:
            ClockBusy: a job or a command is under way, which began at the old time.
        """
        _refuse_if_at_work(bot)
        await bot.schedule.run_due()  # what is due, or just being posted, belongs to the old time
        if invoked := commands_under_way():
            await asyncio.wait(invoked, timeout=PATIENCE_SECONDS)
        if commands_under_way():
            raise ClockBusy("The bot is still answering a command. Move the clock when it has finished.")
        _refuse_if_at_work(bot)
        self._move_to(TARGETS[target](bot, self.now()))
        self.drive(bot)
        self.on_move()
        await bot.schedule.run_due()


TARGETS: Final[Mapping[str, Callable[[ForecastBot, datetime], datetime]]] = {
    "close": lambda bot, _now: bot.schedule.next_runs()["refresh"],
    "saturday": lambda _bot, now: SATURDAY.next(now),
}
"""Where the clock can be moved: to the refresh after the next session's close, or to Saturday noon in New York."""


def _refuse_if_at_work(bot: ForecastBot) -> None:
    jobs = bot.worker.state
    if jobs.running or jobs.waiting:
        raise ClockBusy("The bot is training or forecasting. Move the clock when it has finished.")


def can_move(settings: BotSettings) -> bool:
    """Whether there are prices of future days: only invented ones have them."""
    return source_named(settings.source).is_invented
