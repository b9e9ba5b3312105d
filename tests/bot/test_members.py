"""``/compare``, ``/model``, ``/explain``, ``/help`` and suggestions, in servers, direct messages and elsewhere."""

from __future__ import annotations

import json
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from standin import Exchange, NoAnswer
from tests.support.bot_env import UNIVERSE, BotEnv, bot_env
from tests.support.reports import made_report, publish, young_report

SETTINGS = {"units": 32, "layers": 1, "lookback": 60, "networks": 2, "dropout": 0.3}
CARD: dict[str, Any] = {
    "as_of": "2026-11-13",
    "trained_at": "2026-11-14T13:05:00+00:00",
    "seed": 7,
    "code_version": "0.1.0+test",
    "recipe": {
        "trained_from": "2014-10-31",
        "trained_to": "2026-11-13",
        "sessions": 3029,
        "panel": ["ARKK", "SPY", "FNGU"],
        "lstm": SETTINGS,
    },
}


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish()
        yield env


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


@pytest.mark.parametrize("command", ["forecast", "scores", "model", "alert add", "track"])
async def test_each_command_about_an_etf_suggests_it_by_name(env: BotEnv, command: str) -> None:
    async with env.discord.running(env.bot()):
        assert await suggested(env, f"/{command} symbol:ark inn", "symbol") == ["ARKK"]


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
        "no newer model has challenged it",
        "On 198 past test dates",
        "No change: MAE $12.87",
    ):
        assert words in exchange.text
    assert "details are not stored on this machine" in without.text
    assert "6% better than assuming no change" in without.text


async def test_a_young_etf_has_a_model_without_scores(env: BotEnv) -> None:
    publish(env.database_url, [young_report()])
    async with env.discord.running(env.bot()):
        assert "too young for a backtest" in (await env.ask("/model YNG")).text


async def test_the_explanation_has_two_paragraphs(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/explain")
    (embed,) = exchange.message.embeds
    assert len(embed["description"].split("\n\n")) == 2
    assert "nearly flat" in embed["description"]
    assert "bands" in embed["description"]


def offered(exchange: Exchange) -> set[str]:
    """The commands that the answer to /help names."""
    return set(re.findall(r"`/(\w+)", exchange.text))


async def test_help_shows_just_what_this_member_may_do_here(env: BotEnv) -> None:
    traveller = env.discord.add_guild("Elsewhere", has_bot=False).add_member("tess")
    traveller.user.takes_bot_along = True
    async with env.discord.running(env.bot()):
        member, admin = await env.ask("/help"), await env.ask("/help", env.ann)
        direct = await env.discord.send(env.discord.direct(env.bob), env.bob.user, "/help")
        elsewhere = await env.discord.send(traveller.guild.general, traveller, "/help")
    readable = {"forecast", "scores", "compare", "model", "explain", "help", "status"}
    assert readable <= offered(member)
    assert "report" not in offered(member)
    assert "report" in offered(admin)
    assert readable <= offered(direct)
    assert "report" not in offered(direct)
    assert readable <= offered(elsewhere)
    assert "report" not in offered(elsewhere)
    assert all(exchange.ephemeral for exchange in (member, admin, direct, elsewhere))


async def test_help_speaks_the_askers_language(env: BotEnv) -> None:
    env.bob.user.locale = "de"
    async with env.discord.running(env.bot()):
        answer = await env.ask("/help")
    assert "Was du fragen kannst" in answer.text
    assert "Kürzel" not in answer.text
    assert "Prognose eines ETFs für 60 Handelstage" in answer.text


async def test_what_help_offers_in_direct_messages_works_there(env: BotEnv) -> None:
    direct = env.discord.direct(env.bob)
    async with env.discord.running(env.bot()):
        for line in ("/forecast ARKK", "/scores", "/compare ARKK, SPY", "/model ARKK", "/explain", "/status"):
            answer = await env.discord.send(direct, env.bob.user, line)
            assert answer.message.embeds, line
        report = await env.discord.send(direct, env.bob.user, "/report here")
        forecast = await env.discord.send(direct, env.bob.user, "/forecast ARKK")
        pressed = await env.discord.press(forecast.message, "20 trading days", env.bob.user)
    assert report.refused, "Discord offers it in servers only"
    assert pressed.message is forecast.message


async def test_a_member_takes_the_bot_along_to_servers_without_it(env: BotEnv) -> None:
    elsewhere = env.discord.add_guild("Elsewhere", has_bot=False)
    tess, sam = elsewhere.add_member("tess"), elsewhere.add_member("sam")
    tess.user.takes_bot_along = True
    async with env.discord.running(env.bot()):
        forecast = await env.discord.send(elsewhere.general, tess, "/forecast ARKK")
        pressed = await env.discord.press(forecast.message, "Scores", sam)
        assert "ARKK" in forecast.text
        assert "forecast errors" in pressed.text
        assert (await env.discord.send(elsewhere.general, sam, "/forecast ARKK")).refused
        assert (await env.discord.send(elsewhere.general, tess, "/report here")).refused


async def test_suggestions_come_from_memory_in_no_time(env: BotEnv) -> None:
    names = {f"SYM{n}": f"Some {n} Fund of the {n % 7} sector" for n in range(500)}
    universe = ",".join(f"{symbol}={name}" for symbol, name in names.items())
    bot = env.bot(universe=universe)
    async with env.discord.running(bot):
        started = time.process_time()
        for text in ("ark inn", "some 4 f", "sym49", "", "nothing at all"):
            bot.forecasts.suggest(text)
        seconds = time.process_time() - started
    assert seconds < 5 * 0.05


async def test_an_etf_trained_by_another_program_is_suggested_without_a_restart(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        publish(env.database_url, [replace(made_report("TLT"), name="iShares 20+ Year Treasury")])
        assert await suggested(env, "/forecast symbol:year trea", "symbol") == []
        env.clock.at += timedelta(minutes=2)
        assert await suggested(env, "/forecast symbol:year trea", "symbol") == []  # this miss looks again
        async for _ in _tries():
            if await suggested(env, "/forecast symbol:year trea", "symbol") == ["TLT"]:
                break

        publish(env.database_url, [replace(made_report("GLD"), name="SPDR Gold")])
        env.clock.at += timedelta(minutes=2)
        assert (await env.ask("/forecast GLD")).message.embeds, "a lookup that the memory does not know looks again too"
        async for _ in _tries():
            if await suggested(env, "/forecast symbol:spdr", "symbol") == ["SPY", "GLD"]:  # SPY alone is no miss
                break


async def _tries(most: int = 50) -> AsyncIterator[int]:
    """The memory is renewed behind the caller's back, so that the answer need not wait: ask again a few times."""
    for n in range(most):
        yield n
    raise NoAnswer("the memory was not renewed")


async def test_every_command_of_the_universe_is_still_answered_with_it_full(env: BotEnv) -> None:
    symbols = [f"LONGTICKER{number}" for number in range(22)]
    env.publish((*UNIVERSE, *symbols), name="N" * 100, last_close=12_345_678.9)
    async with env.discord.running(env.bot(universe=",".join(f"{symbol}={'N' * 95}" for symbol in symbols))):
        for line in ("/forecast LONGTICKER7", "/scores", "/model LONGTICKER7", "/explain", "/status", "/help"):
            assert (await env.ask(line)).message.embeds, line
        choices = await env.discord.autocomplete(
            env.club.general, env.bob, "/compare symbols:LONGTICKER1, long", "symbols"
        )
    assert 0 < len(choices) <= 25
    assert all(len(choice["name"]) <= 100 for choice in choices)
