from __future__ import annotations

import pytest

from benchmarks.sizing import FINISH, LIBRARIES, OWN, PANEL, PRICES, posting, training
from bot.delivery.pace import POSTS


def test_one_worker_takes_the_sum_of_all_tasks_and_many_no_less_than_the_longest_way_through_them() -> None:
    begins = max(2 * LIBRARIES, LIBRARIES + 40 * PRICES)
    tasks = 3 * 40 * PANEL + 40 * (sum(OWN) + FINISH)
    assert training(40, 40, 1) == pytest.approx(begins + tasks)
    assert training(40, 40, 2) == pytest.approx(begins + tasks / 2, abs=FINISH + PANEL * 40)
    assert training(40, 40, 1000) == pytest.approx(begins + 40 * PANEL + max(OWN) + FINISH)


def test_posts_keep_to_the_pace_of_all_processes_together_and_members_wait_for_a_post_at_most() -> None:
    for processes in (1, 4):
        seconds, wait = posting(5000, processes)
        assert seconds == pytest.approx(5000 / POSTS, abs=1.0)
        assert 0.01 < wait < 0.05
