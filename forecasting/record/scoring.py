"""Scores every open forecast of a source: the job does so after each session, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final, cast

import numpy as np
from sqlalchemy import Engine, Executable, Table, bindparam, insert, or_, select, update

from forecasting.errors import NotEnoughHistory
from forecasting.prices.history import Array, PriceHistory
from forecasting.prices.security import Security
from forecasting.record.baselines import Baselines
from forecasting.record.outcomes import Issued, Outcome, outcomes_of, score
from forecasting.record.schema import PROMISED, WEEK, IssuedForecast, StoredOutcome
from forecasting.record.totals import renew
from forecasting.sessions import close_time, exchange_of
from forecasting.universe import Symbol

_AT_ONCE: Final = 200  # forecasts in memory
_TOLD: Final = ("closes", "is_final", "problem")  # what makes an outcome another one

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Scored:
    """What a scoring did.

    Attributes:
        sessions: how many closes were scored for the first time.
        final: how many forecasts have become final.
        waiting: a sentence for each forecast that lacks the price of a session that is over.
        changed: ETF and kind of the records that have changed.
    """

    sessions: int
    final: int
    waiting: tuple[str, ...]
    changed: frozenset[tuple[Symbol, str]] = field(default=frozenset(), compare=False)

    @classmethod
    def sum(cls, parts: Sequence[Scored]) -> Scored:
        """What several scorings of different symbols did."""
        return cls(
            sum(part.sessions for part in parts),
            sum(part.final for part in parts),
            tuple(dict.fromkeys(sentence for part in parts for sentence in part.waiting)),
            frozenset().union(*(part.changed for part in parts)),
        )


def open_symbols(engine: Engine, source: str) -> tuple[Symbol, ...]:
    """The symbols with a forecast that is not final, in alphabetical order."""
    with engine.connect() as connection:
        return tuple(sorted(map(Symbol, connection.scalars(_OPEN_SYMBOLS, {"source": source}))))


def score_open(
    engine: Engine,
    source: str,
    histories: Mapping[Symbol, PriceHistory],
    closed_until: Mapping[str, date],
    now: datetime,
    former: Mapping[Symbol, Sequence[PriceHistory]] = MappingProxyType({}),
    symbols: Iterable[Symbol] | None = None,
) -> Scored:
    """Score the forecasts that are still open, with the closes that have come since.

    Args:
        histories: as they are known now. A forecast whose symbol is not among them stays open, with a ``problem``.
        closed_until: the newest session that is over, by exchange (MIC).
        now: the moment, aware.
        former: histories of other securities that a symbol meant before; each forecast is scored by its own.
        symbols: those whose forecasts are scored; by default all.
    """
    sessions = final = 0
    waiting: dict[str, None] = {}
    changed: set[tuple[Symbol, str]] = set()
    symbols = open_symbols(engine, source) if symbols is None else symbols
    with engine.begin() as connection:
        for symbol in symbols:
            new: list[dict[str, Any]] = []
            renewed: list[dict[str, Any]] = []
            for part in connection.execute(_OPEN, {"source": source, "symbol": symbol}).partitions():
                owns = [_own_history(issued, histories.get(symbol), former.get(symbol, ())) for issued in part]
                until = closed_until[exchange_of(symbol)]
                before = [None if issued.closes is None else closes_of(issued.closes) for issued in part]
                outcomes = outcomes_of(part, owns, until, before)
                for issued, outcome, scores in zip(part, outcomes, _scores(part, owns, outcomes), strict=True):
                    row = _row(outcome, scores, now)
                    sessions += row["sessions"] - (issued.sessions or 0)
                    final += outcome.is_final
                    if outcome.problem:
                        waiting[outcome.problem] = None
                    if issued.closes is None:
                        new.append({"number": issued.number, **row, **_about(issued, outcome)})
                    elif any(row[name] != getattr(issued, name) for name in _TOLD):
                        renewed.append({"scored": issued.number, **row})
                    else:
                        continue
                    if row["sessions"]:
                        changed.add((symbol, issued.kind))
            if new:
                connection.execute(insert(_OUTCOMES), new)
            if renewed:
                connection.execute(_RENEW, renewed)
            if new or renewed:
                renew(connection, source, symbol)
    return Scored(sessions, final, tuple(waiting), frozenset(changed))


def closes_of(blob: bytes) -> Array:
    """The closes that an outcome keeps, shape (HORIZON,)."""
    return np.frombuffer(blob, dtype="<f8")


_OUTCOMES: Final = cast(Table, StoredOutcome.__table__)
_OUTCOME: Final = (StoredOutcome, StoredOutcome.number == IssuedForecast.number)


_IS_OPEN: Final = (
    IssuedForecast.source == bindparam("source"),
    or_(StoredOutcome.number.is_(None), StoredOutcome.is_final.is_(False)),
)

_RENEW: Final = update(_OUTCOMES).where(_OUTCOMES.c.number == bindparam("scored"))

# Made once, and of tables: a job asks for every ETF, and objects cost three times as much.
_OPEN_SYMBOLS: Final = select(IssuedForecast.symbol).distinct().outerjoin(*_OUTCOME).where(*_IS_OPEN)
_OPEN: Final[Executable] = (
    select(IssuedForecast.__table__, *(_OUTCOMES.c[name] for name in ("sessions", *_TOLD)))
    .outerjoin_from(IssuedForecast, *_OUTCOME)
    .where(*_IS_OPEN, IssuedForecast.symbol == bindparam("symbol"))
    .order_by(IssuedForecast.number)
    .execution_options(yield_per=_AT_ONCE)
)


def _own_history(issued: Issued, history: PriceHistory | None, former: Sequence[PriceHistory]) -> PriceHistory | None:
    """That of the security that was forecast: for a reused ticker it is not the one that the symbol means now."""
    if issued.security is None:
        return history
    security = Security.from_json(issued.security)
    if history is not None and history.security is not None and security.is_same_as(history.security):
        return history
    return next((one for one in former if one.security is not None and security.is_same_as(one.security)), history)


def _scores(
    issued: Sequence[Issued], owns: Sequence[PriceHistory | None], outcomes: Sequence[Outcome]
) -> list[dict[str, Any]]:
    baselines = [_baselines(one, own) for one, own in zip(issued, owns, strict=True)]
    return score(issued, np.array([outcome.closes for outcome in outcomes]), baselines)


def _row(outcome: Outcome, scores: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What changes with the closes that come."""
    known = np.flatnonzero(~np.isnan(outcome.closes))
    return {
        **scores,
        "is_final": outcome.is_final,
        "problem": outcome.problem,
        "last_scored": outcome.day(int(known[-1])) if len(known) else None,
        "scored_at": now,
        "closes": outcome.closes.astype("<f8").tobytes(),
        "week_ends": None if scores["week_in80"] is None else outcome.day(WEEK - 1),
    }


def _about(issued: Issued, outcome: Outcome) -> dict[str, Any]:
    """What stays as it is."""
    promise = issued.promise or {}
    return {
        **{name: getattr(issued, name) for name in ("source", "symbol", "kind", "currency", "as_of")},
        "is_late": issued.issued_at >= close_time(outcome.day(0), exchange_of(issued.symbol)),
        **{f"promised_{name}": promise.get(name) for name in PROMISED},
    }


def _baselines(issued: Issued, history: PriceHistory | None) -> Baselines:
    """The baselines on the day of issue. The oldest rows have none; they are computed from the prices until then."""
    if issued.baselines is not None:
        return Baselines.from_json(issued.baselines)
    if history is not None and history.sessions[0].date() <= issued.as_of:
        try:
            return Baselines.of(history.until(issued.as_of))
        except NotEnoughHistory:
            log.warning("Forecast %d: there are too few prices to compute its baselines", issued.number)
    return Baselines(0.0, 0.0, 0.0)
