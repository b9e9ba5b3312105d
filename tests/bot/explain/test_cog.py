"""``/explain`` through the stand-in."""

from __future__ import annotations

from tests.support.bot_env import BotEnv


async def test_the_explanation_has_two_paragraphs(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/explain")
    (embed,) = exchange.message.embeds
    assert len(embed["description"].split("\n\n")) == 2
    assert "nearly flat" in embed["description"]
    assert "bands" in embed["description"]


async def test_a_topic_has_an_answer_of_its_own(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/explain topic:errors")
    assert "mean absolute error" in exchange.text
