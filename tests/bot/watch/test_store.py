"""The ETFs that servers follow, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.cogs.privacy.departures import Departures
from bot.cogs.watch.store import REST_AFTER, TooManyWatched, Watches, served
from forecasting import Symbol, Universe

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
BIG = 2**62  # as large as the ids that Discord gives out
SPY, ARKK = Symbol("SPY"), Symbol("ARKK")


def test_watches_last_from_add_to_remove_and_then_rest_for_thirty_days(engine: Engine) -> None:
    watches = Watches(engine)
    assert watches.add(BIG, SPY, 2, NOW)
    assert not watches.add(BIG, SPY, 2, LATER)
    assert watches.add(BIG, ARKK, 2, LATER)
    assert watches.of(BIG) == (SPY, ARKK)
    with pytest.raises(TooManyWatched):
        watches.add(BIG, Symbol("TLT"), 2, LATER)
    assert watches.remove(BIG, SPY, LATER)
    assert not watches.remove(BIG, SPY, LATER)
    assert watches.of(BIG) == (ARKK,)
    assert watches.trained(LATER + REST_AFTER - timedelta(seconds=1)) == (ARKK, SPY)
    assert watches.trained(LATER + REST_AFTER) == (ARKK,)
    assert watches.add(BIG, SPY, 2, LATER)
    assert watches.all() == {SPY, ARKK}


def test_watches_of_a_server_that_was_left_rest_as_if_removed_then(engine: Engine) -> None:
    watches = Watches(engine)
    for server in (1, 2):
        watches.add(server, (SPY, ARKK)[server - 1], 5, NOW)
    Departures(engine).catch_up(frozenset({2}), LATER)
    assert watches.trained(LATER) == (ARKK, SPY)
    assert watches.trained(LATER + REST_AFTER) == (ARKK,)
    Departures(engine).come_back(1)
    assert watches.trained(LATER + REST_AFTER) == (ARKK, SPY)


def test_watches_come_after_the_universe_in_what_is_served(engine: Engine) -> None:
    watches = Watches(engine)
    for symbol in ("TLT", "SPY"):
        watches.add(1, Symbol(symbol), 5, NOW)
    assert served(Universe.parse(""), watches, NOW) == ("ARKK", "SPY", "FNGU", "TLT")
