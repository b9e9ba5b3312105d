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
from tests.support.reports import made_report, publish, young_report
from tests.support.town import UNIVERSE, Town, small_town

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
async def town(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    async with small_town(tmp_path, monkeypatch) as town:
        town.publish()
        yield town


def shown_file(exchange: Exchange) -> tuple[bytes, str]:
    (file,) = exchange.message.files
    return file.content, file.description or ""


async def suggested(town: Town, line: str, option: str) -> list[str]:
    choices = await town.discord.autocomplete(town.club.general, town.bob, line, option)
    return [str(choice["value"]) for choice in choices]


async def test_etfs_are_compared_in_one_picture_and_in_words(town: Town) -> None:
    async with town.discord.running(town.bot()):
        exchange = await town.ask("/compare ARKK, spy, FNGU")
    content, alt_text = shown_file(exchange)
    assert content.startswith(b"\x89PNG")
    for words in ("ARKK, SPY, FNGU compared", "**SPY** +6.0 % [", "above the last close", "Most together: "):
        assert words in exchange.text
    for words in ("Correlation of daily returns: ARKK and SPY 1.00", "Of the medians: ARKK and SPY 1.00", "+6.0 %"):
        assert words in alt_text


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("/compare ARKK", "You named one ETF. Name 2 to 6"),
        ("/compare ARKK, $arkk, ark innovation etf", "You named one ETF"),
        ("/compare ARKK, NOPE", "No ETF is known here by the name 'NOPE'"),
        ("/compare ARKK,SPY,FNGU,A,B,C,D", "You named 7 ETFs"),
    ],
)
async def test_a_comparison_that_cannot_be_made_says_why(town: Town, line: str, words: str) -> None:
    town.publish(("A", "B", "C", "D"))
    async with town.discord.running(town.bot()):
        exchange = await town.ask(line)
    assert exchange.ephemeral
    assert words in exchange.text


async def test_six_long_names_and_huge_prices_fit_a_comparison(town: Town) -> None:
    symbols = [f"LONGTICKER{n}" for n in range(6)]
    town.publish(symbols, name="N" * 100, last_close=987_654_321.0)
    async with town.discord.running(town.bot()):
        exchange = await town.ask(f"/compare {', '.join(symbols)}")
        assert len(shown_file(exchange)[1]) <= 1024


async def test_the_last_of_several_is_completed(town: Town) -> None:
    async with town.discord.running(town.bot()):
        assert await suggested(town, "/compare symbols:ark inn", "symbols") == ["ARKK"]
        assert await suggested(town, '/compare symbols:"ARKK, sp"', "symbols") == ["ARKK, SPY"]
        assert await suggested(town, '/compare symbols:"ARKK SPY f"', "symbols") == ["ARKK, SPY, FNGU"]
        assert await suggested(town, '/compare symbols:"ARKK, "', "symbols") == ["ARKK, SPY", "ARKK, FNGU"]


@pytest.mark.parametrize("command", ["forecast", "scores", "model", "alert add", "track"])
async def test_each_command_about_an_etf_suggests_it_by_name(town: Town, command: str) -> None:
    async with town.discord.running(town.bot()):
        assert await suggested(town, f"/{command} symbol:ark inn", "symbol") == ["ARKK"]


async def test_the_models_card_says_when_on_what_and_how(town: Town) -> None:
    folder = town.folder / "models" / "simulated" / "ARKK" / "ARKK-2026-11-13"
    folder.mkdir(parents=True)
    (folder / "card.json").write_text(json.dumps(CARD))
    async with town.discord.running(town.bot()):
        exchange = await town.ask("/model ARKK")
        without = await town.ask("/model SPY")
    for words in (
        "ARKK-2026-11-13",
        "3,029 sessions of its own, 2014-10-31 to 2026-11-13",
        "32 units, 1 layer, 60 sessions of look-back, 2 networks averaged, 0.3 dropout",
        "seed 7",
        "no other model has challenged it",
        "6 % better than no change over 198 cut-offs",
        "No change: MAE $12.87",
    ):
        assert words in exchange.text
    assert "card is not on this machine" in without.text
    assert "6 % better than no change" in without.text


async def test_a_young_etf_has_a_model_without_scores(town: Town) -> None:
    publish(town.database_url, [young_report()])
    async with town.discord.running(town.bot()):
        assert "too young for a backtest" in (await town.ask("/model YNG")).text


async def test_the_explanation_has_two_paragraphs(town: Town) -> None:
    async with town.discord.running(town.bot()):
        exchange = await town.ask("/explain")
    (embed,) = exchange.message.embeds
    assert len(embed["description"].split("\n\n")) == 2
    assert "nearly flat" in embed["description"]
    assert "bands" in embed["description"]


def offered(exchange: Exchange) -> set[str]:
    """The commands that the answer to /help names."""
    return set(re.findall(r"`/(\w+)", exchange.text))


