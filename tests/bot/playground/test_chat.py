"""The real bot on the page in a real browser, with jobs that take no time."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.playground.page import Page
from bot.texts import LANGUAGES, Texts
from tests.support.bot_env import BotEnv, bot_env
from tests.support.browser import INPUT, opened_tab

pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


@pytest_asyncio.fixture(loop_scope="module")
async def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotEnv]:
    async with bot_env(tmp_path, monkeypatch, extend=Page().attach) as env:
        yield env


@pytest.mark.slow
async def test_a_forecast_asked_for_during_the_first_training_completes_itself(env: BotEnv, chromium: Browser) -> None:
    env.plan_jobs("hang")
    bot = env.bot()
    async with env.discord.running(bot), opened_tab(chromium, env.discord.url) as tab:
        await env.job_reaches(bot, "fit")
        await tab.keyboard.type("/forecast ARKK")
        await tab.keyboard.press("Enter")
        entry = tab.locator("li.entry:not(.pending)")
        await expect(entry).to_contain_text("ETF forecasts is thinking")
        env.publish(("ARKK",))
        os.killpg(env.job_processes()[0], signal.SIGTERM)
        await expect(entry.get_by_role("article", name="ARKK · ARK Innovation ETF")).to_be_visible(timeout=30_000)
        await expect(tab.get_by_text("is thinking")).to_have_count(0)
        await expect(tab.locator("li.entry")).to_have_count(1)


async def test_answers_and_descriptions_come_in_the_chosen_language(env: BotEnv, chromium: Browser) -> None:
    env.publish()
    german = Texts("de")
    async with env.discord.running(env.bot()), opened_tab(chromium, env.discord.url) as tab:
        names = [Texts(language)("language.name") for language in LANGUAGES]
        await expect(tab.get_by_label("Language").get_by_role("option")).to_have_text(names)
        await tab.get_by_label("Language").select_option(label="Deutsch")
        box = tab.get_by_role("combobox", name=INPUT)
        await box.press_sequentially("/expl")
        option = tab.locator("#suggestions").get_by_role("option")
        await expect(option).to_contain_text(german("command.explain"))
        await box.press("Enter")
        await expect(box).to_have_value("/explain ")
        await box.press("Enter")
        title = german("explain.title_reading")
        await expect(tab.get_by_role("article", name=title)).to_be_visible()
        await tab.reload()
        await expect(tab.get_by_label("Language")).to_have_value("de")
        await tab.get_by_label("Language").select_option(label="English")
        await box.fill("/explain")
        await box.press("Escape")
        await box.press("Enter")
        await expect(tab.get_by_role("article", name=Texts()("explain.title_reading"))).to_be_visible()


@pytest.mark.slow
async def test_each_thing_to_try_is_answered(env: BotEnv, chromium: Browser) -> None:
    env.publish()
    answers = {
        "/forecast SPY": "SPY · SPDR S&P 500 ETF Trust",
        "/scores": "MAE",
        "/compare SPY, ARKK": "SPY and ARKK",
        "/report here": "From now on",
        "/explain": Texts()("explain.title_reading"),
        "/alert add": "Alert 1 set",
    }
    for number in range(len(answers)):  # the things to try are gone from a channel where something was said
        env.club.add_channel(f"room-{number}")
    async with env.discord.running(env.bot()), opened_tab(chromium, env.discord.url) as tab:
        for number, (command, answer) in enumerate(answers.items()):
            await tab.get_by_role("button", name=f"#room-{number}").click()
            await tab.locator("#welcome").get_by_role("button", name=command).click()
            if command == "/alert add":
                await tab.keyboard.type("1000")
                await tab.keyboard.press("Enter")
            entry = tab.locator("li.entry:not(.pending)")
            await expect(entry).to_contain_text(answer, timeout=30_000)
