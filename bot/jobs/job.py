"""Jobs as values: the request, the progress, the result. ``bot.jobs.worker`` runs them."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from forecasting import Failure, ForecastingError, Symbol

log = logging.getLogger(__name__)

JobKind = Literal["retrain", "refresh"]


@dataclass(frozen=True)
class Job:
    """What a child process is asked to do, for forecasts that know prices up to the session ``as_of``.

    Attributes:
        only_funds: whether a training refuses what is no ETF, exchange-traded note or index.
    """

    kind: JobKind
    symbols: tuple[Symbol, ...]
    as_of: date
    only_funds: bool = False

    def arguments(self) -> tuple[str, ...]:
        """What follows ``etf-forecast`` on the job's command line."""
        options = ("--only-funds",) if self.only_funds else ()
        return (self.kind, *self.symbols, *options, "--json", "--as-of", self.as_of.isoformat())


@dataclass(frozen=True)
class Progress:
    """``done`` of ``of`` steps of a stage of one symbol's work."""

    symbol: str
    stage: str
    done: int
    of: int


@dataclass(frozen=True)
class JobResult:
    """Which symbols a finished job did, and which it could not do."""

    ok: tuple[Symbol, ...]
    failed: tuple[Failure, ...]


@dataclass(frozen=True)
class RunningJob:
    job: Job
    started_at: datetime
    progress: Progress | None = None


@dataclass(frozen=True)
class WorkerState:
    """The job under way, if any, and those that wait for it, in their order."""

    running: RunningJob | None
    waiting: tuple[Job, ...]

    def has(self, symbol: str) -> bool:
        """Whether one of them is to make a forecast of ``symbol``."""
        jobs = (*self.waiting, *(() if self.running is None else (self.running.job,)))
        return any(symbol in job.symbols for job in jobs)

    def place_of(self, job: Job) -> int | None:
        """How many jobs are done before this one, counted from 1; None if it does not wait."""
        places = [place for place, waiting in enumerate(self.waiting, 1) if waiting is job]
        return places[0] if places else None


@dataclass(frozen=True)
class JobFailure:
    """Why a job that was due, or asked for, at ``due_at`` failed: one sentence per line."""

    due_at: datetime
    sentences: str


class JobFailed(ForecastingError):
    """A job that did not finish: it broke, ran too long, or found another job at work."""


class _Failed(BaseModel):
    symbol: str
    error: str
    message: str


class _Progress(BaseModel):
    event: Literal["progress"]
    symbol: str
    stage: str
    done: int
    of: int


class _Done(BaseModel):
    event: Literal["done"]
    ok: list[str]
    failed: list[_Failed]


_EVENT: Final[TypeAdapter[_Progress | _Done]] = TypeAdapter(Annotated[_Progress | _Done, Field(discriminator="event")])


def parse_event(line: bytes) -> Progress | JobResult | None:
    """One line of a job's stdout; None, with a log entry, if it is no event of a job."""
    try:
        event = _EVENT.validate_json(line, strict=True)
    except ValidationError:
        log.warning("A job wrote a line that is no event: %s", line[:200].decode(errors="replace"))
        return None
    if isinstance(event, _Progress):
        return Progress(event.symbol, event.stage, event.done, event.of)
    failed = tuple(Failure(Symbol(each.symbol), each.error, each.message) for each in event.failed)
    return JobResult(tuple(map(Symbol, event.ok)), failed)