async def test_help_shows_just_what_this_member_may_do_here(town: Town) -> None:
    traveller = town.discord.add_guild("Elsewhere", has_bot=False).add_member("tess")
    traveller.user.takes_bot_along = True
    async with town.discord.running(town.bot()):
        member, admin = await town.ask("/help"), await town.ask("/help", town.ann)
        direct = await town.discord.send(town.discord.direct(town.bob), town.bob.user, "/help")
        elsewhere = await town.discord.send(traveller.guild.general, traveller, "/help")
    readable = {"forecast", "scores", "compare", "model", "explain", "help", "status"}
    assert readable <= offered(member)
    assert "report" not in offered(member)
    assert "report" in offered(admin)
    assert readable <= offered(direct)
    assert "report" not in offered(direct)
    assert readable <= offered(elsewhere)
    assert "report" not in offered(elsewhere)
    assert all(exchange.ephemeral for exchange in (member, admin, direct, elsewhere))


async def test_help_speaks_the_askers_language(town: Town) -> None:
    town.bob.user.locale = "de"
    async with town.discord.running(town.bot()):
        answer = await town.ask("/help")
    assert "Was du fragen kannst" in answer.text
    assert "Kürzel" not in answer.text
    assert "Die nächsten 60 Handelstage eines ETFs" in answer.text


async def test_what_help_offers_in_direct_messages_works_there(town: Town) -> None:
    direct = town.discord.direct(town.bob)
    async with town.discord.running(town.bot()):
        for line in ("/forecast ARKK", "/scores", "/compare ARKK, SPY", "/model ARKK", "/explain", "/status"):
            answer = await town.discord.send(direct, town.bob.user, line)
            assert answer.message.embeds, line
        report = await town.discord.send(direct, town.bob.user, "/report here")
        forecast = await town.discord.send(direct, town.bob.user, "/forecast ARKK")
        pressed = await town.discord.press(forecast.message, "20 sessions", town.bob.user)
    assert report.refused, "Discord offers it in servers only"
    assert pressed.message is forecast.message


async def test_a_member_takes_the_bot_along_to_servers_without_it(town: Town) -> None:
    elsewhere = town.discord.add_guild("Elsewhere", has_bot=False)
    tess, sam = elsewhere.add_member("tess"), elsewhere.add_member("sam")
    tess.user.takes_bot_along = True
    async with town.discord.running(town.bot()):
        forecast = await town.discord.send(elsewhere.general, tess, "/forecast ARKK")
        pressed = await town.discord.press(forecast.message, "Scores", sam)
        assert "ARKK" in forecast.text
        assert "errors of its forecasts" in pressed.text
        assert (await town.discord.send(elsewhere.general, sam, "/forecast ARKK")).refused
        assert (await town.discord.send(elsewhere.general, tess, "/report here")).refused


async def test_suggestions_come_from_memory_in_no_time(town: Town) -> None:
    names = {f"SYM{n}": f"Some {n} Fund of the {n % 7} sector" for n in range(500)}
    universe = ",".join(f"{symbol}={name}" for symbol, name in names.items())
    bot = town.bot(universe=universe)
    async with town.discord.running(bot):
        started = time.process_time()
        for text in ("ark inn", "some 4 f", "sym49", "", "nothing at all"):
            bot.forecasts.suggest(text)
        seconds = time.process_time() - started
    assert seconds < 5 * 0.05


async def test_an_etf_trained_by_another_program_is_suggested_without_a_restart(town: Town) -> None:
    async with town.discord.running(town.bot()):
        publish(town.database_url, [replace(made_report("TLT"), name="iShares 20+ Year Treasury")])
        assert await suggested(town, "/forecast symbol:year trea", "symbol") == []
        town.clock.at += timedelta(minutes=2)
        assert await suggested(town, "/forecast symbol:year trea", "symbol") == []  # this miss looks again
        async for _ in _tries():
            if await suggested(town, "/forecast symbol:year trea", "symbol") == ["TLT"]:
                break

        publish(town.database_url, [replace(made_report("GLD"), name="SPDR Gold")])
        town.clock.at += timedelta(minutes=2)
        assert (await town.ask("/forecast GLD")).message.embeds, (
            "a lookup that the memory does not know looks again too"
        )
        async for _ in _tries():
            if await suggested(town, "/forecast symbol:spdr", "symbol") == ["SPY", "GLD"]:  # SPY alone is no miss
                break


async def _tries(most: int = 50) -> AsyncIterator[int]:
    """The memory is renewed behind the caller's back, so that the answer need not wait: ask again a few times."""
    for n in range(most):
        yield n
    raise NoAnswer("the memory was not renewed")


async def test_every_command_of_the_universe_is_still_answered_with_it_full(town: Town) -> None:
    symbols = [f"LONGTICKER{number}" for number in range(22)]
    town.publish((*UNIVERSE, *symbols), name="N" * 100, last_close=12_345_678.9)
    async with town.discord.running(town.bot(universe=",".join(f"{symbol}={'N' * 95}" for symbol in symbols))):
        for line in ("/forecast LONGTICKER7", "/scores", "/model LONGTICKER7", "/explain", "/status", "/help"):
            assert (await town.ask(line)).message.embeds, line
        choices = await town.discord.autocomplete(
            town.club.general, town.bob, "/compare symbols:LONGTICKER1, long", "symbols"
        )
    assert 0 < len(choices) <= 25
    assert all(len(choice["name"]) <= 100 for choice in choices)
