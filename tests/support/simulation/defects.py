"""Defects that a simulation must find, planted into the bot's memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Any, Final
from unittest import mock

from sqlalchemy import Engine
from sqlalchemy.orm import Session

import bot.cogs.report.deliveries as reports
from bot.cogs.report.deliveries import Deliveries, Delivery
from bot.cogs.report.subscriptions import Subscription
from bot.delivery import Outcome
from bot.delivery.places import ChannelPlace
from bot.storage.exclusive import exclusive
from bot.storage.schema import StoredDelivery
from forecasting import Lease


@contextmanager
def _forgotten(engine: Engine) -> Iterator[Session]:
    with exclusive(engine) as session:
        yield session
        session.rollback()


@contextmanager
def _not_marked_before() -> Iterator[None]:
    begin = Deliveries.begin

    def forgotten(*args: Any, **more: Any) -> Delivery | None:
        with mock.patch.object(reports, "exclusive", _forgotten):
            return begin(*args, **more)

    with mock.patch.object(Deliveries, "begin", forgotten):
        yield


@contextmanager
def _marked_afterwards() -> Iterator[None]:
    def end(self: Deliveries, to: Subscription, delivery: Delivery, outcome: Outcome) -> None:
        with exclusive(self._engine) as session:
            row = StoredDelivery(server_id=to.server_id, report=str(to.number), week=delivery.period)
            row.attempts, row.tried_at, row.channel_id = delivery.attempts, delivery.tried_at, to.channel_id
            row.state, row.message_id = outcome.state, outcome.message_id
            session.merge(row)

    with _not_marked_before(), mock.patch.object(Deliveries, "end", end):
        yield


@contextmanager
def _without_nonces() -> Iterator[None]:
    send = ChannelPlace.send

    async def without_nonce(self: ChannelPlace, arguments: dict[str, Any]) -> int:
        return await send(self, {name: value for name, value in arguments.items() if name != "nonce"})

    with mock.patch.object(ChannelPlace, "send", without_nonce):
        yield


@contextmanager
def _without_a_lease() -> Iterator[None]:
    claim = Lease.claim

    def always(self: Lease, now: datetime) -> bool:
        if not claim(self, now) and self.name == "schedule":
            self.is_held = True
        return self.is_held

    with mock.patch.object(Lease, "claim", always):
        yield


DEFECTS: Final[dict[str, Callable[[], AbstractContextManager[Any]]]] = {
    "the mark before a post is lost": _not_marked_before,
    "a post is marked only afterwards": _marked_afterwards,
    "posts have no nonce": _without_nonces,
    "the schedule's lease is not checked": _without_a_lease,
}
