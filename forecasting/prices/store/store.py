"""PriceStore: keeps what was fetched, and also what later fetches replaced."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from sqlalchemy import ColumnElement, Engine, FromClause, bindparam, delete, insert, or_, select
from sqlalchemy.orm import Session

from forecasting.prices.fetching import Fetched
from forecasting.prices.history import COLUMNS
from forecasting.prices.security import Security
from forecasting.prices.store.merging import Merge, Rebasing, is_identical, merge, rebased
from forecasting.prices.store.schema import StoredFetch, StoredPrice, StoredRebasing, StoredRevision, StoredSecurity
from forecasting.sessions import exchange_of
from forecasting.universe import Symbol

_PRICES: Final = StoredPrice.__table__
_REVISIONS: Final = StoredRevision.__table__
_COLUMNS: Final = pd.Index(COLUMNS)


def _of(table: FromClause) -> list[ColumnElement[Any]]:
    """The columns that make a row of ``_frame``."""
    return [table.c[name] for name in ("session", "fetch_id", *COLUMNS)]


# Statements are made once: a refresh asks for each symbol.
_SECURITIES: Final = (
    select(StoredSecurity)
    .where(StoredSecurity.source == bindparam("source"), StoredSecurity.symbol == bindparam("symbol"))
    .order_by(StoredSecurity.id)
)
_NEWEST: Final = _SECURITIES.order_by(None).order_by(StoredSecurity.id.desc()).limit(1)
_SECURITY: Final = _NEWEST.where(StoredSecurity.left_at.is_(None))
_FETCHES: Final = select(StoredFetch.id).where(StoredFetch.security_id == bindparam("security_id"))
_ROWS: Final = select(*_of(_PRICES)).where(StoredPrice.security_id == bindparam("security_id"))
_REPLACED_ROWS: Final = select(*_of(_REVISIONS), _REVISIONS.c.replaced_by).where(
    StoredRevision.security_id == bindparam("security_id")
)
_REBASINGS: Final = (
    select(StoredRebasing.fetch_id, StoredRebasing.before, StoredRebasing.adjusted, StoredRebasing.quoted)
    .where(StoredRebasing.fetch_id.between(bindparam("first"), bindparam("last")))
    .order_by(StoredRebasing.fetch_id, StoredRebasing.before)
)


@dataclass(frozen=True, eq=False)
class Stored:
    """One security's prices as they were known at one moment, in that moment's units.

    Attributes:
        frame: columns of ``PriceHistory.frame``, sorted by session; rows as they came, faulty ones included.
        fetches: the answers that they came from, by number. No other prices come from the same ones.
    """

    security: Security
    frame: pd.DataFrame
    fetches: frozenset[int]

    @property
    def sessions(self) -> pd.DatetimeIndex:
        return pd.DatetimeIndex(self.frame.index)


@dataclass(frozen=True, eq=False)
class Taken:
    """What an answer changed in the store.

    Attributes:
        merge: new and revised sessions, and changes of units.
        instead_of: the security that the symbol meant before, if it means a different one now.
    """

    merge: Merge
    instead_of: Security | None


class Contradiction(Exception):
    """An answer does not continue what is stored, so the whole history must be fetched again. Nothing was kept."""


@dataclass(frozen=True)
class PriceStore:
    """The prices of one source in the database. Only one process at a time may write."""

    engine: Engine
    source: str

    def symbols(self) -> tuple[Symbol, ...]:
        """Every symbol with stored prices, in alphabetical order."""
        query = select(StoredSecurity.symbol).where(StoredSecurity.source == self.source).distinct()
        with Session(self.engine) as session:
            return tuple(sorted(Symbol(symbol) for symbol in session.scalars(query)))

    def load(self, symbol: Symbol, known_at: datetime | None = None) -> Stored | None:
        """The prices as they are known now, or were known at ``known_at`` (aware); None if there are none."""
        with Session(self.engine) as session:
            security = _security_of(session, self.source, symbol, known_at)
            return None if security is None else _stored(session, security, known_at)

    def former(self, symbol: Symbol) -> tuple[Stored, ...]:
        """The last known prices of the securities that the symbol meant before, oldest first."""
        about = {"source": self.source, "symbol": symbol}
        with Session(self.engine) as session:
            former = session.scalars(_SECURITIES.where(StoredSecurity.left_at.is_not(None)), about).all()
            return tuple(_stored(session, security, None) for security in former)

    def securities(self, symbol: Symbol) -> tuple[Security, ...]:
        """What the symbol has meant, oldest first."""
        about = {"source": self.source, "symbol": symbol}
        with Session(self.engine) as session:
            return tuple(row.security for row in session.scalars(_SECURITIES, about))

    def revisions(self, symbol: Symbol) -> pd.DataFrame:
        """Replaced prices: ``session``, ``replaced_at`` (when the new ones were fetched), and the old row's COLUMNS."""
        query = (
            select(_REVISIONS, StoredFetch.fetched_at.label("replaced_at"))
            .join(StoredFetch, StoredFetch.id == StoredRevision.replaced_by)
            .join(StoredSecurity, StoredSecurity.id == StoredRevision.security_id)
            .where(StoredSecurity.source == self.source, StoredSecurity.symbol == symbol)
            .order_by(StoredRevision.replaced_by, StoredRevision.session)
        )
        with Session(self.engine) as session:
            rows = session.execute(query).mappings().all()
        return pd.DataFrame([dict(row) for row in rows], columns=["session", "replaced_at", *COLUMNS])

    def take_in(
        self, symbol: Symbol, fetched: Fetched, at: datetime, read: Stored | None = None, in_part: bool = False
    ) -> Taken:
        """Keep an answer in one transaction. Prices of a different security start a new history.

        Args:
            read: what ``load`` gave last, to save reading it again.
            in_part: whether the answer is only the end of a history that is stored.

        Raises:
            Contradiction: an answer in part is of another security, shares no session with what is stored, or changes
                more than half of the overlap.
        """
        rows = _in_order(fetched.rows)
        with Session(self.engine) as session, session.begin():
            security = _security_of(session, self.source, symbol, None)
            known = None if security is None else _stored(session, security, None, read)
            instead_of = None
            if security is not None and known is not None and not is_same_security(known, fetched):
                instead_of = security.security
                security.left_at = at
                security = known = None
            changes = merge(known.frame if known else _frame(())[0], rows, exchange_of(symbol))
            if in_part and (changes.is_contradiction or len(changes.new) == len(rows)):
                raise Contradiction
            if security is None:
                security = StoredSecurity(source=self.source, symbol=symbol, known_since=at)
                session.add(security)
            _describe(security, fetched.security)
            session.flush()
            _write(session, security.id, changes, at)
        return Taken(changes, instead_of)

    def mark_unknown(self, symbol: Symbol, at: datetime) -> datetime:
        """Record that the source does not know the symbol; returns since when it has not."""
        with Session(self.engine) as session, session.begin():
            security = _security_of(session, self.source, symbol, None)
            if security is None:
                return at
            security.unknown_since = security.unknown_since or at
            return security.unknown_since


