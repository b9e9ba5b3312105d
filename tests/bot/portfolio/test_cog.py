"""``/portfolio`` and ``/portfolios`` through the stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.cogs.portfolio.store import MAX_SAVED, SavedMix, SavedMixes, TooManySaved
from forecasting import Symbol, open_database
from tests.support.bot_env import WEDNESDAY, BotEnv, bot_env
from tests.support.reports import AS_OF, made_report, publish

SPY, TLT = Symbol("SPY"), Symbol("TLT")


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish(("ARKK", "SPY", "FNGU", "TLT"))
        yield env


async def suggested(env: BotEnv, line: str, option: str) -> list[str]:
    choices = await env.discord.autocomplete(env.club.general, env.bob, line, option)
    return [str(choice["value"]) for choice in choices]


async def test_a_portfolio_is_forecast_in_words_and_in_a_picture(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/portfolio SPY:60 TLT:40")
    (file,) = exchange.message.files
    assert not exchange.ephemeral
    assert file.content.startswith(b"\x89PNG")
    for words in (
        "Portfolio: SPY 60%, TLT 40%",
        "In 20 trading days",
        "In 60 trading days",
        "95% range: −",
        "Chance of a loss: **",
        "As if it were one ETF",
        "Worst 5% of outcomes in 60 trading days: −",
        "**SPY**: 60% of the value, ",
        "of that loss",
    ):
        assert words in exchange.text, words
    assert "SPY 60%, TLT 40%" in (file.description or "")
    assert "**" not in (file.description or "")


async def test_it_answers_in_german(env: BotEnv) -> None:
    env.bob.user.locale = "de"
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/portfolio SPY:60 TLT:40")
    for words in (
        "Depot: SPY 60\u00a0%, TLT 40\u00a0%",
        "Verlustwahrscheinlichkeit: **",
        "80-%-Bereich: −",
        "Als wäre es ein einziger ETF",
    ):
        assert words in exchange.text, words


async def test_weights_are_percent_amounts_or_equal(env: BotEnv) -> None:
    titles = {
        "SPY 6000, tlt 4000": "SPY 60%, TLT 40%",
        "SPY:59,5%;TLT=40.5%": "SPY 60%, TLT 40%",
        "$spy : 1 TLT : 3": "SPY 25%, TLT 75%",
        "SPY TLT ARKK FNGU": "SPY 25%, TLT 25%, ARKK 25%, FNGU 25%",
        "ark innovation etf, TLT": "ARKK 50%, TLT 50%",
    }
    async with env.discord.running(env.bot()):
        for typed, title in titles.items():
            exchange = await env.ask(f'/portfolio mix:"{typed}"')
            assert f"Portfolio: {title}" in exchange.text


async def test_what_cannot_be_read_is_refused_in_words(env: BotEnv) -> None:
    refusals = {
        "SPY:100": "Name 2 to 6 different ETFs",
        "SPY:60 SPY:40": "SPY is listed twice",
        "SPY:60 NOPE:40": "I don't know an ETF called “NOPE”",
        "SPY:60 TLT": "I can't read “TLT”",
        "SPY:6,000 TLT:4,000": "I can't read “000",
        "60% SPY 40% TLT": "I can't read “60%",
        "SPY:60 TLT:0": "The weight of TLT must be a number above 0",
        "SPY:60 TLT:9999999999999": "The weight of TLT must be a number above 0",
        "SPY:60 <@1>:40": "I don't know an ETF called “\\<\\@1\\>”",
        "home": "I don't know an ETF called “home”",
    }
    async with env.discord.running(env.bot()):
        for typed, words in refusals.items():
            env.clock.at += timedelta(seconds=30)
            exchange = await env.ask(f'/portfolio mix:"{typed}"')
            assert exchange.ephemeral
            assert words in exchange.text, typed


async def test_etfs_that_do_not_belong_together_are_refused(env: BotEnv) -> None:
    abroad = replace(made_report("VWCE.DE"), currency="EUR")
    behind = made_report("GLD", as_of=AS_OF - timedelta(days=1))
    publish(env.database_url, [abroad, behind])
    async with env.discord.running(env.bot()):
        currencies = await env.ask("/portfolio SPY:50 VWCE.DE:50")
        days = await env.ask("/portfolio SPY:50 GLD:50")
    assert "different currencies" in currencies.text
    assert "SPY (USD), VWCE.DE (EUR)" in currencies.text
    assert "of different days: SPY (2026-11-13), GLD (2026-11-12)" in days.text


async def test_reports_of_an_older_program_work_from_the_next_refresh_on(env: BotEnv) -> None:
    engine = open_database(env.database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM past_returns WHERE symbol = 'TLT'")
    async with env.discord.running(env.bot()):
        before = await env.ask("/portfolio SPY:60 TLT:40")
        env.publish(("TLT",))
        after = await env.ask("/portfolio SPY:60 TLT:40")
    assert "TLT lacks the price history that this needs. It will work after the next refresh" in before.text
    assert "Portfolio: SPY 60%" in after.text
    engine.dispose()


async def test_etfs_without_a_common_past_are_refused(env: BotEnv) -> None:
    old = made_report("OLD", as_of=date(2020, 1, 3))
    publish(env.database_url, [old, made_report("OLD")])
    engine = open_database(env.database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE past_returns SET body = substr(body, 1, 8) WHERE symbol = 'OLD'")
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/portfolio SPY:60 OLD:40")
    assert "it takes about a year and a half" in exchange.text
    engine.dispose()


async def test_a_member_saves_shows_lists_and_removes_portfolios(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        saved = await env.ask("/portfolios save Home SPY:60 TLT:40")
        shown = await env.ask("/portfolio home")
        offered = await suggested(env, "/portfolio mix:ho", "mix")
        assert await suggested(env, "/portfolio mix:ark", "mix") == ["ARKK"]
        assert await suggested(env, '/portfolio mix:"SPY:60 t"', "mix") == ["SPY:60 TLT"]
        assert await suggested(env, '/portfolio mix:"SPY:60"', "mix") == []
        assert await suggested(env, '/portfolios save name:x mix:"SPY, fn"', "mix") == ["SPY, FNGU"]
        replaced = await env.ask('/portfolios save name:home mix:"SPY:1 TLT:1"')
        listed = await env.ask("/portfolios list")
        other = await env.ask("/portfolios list", env.ann)
        told = await env.ask("/privacy")
        strange = await env.ask("/portfolios remove away")
        removed = await env.ask("/portfolios remove HOME")
        empty = await env.ask("/portfolios list")
        bad = await env.ask('/portfolios save name:"a:b" mix:"SPY:1 TLT:1"')
    assert "Saved: **Home** (SPY 60%, TLT 40%). `/portfolio` with that name shows it." in saved.text
    assert "Portfolio: SPY 60%, TLT 40%" in shown.text
    assert offered == ["Home"]
    assert "**home** is now SPY 50%, TLT 50%" in replaced.text
    assert "**home** · SPY 50%, TLT 50%" in listed.text
    assert "You have no saved portfolios" in other.text
    assert "Saved portfolios: 1" in told.text
    assert "no saved portfolio called “away”" in strange.text
    assert "Removed: **home**." in removed.text
    assert "You have no saved portfolios" in empty.text
    assert "can't be used" in bad.text
    assert all(exchange.ephemeral for exchange in (saved, replaced, listed, other, removed, empty, bad))


def test_saved_portfolios_are_few_and_each_members_own(engine: Engine) -> None:
    mixes = SavedMixes(engine)
    for number in range(MAX_SAVED):
        assert not mixes.save(7, SavedMix(f"n{number}", {TLT: 1.0, SPY: 2.5}), WEDNESDAY)
    with pytest.raises(TooManySaved):
        mixes.save(7, SavedMix("more", {SPY: 1.0, TLT: 1.0}), WEDNESDAY)
    assert mixes.save(7, SavedMix("N3", {SPY: 1.0, TLT: 1.0}), WEDNESDAY), "in place of n3"
    assert not mixes.save(8, SavedMix("n3", {SPY: 1.0, TLT: 1.0}), WEDNESDAY)
    assert mixes.find(7, "n1") == SavedMix("n1", {TLT: 1.0, SPY: 2.5})
    assert list((mixes.find(7, "n1") or mixes.of(7)[0]).weights) == [TLT, SPY], "in the order typed"
    assert mixes.remove(8, "N3") is not None
    assert len(mixes.of(7)) == MAX_SAVED
    assert mixes.of(8) == ()
