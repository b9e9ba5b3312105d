"""Replay: the weekly life of the bot over weeks that are past, so that a new server starts with a record.

Each week's forecast knows what was known at its end and nothing later, as in life: the panel is cut there before
anything is trained or forecast. What a replay cannot know is what a source said on that day and corrected since. Its
forecasts carry the mark ``replayed``, and its models lie in a folder of their own, so that neither is ever taken for
the ones people were shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal

from forecasting.pipeline import Pipeline
from forecasting.prices.sources import load_panel, panel_symbols
from forecasting.progress import Progress
from forecasting.sessions import sessions_between
from forecasting.store import Failure
from forecasting.tracking import follow_up
from forecasting.universe import Symbol

Every = Literal["week", "day"]
"""How often a replay issues: at the last session of each week, as the weekly job does, or at every session."""

_FOLDER: Final = "replayed"

log = logging.getLogger(__name__)


def replay_folder(model_dir: Path) -> Path:
    """Where the models of replays lie, by source and symbol as those of the jobs do."""
    return model_dir / _FOLDER


def issue_days(first: date, last: date, every: Every) -> tuple[date, ...]:
    """The sessions from ``first`` to ``last`` at which a replay issues; a week that is not over by then has none."""
    if every == "day":
        return sessions_between(first, last)
    ends = {_week(session): session for session in sessions_between(first, last + timedelta(days=7))}
    return tuple(session for session in ends.values() if session <= last)


@dataclass
class Replayed:
    """What a replay did.

    Attributes:
        issued: forecasts put on the record.
        trained: models trained for them.
        failed: the newest failure of each symbol that could not be done on some day.
    """

    issued: int = 0
    trained: int = 0
    failed: dict[Symbol, Failure] = field(default_factory=dict)


@dataclass(frozen=True)
class Replay:
    """Goes through past days, oldest first.

    Attributes:
        pipeline: of the kind ``replayed``, with the registry of ``replay_folder``.
        days: sessions at which forecasts are issued, in order.
        until: the last day whose closes they are scored by.
        retrain_every: weeks after which a new model is trained.
    """

    pipeline: Pipeline
    days: tuple[date, ...]
    until: date
    retrain_every: int

    def run(self, symbols: tuple[Symbol, ...], tell: Callable[[date], None]) -> Replayed:
        """Train, issue and score. A day that is on the record already is passed over, so a replay that was stopped
        goes on where it was.

        Args:
            tell: called after each day.
        """
        done = Replayed()
        job = self.pipeline
        panel, _ = load_panel(job.source, panel_symbols(job.source, job.universe, symbols), self.until)
        newest = max((panel[symbol].last_session for symbol in symbols if symbol in panel), default=self.until)
        on_record = {symbol: self._on_record(symbol) for symbol in symbols}
        for day in self.days:
            if day > newest:
                break  # a folder of files ends before the day asked for
            missing = tuple(symbol for symbol in symbols if day not in on_record[symbol])
            self._issue(missing, day, done)
            tell(day)
        # Once, at the end: closes are what they are, whichever day they are looked up on.
        job.lock.confirm()
        follow_up(job.lock.engine, job.source, panel, self.until, job.now(), executor=job.executor)
        return done

    def _issue(self, symbols: tuple[Symbol, ...], day: date, done: Replayed) -> None:
        for symbol in symbols:
            self._appoint(symbol, day)
        due = tuple(symbol for symbol in symbols if self._is_due(symbol, day))
        rest = tuple(symbol for symbol in symbols if symbol not in due)
        for work, members in ((self.pipeline.retrain, due), (self.pipeline.refresh, rest)):
            if not members:
                continue
            run = work(members, day, _nobody)
            done.issued += len(run.ok)
            done.trained += len(run.ok) if members is due else 0
            for failure in run.failed:
                log.warning("%s: %s", day, failure.message)
                done.failed[failure.symbol] = failure

    def _appoint(self, symbol: Symbol, day: date) -> None:
        """Make the model champion that was it on ``day``: an earlier replay may have gone on to later ones."""
        issuer = self.pipeline.issuer
        champion = issuer.champion(symbol)
        if champion is None or champion.card["as_of"] <= day.isoformat():
            return
        known = self._trained_by(symbol, day)
        decisions = self.pipeline.store.decisions.of(issuer.bench, symbol)
        former = [past.challenger for past in decisions if not past.is_refusal and past.challenger in known]
        registry, source = self.pipeline.registry, self.pipeline.source.name
        if former:
            registry.promote(source, symbol, former[0])
        else:
            registry.vacate(source, symbol)

    def _is_due(self, symbol: Symbol, day: date) -> bool:
        """Whether a model is to be trained: none can forecast yet, or the newest is old, taken or refused."""
        trained = self._trained_by(symbol, day)
        if not trained or self.pipeline.issuer.champion(symbol) is None:
            return True
        return _week(day) - _week(max(trained.values())) >= self.retrain_every

    def _trained_by(self, symbol: Symbol, day: date) -> dict[str, date]:
        """The models that know nothing after ``day``, with the last session that they know."""
        cards = self.pipeline.registry.cards(self.pipeline.source.name, symbol)
        known = {version: date.fromisoformat(card["as_of"]) for version, card in cards.items()}
        return {version: as_of for version, as_of in known.items() if as_of <= day}

    def _on_record(self, symbol: Symbol) -> frozenset[date]:
        rows = self.pipeline.store.issued(self.pipeline.source.name, symbol)
        return frozenset(row.as_of for row in rows if row.kind == self.pipeline.kind)


def _week(day: date) -> int:
    """A number that grows by one each Monday."""
    return (day.toordinal() - 1) // 7


def _nobody(_: Progress) -> None:
    """Hears of no progress: a replay tells of days."""