def is_same_security(stored: Stored, fetched: Fetched) -> bool:
    """Whether both are of one security: by what the source says or, where that differs, by equal closes."""
    ours, theirs = stored.security, fetched.security
    if ours.is_same_as(theirs):
        return True
    return ours.currency == theirs.currency and is_identical(stored.frame, _in_order(fetched.rows))


def _security_of(session: Session, source: str, symbol: Symbol, known_at: datetime | None) -> StoredSecurity | None:
    about: dict[str, Any] = {"source": source, "symbol": symbol}
    query = _SECURITY
    if known_at is not None:
        still = or_(StoredSecurity.left_at.is_(None), StoredSecurity.left_at > known_at)
        query = _NEWEST.where(StoredSecurity.known_since <= known_at, still)
    return session.scalars(query, about).first()


def _describe(row: StoredSecurity, security: Security) -> None:
    """Take over names and listings, which may change. A known type or first session stays: one answer may be wrong."""
    row.name, row.currency, row.exchange = security.name[:255], security.currency[:8], security.exchange[:64]
    if not row.kind or security.kind == "ETF":
        row.kind = security.kind[:32]
    row.first_traded = row.first_traded or security.first_traded
    row.unknown_since = None


def _stored(
    session: Session, security: StoredSecurity, known_at: datetime | None, read: Stored | None = None
) -> Stored:
    about = {"security_id": security.id}
    fetches = _FETCHES if known_at is None else _FETCHES.where(StoredFetch.fetched_at <= known_at)
    known = frozenset(session.scalars(fetches, about))
    if read is not None and read.fetches == known:
        return read
    rows = [tuple(row) for row in session.execute(_ROWS, about) if row[1] in known]
    if known_at is not None:
        replaced = session.execute(_REPLACED_ROWS, about)
        rows += [tuple(row)[:-1] for row in replaced if row.fetch_id in known and row.replaced_by not in known]
    frame, brought = _frame(rows)
    rebasings = _rebasings(session, known)
    applies = [brought < brought_by for brought_by, _ in rebasings]
    return Stored(security.security, rebased(frame, [change for _, change in rebasings], applies), known)


