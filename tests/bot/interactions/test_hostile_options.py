"""A few hostile values for every option of every command; ``benchmarks/hostile.py`` gives each thousands."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.bot_env import bot_env
from tests.support.hostile import probe, probes, seeded, watched


@pytest.mark.slow
async def test_no_value_of_an_option_is_a_traceback_a_ping_or_a_statement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    async with bot_env(home, monkeypatch) as env:
        env.publish()
        bot = env.bot()
        with watched() as seen:
            async with env.discord.running(bot):
                options = probes(env)
                assert len(options) > 15
                for number, each in enumerate(options):
                    await probe(env, each, 6, seeded(number), seen)
    assert seen.found == []
    assert os.listdir(tmp_path) == ["home"], "nothing is written outside"  # noqa: PTH208
