"""How far a job is with each symbol, and what became of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from forecasting.errors import ForecastingError, JobRunning
from forecasting.reports.runs import Failure
from forecasting.storage.failures import storage_failure
from forecasting.universe import Symbol

Stage = Literal["prices", "backtest", "fit", "calibrate", "report"]

STAGES: Final[tuple[Stage, ...]] = ("prices", "backtest", "fit", "calibrate", "report")

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """How far one symbol's stage is: ``done`` of ``of`` pieces of work."""

    symbol: Symbol
    stage: Stage
    done: int
    of: int


Listener = Callable[[Progress], None]


@dataclass
class SymbolOutcomes:
    """What became of each symbol of a job so far.

    Attributes:
        asked_for: the symbols of the job.
        listen: called after each piece of work.
        ok: those done, with the as-of session of their forecast.
        failed: those that could not be done.
    """

    asked_for: tuple[Symbol, ...]
    listen: Listener
    ok: dict[Symbol, date] = field(default_factory=dict)
    failed: dict[Symbol, Failure] = field(default_factory=dict)

    def reached(self, symbols: Iterable[Symbol], stage: Stage, done: int = 1, of: int = 1) -> None:
        """Report that ``done`` of ``of`` pieces of a stage are done for these symbols."""
        for symbol in symbols:
            self.listen(Progress(symbol, stage, done, of))

    @contextmanager
    def guard(self, symbols: Iterable[Symbol]) -> Iterator[None]:
        """Turn an error in the block into the failure of ``symbols``, so that the job goes on with the others."""
        try:
            yield
        except JobRunning:
            raise  # of the job, not of a symbol
        except Exception as error:
            known = storage_failure(error) or error
            if not isinstance(known, ForecastingError):
                log.exception("Unexpected failure of %s", ", ".join(symbols))
            for symbol in symbols:
                self.fail(symbol, known)

    def fail(self, symbol: Symbol, error: Exception) -> None:
        """Keep why a symbol could not be done."""
        self.failed[symbol] = failure_of(symbol, error)


def failure_of(text: str, error: Exception) -> Failure:
    """What to report of a symbol, spelt ``text``, that could not be done."""
    if isinstance(error, ForecastingError):
        return Failure(Symbol(text), type(error).__name__, str(error))
    message = f"{text}: unexpected {type(error).__name__}: {error}. See the job's log."
    return Failure(Symbol(text), type(error).__name__, message)
