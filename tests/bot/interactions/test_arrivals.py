"""Many interactions at once: the event loop goes on between them, and nobody's answer delays an acknowledgement."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.interactions import arrivals as rules
from bot.interactions.arrivals import AT_A_TIME, Arrivals
from tests.support.bot_env import bot_env


@pytest.fixture
async def arrivals() -> AsyncIterator[Arrivals]:
    begun = Arrivals(lambda _event: None)
    begun.start()
    yield begun
    begun.stop()


async def test_the_event_loop_goes_on_between_two_interactions() -> None:
    begun: list[int] = []
    seen: list[str] = []

    def begin(event: int) -> None:
        begun.append(event)
        asyncio.get_running_loop().call_soon(lambda: seen.append(f"task {event}, begun: {len(begun)}"))

    arrivals = Arrivals(begin)
    for number in range(3):
        arrivals.put(number)
    arrivals.start()
    async with arrivals.turn():
        assert seen == ["task 0, begun: 1", "task 1, begun: 2", "task 2, begun: 3"]
    arrivals.stop()


async def test_work_waits_until_all_that_arrived_have_begun(arrivals: Arrivals) -> None:
    assert not arrivals.is_rush
    arrivals.put("one more")
    assert arrivals.is_rush
    async with arrivals.turn():
        assert not arrivals.is_rush


async def test_few_answers_are_worked_out_at_the_same_time(arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch) -> None:
    async with AsyncExitStack() as busy:
        for _ in range(AT_A_TIME):
            await busy.enter_async_context(arrivals.turn())
        assert arrivals.is_rush
        late = asyncio.create_task(arrivals.turn().__aenter__())
        await asyncio.sleep(0)
        assert not late.done()
    await late
    monkeypatch.setattr(rules, "PATIENCE", 0.01)
    async with AsyncExitStack() as hanging:
        for _ in range(AT_A_TIME - 1):
            await hanging.enter_async_context(arrivals.turn())
        async with arrivals.turn():
            assert arrivals.is_rush  # though all turns are taken


async def test_in_a_rush_a_command_is_acknowledged_before_its_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown symbol is refused privately even so: the public "thinking…" is taken back."""
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish()
        bot = env.bot()
        async with env.discord.running(bot), AsyncExitStack() as busy:
            for _ in range(AT_A_TIME):
                await busy.enter_async_context(bot.arrivals.turn())
            asked = env.discord.begin(env.club.general, env.bob, "/forecast ARKK")
            wrong = env.discord.begin(env.club.general, env.ann, "/forecast XXXX")
            await env.discord.world.changes.until(lambda: asked.deferred and wrong.deferred, 10)
            assert not asked.answered
            await busy.aclose()
            await env.discord.wait(asked)
            await env.discord.wait(wrong)
            assert asked.files
            assert wrong.messages[-1].ephemeral


async def test_otherwise_a_quick_failure_is_acknowledged_privately(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish()
        async with env.discord.running(env.bot()):
            assert (await env.ask("/forecast XXXX")).ephemeral
    assert not [asked for asked in env.discord.requests if asked.method == "DELETE"]
