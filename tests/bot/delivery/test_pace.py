"""How fast the outbox posts, and how much at once."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any

import pytest

from bot.delivery import for_each
from bot.delivery.pace import LIMIT, Pace


class Jumping(selectors.DefaultSelector):
    """Where a real event loop would wait, this one lets the time pass at once."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.passed += timeout or 0.0
        return super().select(0.0)


class Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.jumping = Jumping()
        super().__init__(self.jumping)

    def time(self) -> float:
        return self.jumping.passed


def run(main: Coroutine[Any, Any, None]) -> None:
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(main)


def test_no_second_has_more_posts_than_discord_takes_and_none_is_wasted() -> None:
    """Also when the event loop was busy with other things for a while."""
    times: list[float] = []

    async def post(pace: Pace) -> None:
        await pace.turn()
        times.append(asyncio.get_running_loop().time())

    async def main() -> None:
        pace = Pace()
        for busy in (0.0, 3.0, 0.4):
            await asyncio.sleep(busy)
            await asyncio.gather(*(post(pace) for _ in range(200)))

    run(main())
    assert len(times) == 600
    for time in times:
        assert sum(time <= other < time + 1.0 for other in times) <= LIMIT
    assert times[-1] < 1.1 * 600 / LIMIT + 3.4


def test_several_processes_share_the_limit() -> None:
    async def main() -> None:
        pace = Pace(LIMIT / 5)
        for _ in range(101):
            await pace.turn()
        assert asyncio.get_running_loop().time() > 9.0

    run(main())


def test_more_are_posted_at_once_while_all_goes_well_and_one_at_a_time_while_it_does_not() -> None:
    under_way, most, seen = 0, 8, []

    async def act(number: int) -> bool:
        nonlocal under_way
        under_way += 1
        seen.append(under_way)
        await asyncio.sleep(1.0)
        under_way -= 1
        if number == 119:
            raise ValueError("broken")
        return number < 100

    async def main() -> None:
        with pytest.raises(ExceptionGroup) as broken:
            await for_each(range(120), act, most)
        assert len(broken.value.exceptions) == 1

    run(main())
    assert seen[:3] == [1, 1, 2], "the second one waits for the first"
    assert max(seen) == most
    assert set(seen[110:]) == {1}
