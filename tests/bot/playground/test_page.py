"""The chat page in a real browser, with a small discord.py client behind it."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import discord
import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect
from playwright.async_api import Page as Tab

from bot.playground.page import Page
from standin import StandIn
from tests.support.tiny_client import TinyClient

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


pytestmark = pytest.mark.asyncio(loop_scope="module")  # one browser for all


@dataclass
class Opened:
    discord: StandIn
    page: Page
    client: TinyClient


@pytest_asyncio.fixture(loop_scope="module")
async def opened() -> AsyncIterator[Opened]:
    """A server with an admin and a member, the tiny client in it, and the page served."""
    page = Page()
    async with StandIn(extend=page.attach) as stand_in:
        guild = stand_in.add_guild("Club")
        guild.add_member("admin", manage_guild=True)
        guild.add_member("ann")
        guild.add_channel("quiet")
        client = TinyClient()
        async with stand_in.running(client):
            yield Opened(stand_in, page, client)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs Chromium, and none is installed (Debian's package is chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def tab(opened: Opened, chromium: Browser) -> AsyncIterator[Tab]:
    """The page in a tab of its own."""
    tab = await chromium.new_page(viewport={"width": 1000, "height": 800})
    problems: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    await tab.goto(f"{opened.discord.url}/")
    await expect(tab.get_by_role("combobox", name="Command for the bot")).to_be_focused()
    yield tab
    await tab.close()
    assert problems == []


async def test_a_typed_command_shows_the_answer_with_its_picture(opened: Opened, tab: Tab) -> None:
    await tab.keyboard.type("/forecast SPY")
    await tab.keyboard.press("Enter")
    embed = tab.get_by_role("article", name="SPY")
    await expect(embed).to_contain_text("60 trading days")
    await expect(tab.get_by_text("admin used /forecast SPY")).to_be_visible()
    picture = embed.get_by_role("img", name="a line")
    await expect(picture).to_have_js_property("naturalWidth", 2)
    await expect(tab.locator(".pending")).to_have_count(0)
    await expect(tab.locator("li.entry")).to_have_count(1)


async def test_suggestions_lead_from_command_to_the_bots_own_values_by_keyboard(opened: Opened, tab: Tab) -> None:
    options = tab.locator("#suggestions").get_by_role("option")
    await tab.keyboard.type("/for")
    await expect(options).to_have_count(1)
    await tab.keyboard.press("Enter")  # only the beginning of a name is there: completes it
    await expect(options.filter(has_text="ARKK")).to_have_count(1)
    await tab.keyboard.type("ar")
    await expect(options.first).to_contain_text("ARKK")
    await expect(options).to_have_count(1)
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("Enter")
    box = tab.get_by_role("combobox", name="Command for the bot")
    await expect(box).to_have_value("/forecast symbol:ARKK ")
    await expect(options.filter(has_text="20 trading days")).to_have_count(1)
    await tab.keyboard.press("Escape")
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("article", name="ARKK")).to_be_visible()


async def test_thinking_gives_way_to_the_answer_that_only_the_asker_sees(opened: Opened, tab: Tab) -> None:
    await tab.keyboard.type("/slow")
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_text("is thinking")).to_be_visible()
    opened.client.release.set()
    await expect(tab.get_by_text("at last")).to_be_visible()
    await expect(tab.get_by_text("is thinking")).to_have_count(0)
    await expect(tab.get_by_text("Only you can see this")).to_be_visible()
    await tab.get_by_label("Acting as").select_option(label="ann")
    await expect(tab.get_by_text("at last")).to_have_count(0)
    await tab.get_by_label("Acting as").select_option(label="admin (admin)")
    await expect(tab.get_by_text("at last")).to_be_visible()


async def test_a_member_reads_why_a_command_is_refused(opened: Opened, tab: Tab) -> None:
    await tab.get_by_label("Acting as").select_option(label="ann")
    await tab.get_by_role("combobox", name="Command for the bot").fill("/report here")
    await tab.get_by_role("button", name="Send").click()
    await expect(tab.get_by_text("Manage Server")).to_be_visible()
    await expect(tab.locator(".pending")).to_have_count(0)


async def test_buttons_and_menus_reach_the_bot(opened: Opened, tab: Tab) -> None:
    await tab.keyboard.type("/hello bob")
    await tab.keyboard.press("Enter")
    await tab.get_by_role("button", name="Change").click()
    await expect(tab.get_by_text("changed")).to_be_visible()
    await tab.get_by_role("button", name="More").click()
    await expect(tab.get_by_text("more words")).to_be_visible()
    await tab.locator("li.entry select").first.select_option(label="Five")
    await expect(tab.get_by_text("picked 5")).to_be_visible()


async def test_what_the_bot_writes_is_text_and_never_markup(opened: Opened, tab: Tab) -> None:
    evil = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) **bold** `code` <t:0:d> https://example.org/a_b_c"

    async def attempt(interaction: discord.Interaction) -> None:
        embed = discord.Embed(title="<script>alert(1)</script>", description=evil)
        embed.add_field(name="_slanted_", value="```\n<b>block</b>\n```", inline=True)
        await interaction.response.send_message(evil, embed=embed)

    opened.client.attempt = attempt
    await tab.keyboard.type("/try_it")
    await tab.keyboard.press("Enter")
    entry = tab.locator("li.entry").filter(has_text="slanted")
    await expect(entry.locator("strong", has_text="bold")).to_have_count(2)
    await expect(entry.locator("em", has_text="slanted")).to_have_count(1)
    await expect(entry.locator("pre")).to_have_text("<b>block</b>")
    await expect(entry.locator("time.stamp")).to_have_count(2)
    await expect(entry.get_by_role("link")).to_have_count(2)
    assert await entry.locator("a").first.get_attribute("href") == "https://example.org/a_b_c"
    assert await entry.locator("img, script, pre b").count() == 0


async def test_progress_is_told_and_the_channel_can_be_changed(opened: Opened, tab: Tab) -> None:
    opened.page.show_progress("training SPY: backtest 2 of 3")
    await expect(tab.get_by_role("status")).to_have_text("training SPY: backtest 2 of 3")
    await tab.keyboard.type("/hello")
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_text("hello you")).to_be_visible()
    await tab.get_by_role("combobox", name="Channel", exact=True).select_option(label="#quiet")
    await expect(tab.get_by_role("heading", name="quiet")).to_be_visible()
    await expect(tab.get_by_text("hello you")).to_have_count(0)


async def test_it_fits_a_phone(opened: Opened, tab: Tab, tmp_path: Path) -> None:
    await tab.set_viewport_size({"width": 360, "height": 640})
    await tab.keyboard.type("/forecast SPY")
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("article", name="SPY")).to_be_visible()
    assert await tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await tab.get_by_role("button", name="Send").is_visible()


@pytest.mark.slow
async def test_other_sites_and_other_names_get_nothing(opened: Opened) -> None:
    url = opened.discord.url
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{url}/", headers={"Host": "evil.example"}) as answer:
            assert answer.status == 403
        async with session.post(f"{url}/page/api/send", data={"line": "/hello"}) as answer:
            assert answer.status == 415
        async with session.get(f"{url}/") as answer:
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
