"""Who posts to which servers, in both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, update

from bot.schedule.posting import SILENCE, Posting
from bot.schedule.service import HEARTBEAT_SECONDS
from bot.settings.shards import ALL, Shards
from forecasting.storage.lease import StoredLease
from tests.bot.connection.test_shards import NEXT, SERVER

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
EVEN, ODD = SERVER, SERVER + NEXT


def process(engine: Engine, shards: Shards) -> Posting:
    return Posting(engine, shards, lambda: NOW)


def on_another_machine(engine: Engine) -> None:
    """Leases of one process would be no protection from itself."""
    with engine.begin() as connection:
        connection.execute(update(StoredLease).values(host="elsewhere"))


def test_a_process_has_its_own_shards_and_of_two_with_the_same_one_has_them(engine: Engine) -> None:
    first, second, standby = (process(engine, Shards(2, (shard,))) for shard in (0, 1, 1))
    first.keep()
    second.keep()
    on_another_machine(engine)
    standby.keep()
    assert [first.may_post(EVEN), first.may_post(ODD), first.may_post(None)] == [True, False, True]
    assert [second.may_post(EVEN), second.may_post(ODD), second.may_post(None)] == [False, True, False]
    assert standby.held == frozenset()
    second.release()
    standby.keep()
    assert standby.may_post(ODD)


def test_the_owner_stands_in_for_who_is_gone_until_that_one_returns(engine: Engine) -> None:
    owner, other = process(engine, Shards(2, (0,))), process(engine, Shards(2, (1,)))
    other.keep()
    on_another_machine(engine)
    owner.keep()
    owner.stand_in()
    assert not owner.may_post(ODD), "the other one lives"
    other.release()
    owner.stand_in()
    assert owner.may_post(ODD)
    on_another_machine(engine)
    other.keep()
    assert not other.may_post(ODD), "the owner is posting"
    owner.keep()
    owner.give_back()
    assert [owner.may_post(EVEN), owner.may_post(ODD)] == [True, False]
    other.keep()
    assert other.may_post(ODD)


def test_without_shards_there_is_nothing_to_share(engine: Engine) -> None:
    only = process(engine, ALL)
    only.keep()
    only.stand_in()
    assert only.may_post(ODD)
    assert only.held == frozenset()


def test_another_machine_takes_over_within_a_minute() -> None:
    assert SILENCE + timedelta(seconds=HEARTBEAT_SECONDS) <= timedelta(minutes=1)
