"""``/compare`` through the stand-in."""

from __future__ import annotations

import pytest

from standin import Exchange
from tests.support.bot_env import BotEnv


def shown_file(exchange: Exchange) -> tuple[bytes, str]:
    (file,) = exchange.message.files
    return file.content, file.description or ""


async def suggested(env: BotEnv, line: str, option: str) -> list[str]:
    choices = await env.discord.autocomplete(env.club.general, env.bob, line, option)
    return [str(choice["value"]) for choice in choices]


async def test_etfs_are_compared_in_one_picture_and_in_words(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/compare ARKK, spy, FNGU")
    content, alt_text = shown_file(exchange)
    assert content.startswith(b"\x89PNG")
    for words in ("ARKK, SPY, FNGU compared", "**SPY** +6.0% [", "chance of ending higher", "Most correlated: "):
        assert words in exchange.text
    for words in ("Correlation of daily returns: ARKK and SPY (1.00)", "+6.0%"):
        assert words in alt_text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/compare ARKK", "Name 2 to 6 different ETFs"),
        ("/compare ARKK, $arkk, ark innovation etf", "Name 2 to 6"),
        ("/compare ARKK, NOPE", "I don't know an ETF called “NOPE”"),
        ("/compare ARKK,SPY,FNGU,A,B,C,D", "Name 2 to 6"),
    ],
)
async def test_a_comparison_that_cannot_be_made_says_why(env: BotEnv, line: str, words: str) -> None:
    env.publish(("A", "B", "C", "D"))
    async with env.discord.running(env.bot()):
        exchange = await env.ask(line)
    assert exchange.ephemeral
    assert words in exchange.text


async def test_six_long_names_and_huge_prices_fit_a_comparison(env: BotEnv) -> None:
    symbols = [f"LONGTICKER{n}" for n in range(6)]
    env.publish(symbols, name="N" * 100, last_close=987_654_321.0)
    async with env.discord.running(env.bot()):
        exchange = await env.ask(f"/compare {', '.join(symbols)}")
        assert len(shown_file(exchange)[1]) <= 1024


async def test_the_last_of_several_is_completed(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        assert await suggested(env, "/compare symbols:ark inn", "symbols") == ["ARKK"]
        assert await suggested(env, '/compare symbols:"ARKK, sp"', "symbols") == ["ARKK, SPY"]
        assert await suggested(env, '/compare symbols:"ARKK SPY f"', "symbols") == ["ARKK, SPY, FNGU"]
        assert await suggested(env, '/compare symbols:"ARKK, "', "symbols") == ["ARKK, SPY", "ARKK, FNGU"]
