"""What became of each symbol of a job, and how one that fails is kept from stopping the others."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from forecasting.errors import ForecastingError, JobRunning
from forecasting.job.progress import Listener, Progress, Stage
from forecasting.reports.runs import Failure
from forecasting.universe import Symbol

log = logging.getLogger(__name__)


@dataclass
class Tally:
    """What became of each symbol so far, and who wants to know.

    Attributes:
        named: the symbols that were asked for.
        listen: hears of each piece of work done.
        ok: those done, with the as-of session of their forecast.
        failed: those that could not be done.
    """

    named: tuple[Symbol, ...]
    listen: Listener
    ok: dict[Symbol, date] = field(default_factory=dict)
    failed: dict[Symbol, Failure] = field(default_factory=dict)

    def reached(self, symbols: Iterable[Symbol], stage: Stage, done: int = 1, of: int = 1) -> None:
        for symbol in symbols:
            self.listen(Progress(symbol, stage, done, of))

    @contextmanager
    def guard(self, symbols: Iterable[Symbol]) -> Iterator[None]:
        """One that fails never stops the others: what goes wrong in the block is the failure of ``symbols``."""
        try:
            yield
        except JobRunning:
            raise  # of the job, not of a symbol
        except Exception as error:
            if not isinstance(error, ForecastingError):
                log.exception("Unexpected failure of %s", ", ".join(symbols))
            for symbol in symbols:
                self.fail(symbol, error)

    def fail(self, symbol: Symbol, error: Exception) -> None:
        known = isinstance(error, ForecastingError)
        message = str(error) if known else f"{symbol}: unexpected {type(error).__name__}: {error}. The log has more."
        self.failed[symbol] = Failure(symbol, type(error).__name__, message)