def _frame(rows: Sequence[tuple[Any, ...]]) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """The rows, oldest first, as a frame of COLUMNS by session, and the fetch that brought each."""
    sessions, fetches, *numbers = (
        zip(*sorted(rows, key=itemgetter(0)), strict=True) if rows else ((),) * (2 + len(COLUMNS))
    )
    index = pd.DatetimeIndex(sessions, name="session").as_unit("ns")
    frame = pd.DataFrame(np.array(numbers, dtype=float).T, index, _COLUMNS)
    return frame, np.array(fetches, dtype=np.int64)


def _rebasings(session: Session, fetches: frozenset[int]) -> list[tuple[int, Rebasing]]:
    """The rebasings in the order in which they came, each with the fetch that brought it."""
    between = {"first": min(fetches, default=0), "last": max(fetches, default=0)}
    rows = session.execute(_REBASINGS, between)
    return [(fetch, Rebasing(before, *factors)) for fetch, before, *factors in rows if fetch in fetches]


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    frame = rows.reindex(columns=list(COLUMNS)).astype(float)
    if frame.index.is_monotonic_increasing and frame.index.is_unique:
        return frame
    return frame[~frame.index.duplicated(keep="last")].sort_index()


def _write(session: Session, security_id: int, changes: Merge, at: datetime) -> None:
    fetch = StoredFetch(security_id=security_id, fetched_at=at)
    session.add(fetch)
    session.flush()
    session.add_all(StoredRebasing(fetch_id=fetch.id, **vars(rebasing)) for rebasing in changes.rebasings)
    _set_aside(session, security_id, changes.withdrawn.union(pd.DatetimeIndex(changes.revised.index)), fetch.id)
    rows = [*_records(changes.new, security_id, fetch.id), *_records(changes.revised, security_id, fetch.id)]
    if rows:
        session.execute(insert(StoredPrice), rows)


def _set_aside(session: Session, security_id: int, days: pd.Index, fetch_id: int) -> None:
    """Move the stored rows of these days to the revisions."""
    sessions = [stamp.date() for stamp in pd.DatetimeIndex(days)]
    if not sessions:
        return
    those = StoredPrice.security_id == security_id, StoredPrice.session.in_(sessions)
    old = session.execute(select(_PRICES).where(*those)).mappings().all()
    session.execute(insert(StoredRevision), [{**row, "replaced_by": fetch_id} for row in old])
    session.execute(delete(StoredPrice).where(*those))


def _records(frame: pd.DataFrame, security_id: int, fetch_id: int) -> list[dict[str, Any]]:
    whose: dict[str, Any] = {"security_id": security_id, "fetch_id": fetch_id}
    return [
        {
            **whose,
            "session": session,
            **{name: None if math.isnan(value) else value for name, value in zip(COLUMNS, values, strict=True)},
        }
        for session, values in zip(pd.DatetimeIndex(frame.index).date, frame.to_numpy().tolist(), strict=True)
    ]
