"""Alerts about a member's saved portfolio: what its points are, and what is told through the stand-in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.client import ForecastBot
from bot.cogs.alerts.mix_index import SETTLED, HeldMix, index_of, with_forecast
from bot.cogs.alerts.store import Alerts
from bot.cogs.portfolio.store import SavedMix
from forecasting import (
    ForecastReport,
    MixForecast,
    Symbol,
    TooLittleInCommon,
    forecast_mix,
    open_database,
    sessions_between,
)
from forecasting.report import Close
from tests.bot.alerts.test_cog import direct_messages, unasked
from tests.bot.alerts.test_crossing import BOB, COMING, PLACE, later
from tests.support.bot_env import BotEnv, bot_env
from tests.support.reports import AS_OF, TRAINED_AT, made_report, made_returns, publish

SPY, FNGU = Symbol("SPY"), Symbol("FNGU")
HOME = SavedMix("Home", {SPY: 3.0, FNGU: 2.0})
SAVE = "/portfolios save Home SPY:60 FNGU:40"
ABOVE = "/alert add home condition:above price:110"
HOSTILE = "`@everyone` **[a](b)** <@1> ||"
SHOWN = r"\`\@everyone\` \*\*\[a\](b)\*\* \<\@1\> \|\|"


@pytest.fixture
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish()
        env.plan_jobs("talk")  # forecasts come from the test
        yield env


def after(symbol: Symbol, close: float, sessions: int = 1) -> ForecastReport:
    """An ETF's report after so many sessions; it closed at 51.20 before."""
    return replace(later(sessions, close), symbol=symbol)


async def new_closes(env: BotEnv, bot: ForecastBot, sessions: int = 1, **closes: float) -> None:
    publish(env.database_url, [after(Symbol(symbol), close, sessions) for symbol, close in closes.items()])
    await bot.schedule.run_due()


