"""``/model`` through the stand-in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support import made_models
from tests.support.bot_env import BotEnv
from tests.support.reports import publish, young_report

CARD: dict[str, Any] = {
    **made_models.CARD,
    "as_of": "2026-11-13",
    "seed": 7,
    "recipe": {
        **made_models.RECIPE,
        "trained_from": "2014-10-31",
        "trained_to": "2026-11-13",
        "sessions": 3029,
        "panel": ["ARKK", "SPY", "FNGU"],
    },
}


async def test_the_models_card_says_when_on_what_and_how(env: BotEnv) -> None:
    folder = env.folder / "models" / "simulated" / "ARKK" / "ARKK-2026-11-13"
    folder.mkdir(parents=True)
    (folder / "card.json").write_text(json.dumps(CARD))
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/model ARKK")
        without = await env.ask("/model SPY")
    for words in (
        "ARKK-2026-11-13",
        "3,029 trading days of ARKK (2014-10-31 to 2026-11-13)",
        "32 units, 1 layer, 60 trading days of look-back, average of 2 networks, dropout 0.3",
        "seed 7",
        "there has been no newer model to compare it with",
        "On 198 past test dates",
        "No change: MAE $12.87",
    ):
        assert words in exchange.text
    assert "details are not stored on this machine" in without.text
    assert "6% better than assuming no change" in without.text


@pytest.mark.parametrize("card", [b"{}", b"\xff", b"", b"[" * 100_000])
async def test_a_card_that_cannot_be_read_is_a_card_that_is_not_there(env: BotEnv, card: bytes) -> None:
    folder = env.folder / "models" / "simulated" / "ARKK" / "ARKK-2026-11-13"
    folder.mkdir(parents=True)
    (folder / "card.json").write_bytes(card)
    async with env.discord.running(env.bot()):
        assert "details are not stored on this machine" in (await env.ask("/model ARKK")).text


async def test_a_young_etf_has_a_model_without_scores(env: BotEnv) -> None:
    publish(env.database_url, [young_report()])
    async with env.discord.running(env.bot()):
        assert "too young for a backtest" in (await env.ask("/model YNG")).text
