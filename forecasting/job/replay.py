"""Replay: the bot's weekly work over past weeks, so that a new server starts with a track record.

Each week's forecast knows what was known at the end of that week and nothing later: the panel is cut there before
anything is trained or forecast. A replay cannot know what a source said on that day and has corrected since. Its
forecasts are marked ``replayed``, and its models are in a folder of their own, so neither is mistaken for the ones
that people were shown.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final, Literal

from forecasting.champion.decisions import Decision
from forecasting.errors import BadPrices, ForecastingError
from forecasting.job.follow_up import follow_up
from forecasting.job.pipeline import Pipeline
from forecasting.job.progress import Progress
from forecasting.model.baselines import require_history
from forecasting.prices.history import Panel, PriceHistory
from forecasting.prices.loading import load_panel, panel_symbols
from forecasting.prices.quality.gate import refusal
from forecasting.record.issued import issued_forecasts
from forecasting.reports.runs import Failure
from forecasting.sessions import sessions_between
from forecasting.universe import Symbol

Every = Literal["week", "day"]
"""How often a replay issues: at the last session of each week, as the weekly job does, or at every session."""

_FOLDER: Final = "replayed"

log = logging.getLogger(__name__)


def replay_folder(model_dir: Path) -> Path:
    """The folder of the models of replays, by source and symbol as for the jobs."""
    return model_dir / _FOLDER


def issue_days(first: date, last: date, every: Every) -> tuple[date, ...]:
    """The sessions from ``first`` to ``last`` at which a replay issues; a week that ends after ``last`` has none."""
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
        failed: the newest failure of each symbol that failed on some day.
        too_young: why symbols have no forecast that were too young on every day so far.
    """

    issued: int = 0
    trained: int = 0
    failed: dict[Symbol, Failure] = field(default_factory=dict)
    too_young: dict[Symbol, Failure] = field(default_factory=dict)


@dataclass(frozen=True)
class Replay:
    """A replay of past days, oldest first.

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

    def run(self, symbols: tuple[Symbol, ...], on_day: Callable[[date], None]) -> Replayed:
        """Train, issue and score. Days that are on the record are skipped, so a stopped replay can be continued.

        Args:
            on_day: called after each day.
        """
        done = Replayed()
        job = self.pipeline
        panel, _ = load_panel(job.source, panel_symbols(job.source, job.universe, symbols), self.until)
        done.failed |= {symbol: failure for symbol in symbols if (failure := self._ended(panel.get(symbol)))}
        symbols = tuple(symbol for symbol in symbols if symbol not in done.failed)
        newest = max((panel[symbol].last_session for symbol in symbols if symbol in panel), default=self.until)
        on_record = {symbol: self._on_record(symbol) for symbol in symbols}
        for day in self.days:
            if day > newest:
                break  # a folder of files ends before the day asked for
            missing = tuple(
                symbol for symbol in symbols if self._is_missing(symbol, panel, day, on_record[symbol], done)
            )
            self._issue(missing, day, done)
            on_day(day)
        # Once, at the end: closes are what they are, whichever day they are looked up on.
        job.lock.confirm()
        follow_up(job.lock.engine, job.source, panel, self.until, job.now(), executor=job.executor)
        return done

    def _ended(self, history: PriceHistory | None) -> Failure | None:
        """The failure of a symbol whose prices end before the first day."""
        if history is None or refusal(history) or not self.days or history.last_session >= self.days[0]:
            return None
        error = BadPrices(
            f"{history.symbol}: prices from {history.source} end on {history.last_session}, before the replay's first "
            f"day ({self.days[0]}). Name an earlier --from."
        )
        return Failure(history.symbol, type(error).__name__, str(error))

    def _is_missing(self, symbol: Symbol, panel: Panel, day: date, on_record: Set[date], done: Replayed) -> bool:
        """Whether a forecast is due on ``day``: not if the symbol is too young, nor again after its prices end."""
        history = panel.get(symbol)
        if history is None or refusal(history):
            return day not in on_record  # the job says why there is none
        try:
            known = history.until(day)
            require_history(known)
        except ForecastingError as error:
            done.too_young[symbol] = Failure(symbol, type(error).__name__, str(error))
            return False
        done.too_young.pop(symbol, None)
        return known.last_session not in on_record

    def _issue(self, symbols: tuple[Symbol, ...], day: date, done: Replayed) -> None:
        for symbol in symbols:
            self._restore_champion(symbol, day)
        due = tuple(symbol for symbol in symbols if self._is_due(symbol, day))
        rest = tuple(symbol for symbol in symbols if symbol not in due)
        for work, members in ((self.pipeline.retrain, due), (self.pipeline.refresh, rest)):
            if not members:
                continue
            run = work(members, day, _ignore)
            done.issued += len(run.ok)
            done.trained += len(run.ok) if members is due else 0
            for failure in run.failed:
                log.warning("%s: %s", day, failure.message)
                done.failed[failure.symbol] = failure

    def _restore_champion(self, symbol: Symbol, day: date) -> None:
        """Make the model champion that was champion on ``day``.

        It is another one if an earlier replay went on to later days, or was stopped between a decision and its effect.
        """
        known = self._trained_by(symbol, day)
        taken = [model for model, past in self._decisions(symbol).items() if not past.is_refusal and model in known]
        registry, source = self.pipeline.registry, self.pipeline.source.name
        if not taken:
            registry.remove_champion(source, symbol)
            return
        newest = max(taken, key=known.__getitem__)
        champion = self.pipeline.publisher.champion(symbol)
        if champion is None or champion.version != newest:
            registry.promote(source, symbol, newest)

    def _is_due(self, symbol: Symbol, day: date) -> bool:
        """Whether a new model is due: there is no champion, or the newest model, accepted or refused, is old."""
        # A model without a decision is left by a replay that was stopped there: it is trained again.
        decisions = self._decisions(symbol)
        trained = [as_of for model, as_of in self._trained_by(symbol, day).items() if model in decisions]
        if not trained or self.pipeline.publisher.champion(symbol) is None:
            return True
        return _week(day) - _week(max(trained)) >= self.retrain_every

    def _decisions(self, symbol: Symbol) -> dict[str, Decision]:
        """The newest decision about each model of the replays, newest first."""
        newest: dict[str, Decision] = {}
        for past in self.pipeline.store.decisions.of(self.pipeline.publisher.decided_for, symbol):
            newest.setdefault(past.challenger, past)
        return newest

    def _trained_by(self, symbol: Symbol, day: date) -> dict[str, date]:
        """The models that know nothing after ``day``, with the last session that each knows."""
        cards = self.pipeline.registry.cards(self.pipeline.source.name, symbol)
        known = {version: date.fromisoformat(card["as_of"]) for version, card in cards.items()}
        return {version: as_of for version, as_of in known.items() if as_of <= day}

    def _on_record(self, symbol: Symbol) -> frozenset[date]:
        rows = issued_forecasts(self.pipeline.lock.engine, self.pipeline.source.name, symbol)
        return frozenset(row.as_of for row in rows if row.kind == self.pipeline.kind)


def _week(day: date) -> int:
    """A number that grows by one each Monday."""
    return (day.toordinal() - 1) // 7


def _ignore(_: Progress) -> None:
    """A replay reports days, not the progress of each job."""
