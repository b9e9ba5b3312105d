"""How often a member may ask. In memory: a restart resets the count."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from discord import app_commands

USES: Final = 10
WITHIN: Final = timedelta(seconds=30)
"""A member may use one command, or press the buttons of its answers, USES times in this span."""
MAX_REMEMBERED: Final = 10_000
"""Pairs of member and command. Those whose span is over are forgotten when there are more."""


class TooFast(app_commands.CheckFailure):
    """A member asked too often; ``again_at`` is when the next time would do."""

    def __init__(self, again_at: datetime) -> None:
        self.again_at = again_at
        super().__init__(f"again at {again_at}")


class Cooldowns:
    """Counts uses per member and command, on the bot's clock."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._used: dict[tuple[int, str], deque[datetime]] = {}

    def count(self, user_id: int, command: str) -> None:
        """Count a use.

        Raises:
            TooFast: it is one too many, and is not counted.
        """
        now = self._now()
        if len(self._used) > MAX_REMEMBERED:
            self._forget(now)
        used = self._used.setdefault((user_id, command), deque())
        while used and now - used[0] >= WITHIN:
            used.popleft()
        if len(used) >= USES:
            raise TooFast(used[0] + WITHIN)
        used.append(now)

    def _forget(self, now: datetime) -> None:
        self._used = {key: used for key, used in self._used.items() if used and now - used[-1] < WITHIN}
