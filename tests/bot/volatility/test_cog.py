"""``/volatility`` through the stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from forecasting import VolatilityScores
from tests.support.bot_env import BotEnv, bot_env
from tests.support.reports import made_report, publish

TRACK = tuple(VolatilityScores(sessions, 0.0434, 0.0543, 0.151, 0.149, 198) for sessions in (5, 20, 60))


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        spy = replace(made_report("SPY"), volatility=TRACK, vix=16.25)
        arkk = made_report("ARKK")
        publish(env.database_url, [spy, replace(arkk, history=arkk.history[-21:])])
        yield env


async def test_expected_volatility_stands_beside_the_past_the_vix_and_its_own_track(env: BotEnv) -> None:
    report = made_report("SPY")
    async with env.discord.running(env.bot()):
        spy = await env.ask("/volatility SPY")
        arkk = await env.ask("/volatility ARKK")
        env.bob.user.locale = "de"
        german = await env.ask("/volatility SPY")
    for sessions in (5, 20, 60):
        realised = report.realised_volatility(sessions)
        assert realised is not None
        assert f"Expected **{100 * report.expected_volatility(sessions):.1f}%**" in spy.text
        assert f"Last {sessions} trading days: {100 * realised:.1f}%" in spy.text
    assert "16.2%: what option prices say" in spy.text
    assert "**20 trading days:** 4.3 percentage points on average; 5.4 if the past 20 had repeated." in spy.text
    assert "Over 198 test dates 15.1% was expected on average, and it was 14.9%." in spy.text
    assert "VIX" not in arkk.text
    assert "Last 60 trading days: unknown" in arkk.text
    assert "Not measured yet" in arkk.text, "an older program trained it"
    assert "Letzte 20 Handelstage: " in german.text
    assert "im Mittel 4,3 Prozentpunkte" in german.text
