"""Trials of parameter searches: what was tried and how it did, kept as soon as it is known."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Double, Engine, String, UniqueConstraint, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from forecasting.errors import JobRunning
from forecasting.storage.database import Base, UtcDateTime
from forecasting.universe import Symbol


@dataclass(frozen=True)
class Parameters:
    """What a search varies: the network, and how the panel teaches it.

    Attributes:
        units, layers, lookback: as in LstmConfig; sessions for the last.
        batch, epochs, rate: as in TrainingConfig, of the training on the panel; ``epochs`` are the most.
    """

    units: int
    layers: int
    lookback: int
    batch: int
    epochs: int
    rate: float


@dataclass(frozen=True)
class FoldScore:
    """Mean pinball skill against the random walk over the ETFs that take part in one inner fold.

    Attributes:
        start: the fold's date.
        skill: of the trial's LSTM.
        har: of the linear HAR at the same cut-offs, which no parameter moves.
    """

    start: date
    skill: float
    har: float


@dataclass(frozen=True)
class Trial:
    """One trial.

    Attributes:
        number: 0 is the configuration that the search starts from.
        score: mean of the inner folds' skills; None where a training came to no finite forecast.
        folds: what it is the mean of; empty without a score.
        seconds: it took, on the clock.
    """

    number: int
    parameters: Parameters
    score: float | None
    folds: tuple[FoldScore, ...]
    seconds: float


@dataclass(frozen=True)
class Study:
    """The search that trials belong to.

    Attributes:
        key: a hash of all that its trials depend on, so that only trials of the same question are counted together.
        source: of the prices.
        symbols: the ETFs that are scored.
    """

    key: str
    source: str
    symbols: tuple[Symbol, ...]


class StoredTrial(Base):
    """One trial of a parameter search, written when it ends; ``study`` names the search by what it asks."""

    __tablename__ = "trials"
    __table_args__ = (UniqueConstraint("study", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    study: Mapped[str] = mapped_column(String(16))
    number: Mapped[int]
    source: Mapped[str] = mapped_column(String(16))
    symbols: Mapped[list[str]] = mapped_column(JSON)
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    score: Mapped[float | None] = mapped_column(Double)
    folds: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    seconds: Mapped[float] = mapped_column(Double)
    finished_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TrialStore:
    """The trials of one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def record(self, study: Study, trial: Trial, finished_at: datetime) -> None:
        """Keep a trial for good.

        Raises:
            JobRunning: another process has kept this trial meanwhile.
        """
        folds = [{**asdict(fold), "start": fold.start.isoformat()} for fold in trial.folds]
        row = StoredTrial(
            study=study.key,
            number=trial.number,
            source=study.source,
            symbols=list(study.symbols),
            parameters=asdict(trial.parameters),
            score=trial.score,
            folds=folds,
            seconds=trial.seconds,
            finished_at=finished_at,
        )
        try:
            with Session(self.engine) as session, session.begin():
                session.add(row)
        except IntegrityError:
            raise JobRunning(
                f"Another process is at the same search and has kept trial {trial.number} already. Let it finish; "
                "started again, this command goes on from what is kept."
            ) from None

    def of(self, study: Study) -> tuple[Trial, ...]:
        """The trials of ``study`` that are kept, in their order."""
        wanted = select(StoredTrial).where(StoredTrial.study == study.key).order_by(StoredTrial.number)
        with Session(self.engine) as session:
            return tuple(_trial(row) for row in session.scalars(wanted))


def _trial(row: StoredTrial) -> Trial:
    folds = tuple(FoldScore(**{**fold, "start": date.fromisoformat(fold["start"])}) for fold in row.folds)
    return Trial(row.number, Parameters(**row.parameters), row.score, folds, row.seconds)
