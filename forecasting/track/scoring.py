"""Scores every open forecast of a source: the job does so after each session, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

import numpy as np
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session

from forecasting.errors import NotEnoughHistory
from forecasting.prices.history import Array, PriceHistory
from forecasting.quantiles import HORIZON
from forecasting.sessions import close_time
from forecasting.tables import IssuedForecast
from forecasting.track.baselines import Baselines
from forecasting.track.outcomes import WEEK, Outcome, Score, meet, score
from forecasting.track.tables import StoredOutcome
from forecasting.universe import Symbol

PROMISED: Final = ("mae_pct", "rmse_pct", "skill_rw", "skill_drift", "cover80", "cover95")
"""The figures of a backtest that stand beside those of the record."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Scored:
    """What a scoring did.

    Attributes:
        sessions: how many closes were met for the first time.
        final: how many forecasts have become final.
        waiting: a sentence for each forecast that lacks the price of a session that is over.
        changed: ETF and kind of the records that say something else now.
    """

    sessions: int
    final: int
    waiting: tuple[str, ...]
    changed: frozenset[tuple[Symbol, str]] = field(default=frozenset(), compare=False)


def open_symbols(engine: Engine, source: str) -> tuple[Symbol, ...]:
    """The symbols with a forecast that is not final, in alphabetical order."""
    query = select(IssuedForecast.symbol).where(IssuedForecast.source == source, _is_open()).distinct()
    with engine.connect() as connection:
        return tuple(sorted(Symbol(symbol) for symbol in connection.scalars(query)))


def score_open(
    engine: Engine, source: str, histories: Mapping[Symbol, PriceHistory], closed_until: date, now: datetime
) -> Scored:
    """Score the forecasts that are still open, with whatever closes have come since.

    Args:
        histories: as they are known now. A forecast whose symbol is not among them stays open, and says so.
        closed_until: the newest session that is over.
        now: the moment, aware.
    """
    with Session(engine) as session, session.begin():
        new, changed = [], []
        sessions = final = 0
        waiting: dict[str, None] = {}
        for symbol in open_symbols(engine, source):
            history = histories.get(symbol)
            for issued, stored in _open(session, source, symbol):
                row = _outcome_row(issued, stored, history, closed_until, now)
                sessions += row["sessions"] - (stored.sessions if stored else 0)
                final += row["is_final"]
                if row["problem"]:
                    waiting[row["problem"]] = None
                if stored is None:
                    new.append(row)
                elif _says_more(row, stored):
                    changed.append(row)
        _write(session, new, changed)
    told = frozenset((Symbol(row["symbol"]), row["kind"]) for row in (*new, *changed) if row["sessions"])
    return Scored(sessions, final, tuple(waiting), told)


def closes_of(blob: bytes) -> Array:
    """The closes that an outcome keeps, shape (HORIZON,)."""
    return np.frombuffer(blob, dtype="<f8")


def _is_open() -> Any:
    finals = select(StoredOutcome.number).where(StoredOutcome.is_final)
    return IssuedForecast.number.not_in(finals)


def _open(session: Session, source: str, symbol: Symbol) -> Iterator[tuple[IssuedForecast, StoredOutcome | None]]:
    query = (
        select(IssuedForecast, StoredOutcome)
        .outerjoin(StoredOutcome, StoredOutcome.number == IssuedForecast.number)
        .where(IssuedForecast.source == source, IssuedForecast.symbol == symbol)
        .where(StoredOutcome.is_final.is_not(True))
        .order_by(IssuedForecast.number)
    )
    for issued, stored in session.execute(query):
        yield issued, stored
        session.expunge(issued)  # three thousand of them are open at once


def _outcome_row(
    issued: IssuedForecast,
    stored: StoredOutcome | None,
    history: PriceHistory | None,
    closed_until: date,
    now: datetime,
) -> dict[str, Any]:
    before = None if stored is None else closes_of(stored.closes)
    if history is None:
        known = np.full(HORIZON, np.nan) if before is None else before
        outcome = Outcome(known, is_final=False, problem=f"{issued.symbol} could not be priced.")
    else:
        outcome = meet(issued, history, closed_until, before)
    sessions = [date.fromisoformat(day) for day in issued.quantiles]
    scored = score(issued, outcome, _baselines(issued, history))
    known_days = [day for day, close in zip(sessions, outcome.closes, strict=True) if not np.isnan(close)]
    return {
        "number": issued.number,
        "source": issued.source,
        "symbol": issued.symbol,
        "kind": issued.kind,
        "currency": issued.currency,
        "as_of": issued.as_of,
        "is_late": issued.issued_at >= _close_time(sessions[0]),
        "sessions": scored.sessions,
        "is_final": outcome.is_final,
        "problem": outcome.problem,
        "last_scored": max(known_days, default=None),
        "scored_at": now,
        "closes": outcome.closes.astype("<f8").tobytes(),
        **_sums(scored),
        **{f"promised_{name}": (issued.promise or {}).get(name) for name in PROMISED},
        "week_ends": None if scored.week_in80 is None else sessions[WEEK - 1],
        "week_in80": scored.week_in80,
        "week_worse": scored.week_worse,
    }


_close_time = lru_cache(maxsize=256)(close_time)  # open forecasts of many ETFs share their sessions


def _baselines(issued: IssuedForecast, history: PriceHistory | None) -> Baselines:
    """Those of the day of issue. The oldest rows don't have them; the prices until then give them again."""
    if issued.baselines is not None:
        return Baselines.from_json(issued.baselines)
    if history is not None and history.sessions[0].date() <= issued.as_of:
        try:
            return Baselines.of(history.until(issued.as_of))
        except NotEnoughHistory:
            log.warning("Row %d: its baselines cannot be given again from so few prices", issued.number)
    return Baselines(0.0, 0.0, 0.0)


def _sums(scored: Score) -> dict[str, float]:
    return {
        f"{model}_{name}": value
        for model in ("lstm", "random_walk", "drift")
        for name, value in vars(getattr(scored, model)).items()
    }


def _says_more(row: Mapping[str, Any], stored: StoredOutcome) -> bool:
    return bool(
        row["closes"] != stored.closes or row["is_final"] != stored.is_final or row["problem"] != stored.problem
    )


def _write(session: Session, new: Iterable[dict[str, Any]], changed: Iterable[dict[str, Any]]) -> None:
    if rows := list(new):
        session.execute(insert(StoredOutcome), rows)
    if rows := list(changed):
        session.execute(update(StoredOutcome), rows)
