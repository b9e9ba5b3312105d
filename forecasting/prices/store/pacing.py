"""Pacing: how often a source is asked, how long to wait when it refuses, and when to stop asking."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np

from forecasting.errors import PricesUnavailable, RateLimited

log = logging.getLogger(__name__)

WAITS: Final = (60.0, 240.0, 600.0)
"""Seconds between attempts while the source limits the rate."""

PAUSE: Final = 0.5
"""Seconds between the calls of one run."""

PATIENCE: Final = 3
"""Failed calls in a row after which the others are made more slowly: the source may be overloaded."""

SLOW_PAUSE: Final = 10.0
"""Seconds between those calls."""

GIVE_UP: Final = 20
"""Failed calls in a row after which the source counts as down for the rest of the run."""

_JITTER = 0.25  # of a wait, up or down, so that many bots do not come back at the same moment

_Answer = TypeVar("_Answer")


@dataclass
class Pacing:
    """Makes the calls of one run.

    Attributes:
        sleep: takes seconds.
        waits: seconds between attempts; none for calls that nobody waits for, which end after PATIENCE failures.
    """

    sleep: Callable[[float], None] = time.sleep
    random: np.random.Generator = field(default_factory=np.random.default_rng)
    waits: tuple[float, ...] = field(default_factory=lambda: WAITS)
    _calls: int = 0
    _failures: int = 0
    _down: PricesUnavailable | None = None

    def call(self, request: Callable[[], _Answer]) -> _Answer:
        """The answer to ``request``, which is tried again after a wait if the source limits the rate.

        Raises:
            RateLimited: still limited after all waits.
            PricesUnavailable: raised by ``request``; or at once if the source was found down earlier in this run.
        """
        if self._down:
            raise PricesUnavailable(f"Not asked, because the source is down: {self._down}")
        if self._calls:
            self._wait(PAUSE if self._failures < PATIENCE else SLOW_PAUSE)
        self._calls += 1
        try:
            answer = self._patiently(request)
        except PricesUnavailable as error:
            self._failures += 1
            if isinstance(error, RateLimited) or self._failures >= (GIVE_UP if self.waits else PATIENCE):
                self._down = error
            raise
        self._failures = 0
        return answer

    def _patiently(self, request: Callable[[], _Answer]) -> _Answer:
        for wait in self.waits:
            try:
                return request()
            except RateLimited as error:
                log.warning("%s Waiting about %.0f s.", error, wait)
                self._wait(wait)
        return request()

    def _wait(self, seconds: float) -> None:
        self.sleep(seconds * (1 + _JITTER * (2 * self.random.random() - 1)))
