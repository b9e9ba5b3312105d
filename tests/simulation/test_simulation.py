"""Seeds of the simulator: bots, jobs, database, Discord and Yahoo on a virtual clock, with faults."""

from __future__ import annotations

import pytest

from tests.support.simulation.seed import simulate

pytestmark = pytest.mark.slow

WEEKS, FAULTS_A_WEEK = 2, 5.0


@pytest.mark.parametrize("seed", range(1, 11))
def test_whatever_goes_wrong_nothing_is_lost_or_doubled_and_what_is_not_done_is_told(seed: int) -> None:
    outcome = simulate(seed, WEEKS, FAULTS_A_WEEK)
    assert outcome.failure is None, "\n".join([*outcome.trace[-40:], outcome.failure or ""])
    assert outcome.unexplained == []
    assert outcome.counts["reports posted"] > 0
    assert outcome.counts["alerts posted"] > 0


def test_a_seed_replays() -> None:
    one, other = (simulate(7, 1, 8.0) for _ in range(2))
    assert one.trace == other.trace
    assert len(one.trace) > 30
