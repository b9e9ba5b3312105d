"""Scores every open forecast of a source: the job does so after each session, in one transaction."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

import numpy as np
from sqlalchemy import Engine, Row, Text, bindparam, insert, select, type_coerce, update
from sqlalchemy.orm import Session

from forecasting.errors import NotEnoughHistory
from forecasting.prices.history import Array, PriceHistory
from forecasting.prices.security import Security
from forecasting.record.baselines import Baselines
from forecasting.record.issued_quantiles import prices_of, timetable_of
from forecasting.record.outcomes import WEEK, Issued, Score, meet, score
from forecasting.record.schema import IssuedForecast, StoredOutcome
from forecasting.record.totals import PROMISED, renew
from forecasting.sessions import close_time
from forecasting.universe import Symbol

_AT_ONCE: Final = 200  # forecasts read together

_NEEDED: Final = (
    "number",
    "kind",
    "source",
    "symbol",
    "security",
    "currency",
    "as_of",
    "raw_close",
    "baselines",
    "promise",
    "issued_at",
)
"""Columns of an issued forecast that a scoring reads, beside its quantiles."""

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
    with Session(engine) as session:
        return tuple(sorted(_open_numbers(session, source)))


def score_open(
    engine: Engine,
    source: str,
    histories: Mapping[Symbol, PriceHistory],
    closed_until: date,
    now: datetime,
    former: Mapping[Symbol, Sequence[PriceHistory]] = MappingProxyType({}),
) -> Scored:
    """Score the forecasts that are still open, with whatever closes have come since.

    Args:
        histories: as they are known now. A forecast whose symbol is not among them stays open, and says so.
        closed_until: the newest session that is over.
        now: the moment, aware.
        former: histories of other securities that a symbol meant before; each forecast meets the prices of its own.
    """
    with Session(engine) as session, session.begin():
        new, changed = [], []
        sessions = final = 0
        waiting: dict[str, None] = {}
        for symbol, numbers in sorted(_open_numbers(session, source).items()):
            history = histories.get(symbol)
            for issued in _open(session, numbers):
                own = _own_history(issued, history, former.get(symbol, ()))
                row = _outcome_row(issued, own, closed_until, now)
                sessions += row["sessions"] - (issued.scored or 0)
                final += row["is_final"]
                if row["problem"]:
                    waiting[row["problem"]] = None
                if issued.closes is None:
                    new.append(row)
                elif _says_more(row, issued):
                    changed.append(row)
        _write(session, new, changed)
        renew(session, source, ((Symbol(row["symbol"]), row["kind"]) for row in (*new, *changed)))
    told = frozenset((Symbol(row["symbol"]), row["kind"]) for row in (*new, *changed) if row["sessions"])
    return Scored(sessions, final, tuple(waiting), told)


def closes_of(blob: bytes) -> Array:
    """The closes that an outcome keeps, shape (HORIZON,)."""
    return np.frombuffer(blob, dtype="<f8")


def _own_history(issued: Issued, history: PriceHistory | None, former: Sequence[PriceHistory]) -> PriceHistory | None:
    """That of the security that was forecast: of a reused ticker it is not the one that the symbol means now."""
    if issued.security is None:
        return history
    security = Security.from_json(issued.security)
    if history is not None and history.security is not None and security.is_same_as(history.security):
        return history
    return next((one for one in former if one.security is not None and security.is_same_as(one.security)), history)


def _open_numbers(session: Session, source: str) -> dict[Symbol, list[int]]:
    """The forecasts that are not final, by ETF: those whose outcome is open, and those that have none yet.

    Two queries, so that each is answered from an index: the rows of all issued forecasts are half a gigabyte.
    """
    issued, outcome = IssuedForecast.__table__.c, StoredOutcome.__table__.c
    still_open = select(outcome.symbol, outcome.number).where(outcome.source == source, outcome.is_final.is_(False))
    unmet = (
        select(issued.symbol, issued.number)
        .outerjoin(StoredOutcome.__table__, outcome.number == issued.number)
        .where(issued.source == source, outcome.number.is_(None))
    )
    found: dict[Symbol, list[int]] = defaultdict(list)
    for query in (still_open, unmet):
        for symbol, number in session.execute(query):
            found[Symbol(symbol)].append(number)
    return found


def _open(session: Session, numbers: Sequence[int]) -> Iterator[Any]:
    """Forecasts with what was stored of their outcome: as rows, for three thousand are open at once."""
    issued, outcome = IssuedForecast.__table__.c, StoredOutcome.__table__.c
    columns = [issued[name] for name in _NEEDED]
    text = type_coerce(issued.quantiles, Text).label("quantiles")  # PostgreSQL gives what is meant all the same
    kept = outcome.closes, outcome.is_final, outcome.problem, outcome.sessions.label("scored")
    ordered = sorted(numbers)
    for start in range(0, len(ordered), _AT_ONCE):
        query = (
            select(*columns, text, *kept)
            .outerjoin_from(IssuedForecast.__table__, StoredOutcome.__table__, outcome.number == issued.number)
            .where(issued.number.in_(ordered[start : start + _AT_ONCE]))
            .order_by(issued.number)
        )
        yield from session.execute(query).all()


def _outcome_row(issued: Row[Any], history: PriceHistory | None, closed_until: date, now: datetime) -> dict[str, Any]:
    before = None if issued.closes is None else closes_of(issued.closes)
    timetable = timetable_of(issued.quantiles)
    outcome = meet(issued, timetable, history, closed_until, before)
    known = np.flatnonzero(~np.isnan(outcome.closes))
    met = int(known[-1]) + 1 if len(known) else 0
    prices = prices_of(issued.quantiles, max(met, WEEK))
    scored = score(issued, prices, outcome.closes, _baselines(issued, history))
    return {
        "number": issued.number,
        "source": issued.source,
        "symbol": issued.symbol,
        "kind": issued.kind,
        "currency": issued.currency,
        "as_of": issued.as_of,
        "is_late": issued.issued_at >= _close_time(timetable.day(0)),
        "sessions": scored.sessions,
        "is_final": outcome.is_final,
        "problem": outcome.problem,
        "last_scored": timetable.day(met - 1) if met else None,
        "scored_at": now,
        "closes": outcome.closes.astype("<f8").tobytes(),
        **_sums(scored),
        **{f"promised_{name}": (issued.promise or {}).get(name) for name in PROMISED},
        "week_ends": None if scored.week_in80 is None else timetable.day(WEEK - 1),
        "week_in80": scored.week_in80,
        "week_worse": scored.week_worse,
    }


_close_time = lru_cache(maxsize=256)(close_time)  # open forecasts of many ETFs share their sessions


def _baselines(issued: Issued, history: PriceHistory | None) -> Baselines:
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


def _says_more(row: Mapping[str, Any], stored: Row[Any]) -> bool:
    return bool(
        row["closes"] != stored.closes or row["is_final"] != stored.is_final or row["problem"] != stored.problem
    )


def _write(session: Session, new: Sequence[dict[str, Any]], changed: Sequence[dict[str, Any]]) -> None:
    if new:
        session.execute(insert(StoredOutcome), new)
    if changed:
        values: dict[str, Any] = {name: bindparam(name) for name in changed[0] if name != "number"}
        statement = update(StoredOutcome).where(StoredOutcome.number == bindparam("of")).values(values)
        session.connection().execute(statement, [{"of": row["number"], **row} for row in changed])