async def test_a_portfolio_counts_in_points_and_its_crossing_is_told_once(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask(SAVE)
        offered = await env.discord.autocomplete(env.club.general, env.bob, "/alert add symbol:ho", "symbol")
        added = await env.ask(ABOVE)
        await new_closes(env, bot, SPY=57.6, FNGU=51.2)  # 60 × 1.125 + 40
        assert direct_messages(env) == []
        await new_closes(env, bot, 2, SPY=64.0, FNGU=51.2)
        await bot.schedule.run_due()
        listed = await env.ask("/alert list")
    assert [choice["value"] for choice in offered] == ["Home"]
    assert "Home closes above 110.00. The last close is 100.00 (<t:" in added.text
    assert "A portfolio is counted in points: 100 is what it was worth at the close of <t:" in added.text
    (message,) = direct_messages(env)
    assert "**Home** closed at **115.00** on <t:" in message.text
    assert "above your 110.00. Points: 100 was its value at the close of <t:" in message.text
    assert "Home closes above 110.00 → in a direct message (100: close of <t:" in listed.text
    assert "(115.00), sent <t:" in listed.text


async def test_an_etf_without_a_new_close_is_waited_for_and_the_list_says_since_when(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask(SAVE)
        await env.ask(ABOVE)
        begun = await env.ask("/alert list")
        await new_closes(env, bot, SPY=99.0)
        behind = await env.ask("/alert list")
        with open_database(env.database_url).begin() as connection:
            connection.exec_driver_sql("DELETE FROM reports WHERE symbol = 'FNGU'")
        await new_closes(env, bot, 2, SPY=99.0)
        refused = await env.ask("/alert add Home condition:below price:90")
        waiting = await env.ask("/alert list")
        assert direct_messages(env) == []
        await new_closes(env, bot, 3, SPY=99.0, FNGU=51.2)
        (message,) = direct_messages(env)
        met = await env.ask("/alert list")
    assert "FNGU has no forecast yet" in refused.text
    assert "closed at **156.02**" in message.text
    assert begun.text == behind.text == waiting.text
    assert waiting.text.split("last checked: ")[1] != met.text.split("last checked: ")[1]


async def test_a_portfolio_that_was_changed_or_removed_goes_on_in_its_alert(env: BotEnv) -> None:
    env.bob.user.locale = "de"
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask(SAVE)
        added = await env.ask(ABOVE)
        await env.ask("/portfolios save home SPY:1 FNGU:99")
        await env.ask("/portfolios remove home")
        strange = await env.ask("/alert add home condition:below price:90")
        await new_closes(env, bot, SPY=64.0, FNGU=51.2)
    assert "Home schließt über 110,00" in added.text
    assert "„home“" in strange.text
    (message,) = direct_messages(env)
    assert "bei **115,00**, über deinen 110,00. Punkte: 100 war der Wert" in message.text


async def test_a_hostile_name_pings_nobody_else_and_a_band_is_left(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        await env.ask(f'/portfolios save name:"{HOSTILE}" mix:SPY,FNGU')
        line = f'/alert add symbol:"{HOSTILE}" condition:"leaves its band" where:"in this channel"'
        added = await env.ask(line)
        (choice,) = await env.discord.autocomplete(env.club.general, env.bob, "/alert remove alert:", "alert")
        await new_closes(env, bot, SPY=51.3, FNGU=51.3)
        assert unasked(env) == []
        await new_closes(env, bot, 2, SPY=64.0, FNGU=64.0)
    assert f"{SHOWN} closes outside the 80% band of its current forecast" in added.text
    assert f"{HOSTILE} closes outside" in str(choice["name"])
    (message,) = unasked(env)
    assert f"<@{env.bob.id}> **{SHOWN}** closed at **125.00**" in message.text
    (body,) = (asked.body for asked in env.discord.requests if asked.body and "closed at **" in str(asked.body))
    assert body["allowed_mentions"]["users"] == [str(env.bob.id)]


async def test_the_limits_hold_for_portfolios_and_the_same_alert_is_one(env: BotEnv) -> None:
    async with env.discord.running(env.bot(alert_limit=2)):
        await env.ask(SAVE)
        begun = [env.discord.begin(env.club.general, env.bob, ABOVE) for _ in range(4)]
        texts = [(await env.discord.wait(exchange)).text for exchange in begun]
        await env.ask("/portfolios save Away SPY:1 FNGU:1")
        other = await env.ask(ABOVE.replace("home", "away"))
        third = await env.ask(ABOVE.replace("above", "below"))
        no_level = await env.ask("/alert add home condition:above")
    assert sum("You already have this alert: Home closes above 110.00" in text for text in texts) == 3
    assert "Away closes above 110.00" in other.text
    assert "as many alerts as are allowed" in third.text
    assert "for a portfolio in points, where 100" in no_level.text


async def test_etfs_that_do_not_belong_together_are_refused(env: BotEnv) -> None:
    publish(env.database_url, [replace(made_report("VWCE.DE"), currency="EUR")])
    async with env.discord.running(env.bot()):
        await env.ask("/portfolios save Mixed SPY:1 VWCE.DE:1")
        exchange = await env.ask("/alert add Mixed condition:above price:110")
    assert "different currencies" in exchange.text


def test_a_band_that_is_over_gives_way_to_the_newest_in_both_databases(engine: Engine) -> None:
    alerts = Alerts(engine, "simulated")

    def forecast(reports: Sequence[ForecastReport], weights: Sequence[float]) -> MixForecast:
        return forecast_mix(reports, weights, [made_returns(report.symbol) for report in reports])

    def too_young(_reports: Sequence[ForecastReport], _weights: Sequence[float]) -> MixForecast:
        raise TooLittleInCommon

    reports = [made_report(SPY), made_report(FNGU)]
    held, index = index_of(HeldMix.of(HOME, AS_OF), reports)
    alert = alerts.add(
        BOB, PLACE, with_forecast(index, held, reports, forecast), "band", None, "direct", TRAINED_AT, mix=held
    )
    assert alert.until == COMING[59]
    for close in (51.3, 99.0):
        alerts.check_mixes({SPY: after(SPY, close), FNGU: after(FNGU, close)}, forecast)
        (alert,) = alerts.of(BOB)
        assert (alert.state, alert.checked) == ("quiet", COMING[0]), "a session that was met is not met again"
    over = {SPY: after(SPY, 99.0, 61), FNGU: after(FNGU, 99.0, 61)}
    alerts.check_mixes(over, too_young)
    assert alerts.of(BOB) == (alert,), "there is no band to take its place yet"
    alerts.check_mixes(over, forecast)
    (renewed,) = alerts.of(BOB)
    assert (renewed.state, renewed.checked) == ("quiet", COMING[60])
    assert renewed.until is not None
    assert renewed.until > COMING[60]
    assert renewed.mix is not None
    assert (renewed.mix.since, renewed.mix.base) == (AS_OF, COMING[61 - SETTLED])
    assert alerts.remove(BOB, alert.id) == renewed
    engine.dispose()


def test_the_index_holds_what_was_bought_whatever_is_corrected_later() -> None:
    held = HeldMix.of(HOME, AS_OF)
    held, index = index_of(held, [made_report(SPY), made_report(FNGU)])
    assert (index.last_close, index.history[-1]) == (100.0, Close(AS_OF, 100.0))
    wrong, index = index_of(held, [after(SPY, 102.4), after(FNGU, 51.2)])
    assert index.last_close == pytest.approx(160)
    _, index = index_of(wrong, [after(SPY, 51.2, 2), after(FNGU, 51.2, 2)])
    assert index.last_close == pytest.approx(100), "the wrong close of the session before is forgotten"


def test_the_index_outlasts_the_year_that_reports_cover() -> None:
    sessions = sessions_between(AS_OF, AS_OF + timedelta(days=1100))
    rising = [50 * 1.001**n for n in range(len(sessions))]

    def reports(last: int) -> list[ForecastReport]:
        window = range(max(0, last - 250), last + 1)
        closes = {SPY: rising, FNGU: [50.0] * len(sessions)}
        return [
            replace(made_report(symbol), history=tuple(Close(sessions[n], own[n]) for n in window))
            for symbol, own in closes.items()
        ]

    held, seen = HeldMix.of(HOME, AS_OF), 0
    for last in range(0, len(sessions), 100):
        held, index = index_of(held, reports(last))
        seen = last
    assert index.last_close == pytest.approx(60 * 1.001**seen + 40)
    assert held.since == AS_OF
    late, index = index_of(HeldMix.of(HOME, AS_OF), reports(seen))
    assert (late.since, index.history[0].close) == (sessions[seen - 250], 100.0), "it begins anew after a gap"
