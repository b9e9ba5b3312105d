"""The outcome of each report that was due to a server. All methods block on the database: call them in a thread."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Any, Final, Literal, cast

from sqlalchemy import Engine, Row, Select, bindparam, select
from sqlalchemy.orm import Session

from bot.cogs.report.subscriptions import Subscription, Subscriptions
from bot.delivery import Outcome, is_given_up, may_have_arrived, unsure_since
from bot.storage.exclusive import exclusive
from bot.storage.one_of import one_of
from bot.storage.schema import StoredDelivery

DeliveryState = Literal["sending", "sent", "failed", "unknown", "lost", "empty", "refused"]
"""See ``bot.delivery``."""

ReportKey = tuple[int, int, str]
"""Of one delivery: server, number of the report, period. No key is posted twice."""

FINAL: Final = ("sent", "refused", "lost")
AT_ONCE: Final = 1000
"""Servers whose deliveries are read by one query."""


@dataclass(frozen=True)
class Delivery:
    """How far a report of one period got.

    Attributes:
        unsure: when an attempt was made that may have arrived, for the one that begins now.
        repeats: whether an attempt may have arrived and Discord knows its nonce, for the same.
        others: ids of what else was posted in that channel, for the same.
    """

    period: str
    state: DeliveryState
    attempts: int
    tried_at: datetime
    channel_id: int = 0
    unsure: datetime | None = None
    repeats: bool = False
    others: frozenset[int] = field(default=frozenset(), repr=False)

    @property
    def is_given_up(self) -> bool:
        """Whether it failed for the last time."""
        return is_given_up(self)


# Made once: the schedule asks every few minutes, and putting a statement together costs more than running it.
_ROWS: Final = select(StoredDelivery.__table__)  # whole objects cost three times as much
_SINCE: Final = _ROWS.where(StoredDelivery.tried_at >= bindparam("since"))
_OF: Final = _ROWS.where(
    StoredDelivery.server_id.in_(bindparam("servers", expanding=True)),
    StoredDelivery.report.in_(bindparam("reports", expanding=True)),
    StoredDelivery.week.in_(bindparam("periods", expanding=True)),
)


@cache
def _since(states: tuple[DeliveryState, ...]) -> Select[*tuple[Any, ...]]:
    return _SINCE.where(one_of(StoredDelivery.state, states)) if states else _SINCE


class Deliveries:
    """The deliveries of all servers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def since(self, since: datetime, states: Collection[DeliveryState] = ()) -> Mapping[ReportKey, Delivery]:
        """The deliveries whose last attempt was at ``since`` or later, of these states if any are given."""
        with self._engine.connect() as connection:
            rows = connection.execute(_since(tuple(states)), {"since": since})
            return {_key(row): _delivery(row) for row in rows}

    def of(self, keys: Collection[ReportKey]) -> Mapping[ReportKey, Delivery]:
        """The deliveries with these keys, as far as there are any."""
        found: dict[ReportKey, Delivery] = {}
        ordered = sorted(keys)
        with self._engine.connect() as connection:
            for start in range(0, len(ordered), AT_ONCE):
                servers, numbers, periods = zip(*ordered[start : start + AT_ONCE], strict=True)
                which = {"servers": set(servers), "reports": set(map(str, numbers)), "periods": set(periods)}
                found |= {_key(row): _delivery(row) for row in connection.execute(_OF, which)}
        return {key: delivery for key, delivery in found.items() if key in keys}

    def last(self, server_id: int, number: int = 1) -> Delivery | None:
        """The newest of a server's report; None if nothing was ever tried."""
        query = (
            select(StoredDelivery)
            .where(StoredDelivery.server_id == server_id, StoredDelivery.report == str(number))
            .order_by(StoredDelivery.tried_at.desc())
            .limit(1)
        )
        with Session(self._engine) as session:
            row = session.scalar(query)
            return None if row is None else _delivery(row)

    def begin(self, to: Subscription, period: str, now: datetime, *, has_nonce: bool = True) -> Delivery | None:
        """Mark a report before it is posted. None if another bot on this database has posted it meanwhile.

        Args:
            has_nonce: whether Discord knows a repeat there by its nonce.
        """
        with exclusive(self._engine) as session:
            row = session.get(StoredDelivery, (to.server_id, str(to.number), period))
            if row is None:
                row = StoredDelivery(server_id=to.server_id, report=str(to.number), week=period, attempts=0)
                session.add(row)
            elif row.state in FINAL:
                return None
            may_be_there = row.channel_id == to.channel_id and may_have_arrived(row)
            unsure = unsure_since(row, now, has_nonce=has_nonce) if may_be_there else None
            others = select(StoredDelivery.message_id).where(StoredDelivery.channel_id == to.channel_id)
            known = frozenset(filter(None, session.scalars(others))) if unsure is not None else frozenset[int]()
            row.channel_id, row.state, row.tried_at = to.channel_id, "sending", now
            row.attempts += 1 if unsure is None else 2  # the look for it is a request too
            return replace(_delivery(row), unsure=unsure, repeats=may_be_there and unsure is None, others=known)

    def end(self, to: Subscription, delivery: Delivery, outcome: Outcome) -> None:
        """Mark it after the post. A channel that refused it is not tried again until an admin sets one."""
        with Session(self._engine) as session, session.begin():
            row = session.get(StoredDelivery, (to.server_id, str(to.number), delivery.period))
            if row is not None:  # else the server's data was deleted meanwhile
                row.state, row.message_id = outcome.state, outcome.message_id
        if outcome.problem is not None:
            Subscriptions(self._engine).stop_trying(to, outcome.problem)


def _key(row: StoredDelivery | Row[Any]) -> ReportKey:
    return row.server_id, int(row.report), row.week


def _delivery(row: StoredDelivery | Row[Any]) -> Delivery:
    return Delivery(row.week, cast(DeliveryState, row.state), row.attempts, row.tried_at, row.channel_id)
