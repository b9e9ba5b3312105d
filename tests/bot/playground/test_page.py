"""The chat page in a real browser, with a small discord.py client behind it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import aiohttp
import discord
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect
from playwright.async_api import Page as Tab

from bot.playground.clock import ClockBusy
from bot.playground.page import Page
from standin import StandIn
from tests.support.browser import DESKTOP, INPUT, PHONE, faults, opened_tab
from tests.support.tiny_client import TinyClient

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


@pytest_asyncio.fixture(loop_scope="module")
async def tab(opened: Opened, chromium: Browser) -> AsyncIterator[Tab]:
    async with opened_tab(chromium, opened.discord.url) as tab:
        yield tab


async def typed(tab: Tab, line: str) -> None:
    await tab.keyboard.type(line)
    await tab.keyboard.press("Enter")


async def test_a_typed_command_shows_the_answer_with_its_picture(opened: Opened, tab: Tab) -> None:
    await typed(tab, "/forecast SPY")
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
    await typed(tab, "/slow")
    await expect(tab.get_by_text("is thinking").first).to_be_visible()
    opened.client.release.set()
    await expect(tab.get_by_text("at last")).to_be_visible()
    await expect(tab.get_by_text("is thinking")).to_have_count(0)
    await expect(tab.get_by_text("Only you can see this")).to_be_visible()
    await tab.get_by_label("Acting as").select_option(label="ann")
    await expect(tab.get_by_text("at last")).to_have_count(0)
    await tab.get_by_label("Acting as").select_option(label="admin (manager)")
    await expect(tab.get_by_text("at last")).to_be_visible()


async def test_a_member_reads_why_a_command_is_refused(opened: Opened, tab: Tab) -> None:
    await tab.get_by_label("Acting as").select_option(label="ann")
    await tab.get_by_role("combobox", name="Command for the bot").fill("/report here")
    await tab.get_by_role("button", name="Send").click()
    await expect(tab.get_by_text("Manage Server")).to_be_visible()
    await expect(tab.locator(".pending")).to_have_count(0)


async def test_buttons_and_menus_reach_the_bot(opened: Opened, tab: Tab) -> None:
    await typed(tab, "/hello bob")
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
    await typed(tab, "/try_it")
    entry = tab.locator("li.entry").filter(has_text="slanted")
    await expect(entry.locator("strong", has_text="bold")).to_have_count(2)
    await expect(entry.locator("em", has_text="slanted")).to_have_count(1)
    await expect(entry.locator("pre")).to_have_text("<b>block</b>")
    await expect(entry.locator("time.stamp")).to_have_count(2)
    await expect(entry.get_by_role("link")).to_have_count(2)
    assert await entry.locator("a").first.get_attribute("href") == "https://example.org/a_b_c"
    assert await entry.locator("img, script, pre b").count() == 0


async def test_progress_is_told_and_other_channels_say_what_is_new(opened: Opened, tab: Tab) -> None:
    opened.page.show_progress("training SPY: backtest 2 of 3")
    await expect(tab.get_by_role("status")).to_have_text("training SPY: backtest 2 of 3")
    await typed(tab, "/hello")
    await expect(tab.get_by_text("hello you")).to_be_visible()
    quiet = tab.get_by_role("button", name="#quiet")
    await quiet.click()
    await expect(tab.get_by_role("heading", name="quiet")).to_be_visible()
    await expect(tab.get_by_text("hello you")).to_have_count(0)
    await expect(quiet).to_have_attribute("aria-current", "page")
    guild = next(iter(opened.discord.world.guilds.values()))
    ann = next(member for member in guild.members.values() if member.name == "ann")
    await opened.discord.send(guild.general, ann, "/hello there")
    general = tab.get_by_role("button", name="#general")
    await expect(general).to_have_accessible_name("#general 1 new message")
    await general.click()
    await expect(tab.get_by_text("hello there", exact=True)).to_be_visible()
    await expect(general).to_have_accessible_name("#general")


async def test_an_empty_channel_says_what_this_is_and_offers_things_to_try(opened: Opened, tab: Tab) -> None:
    welcome = tab.get_by_role("region", name="Welcome to the playground")
    await expect(welcome).to_contain_text("Nothing reaches Discord")
    tries = welcome.get_by_role("button")
    commands = ["/forecast SPY", "/scores", "/compare SPY, ARKK", "/report here", "/alert add …", "/explain"]
    await expect(tries.locator("code")).to_have_text(commands)
    await tries.filter(has_text="/alert").click()
    box = tab.get_by_role("combobox", name=INPUT)
    await expect(box).to_have_value("/alert add SPY condition:above price:")
    await box.fill("")
    await tries.filter(has_text="/forecast").click()
    await expect(tab.get_by_role("article", name="SPY")).to_be_visible()
    await expect(welcome).to_be_hidden()
    await tab.get_by_label("Acting as").select_option(label="ann")
    await tab.get_by_role("button", name="#quiet").click()
    await expect(tries).to_have_count(5)
    await expect(welcome).not_to_contain_text("/report here")  # hidden from her, and from everybody in direct messages


async def test_what_is_typed_while_the_bot_starts_reaches_it_then(chromium: Browser) -> None:
    page = Page(waits=True)
    async with StandIn(extend=page.attach) as stand_in:
        stand_in.add_guild("Club").add_member("ann")
        async with opened_tab(chromium, stand_in.url) as tab:
            await typed(tab, "/hello")
            await expect(tab.get_by_text("is thinking")).to_be_visible()
            async with stand_in.running(TinyClient()):
                page.open()
                await expect(tab.get_by_text("hello you")).to_be_visible()
                await expect(tab.get_by_text("is thinking")).to_have_count(0)


async def test_the_slash_lists_every_command_and_the_keyboard_walks_it(opened: Opened, tab: Tab) -> None:
    for number in range(40):
        opened.client.tree.add_command(
            discord.app_commands.Command(name=f"more_{number}", description="One more", callback=opened.client.nothing)
        )
    await opened.client.tree.sync()
    options = tab.locator("#suggestions").get_by_role("option")
    await tab.keyboard.type("/")
    await expect(options).to_have_count(46)
    await tab.keyboard.press("ArrowUp")
    await expect(options.last).to_have_attribute("aria-selected", "true")
    await expect(options.last).to_be_in_viewport()
    await expect(options.last).to_contain_text("/more_39")
    await tab.keyboard.press("ArrowDown")
    await expect(options.first).to_have_attribute("aria-selected", "true")
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("Tab")
    box = tab.get_by_role("combobox", name=INPUT)
    await expect(box).to_have_value("/forecast ")
    await tab.keyboard.type("ark inn")
    await expect(options).to_have_count(1)
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("Enter")
    await expect(box).to_have_value('/forecast symbol:"ARK INN" ')


async def test_a_press_shows_at_once_that_the_bot_is_thinking(opened: Opened, tab: Tab) -> None:
    release = asyncio.Event()

    async def attempt(interaction: discord.Interaction) -> None:
        button = discord.ui.Button["discord.ui.View"](label="Slowly", custom_id="slowly")

        async def pressed(press: discord.Interaction) -> None:
            await press.response.defer()
            await release.wait()
            await press.edit_original_response(content="changed at last")

        button.callback = pressed  # type: ignore[method-assign]
        await interaction.response.send_message("Press it", view=discord.ui.View().add_item(button))

    opened.client.attempt = attempt  # type: ignore[method-assign]
    await typed(tab, "/try_it")
    await tab.get_by_role("button", name="Slowly").click()
    row = tab.locator(".pending")
    await expect(row).to_contain_text("admin pressed Slowly")
    await expect(row).to_contain_text("ETF forecasts is thinking")
    release.set()
    await expect(tab.get_by_text("changed at last")).to_be_visible()
    await expect(row).to_have_count(0)


async def test_a_picture_is_enlarged_by_a_click_and_put_away_by_escape(opened: Opened, tab: Tab) -> None:
    await typed(tab, "/forecast SPY")
    small = tab.get_by_role("article", name="SPY").get_by_role("button", name="a line")
    await small.click()
    dialog = tab.get_by_role("dialog", name="Enlarged picture")
    large = dialog.get_by_role("img", name="a line")
    await expect(large).to_be_visible()
    assert (await large.bounding_box() or {})["width"] > 500
    await tab.keyboard.press("Escape")
    await expect(dialog).to_be_hidden()
    await expect(small).to_be_focused()


async def test_what_only_one_person_sees_can_be_dismissed_for_good(opened: Opened, tab: Tab) -> None:
    await typed(tab, "/hello private:True")
    await expect(tab.get_by_text("hello you")).to_be_visible()
    await typed(tab, "/nonsense")
    await expect(tab.get_by_text("There is no command /nonsense here")).to_be_visible()
    for _ in range(2):
        await tab.get_by_role("button", name="Dismiss message").first.click()
    await expect(tab.locator("li.entry")).to_have_count(0)
    await expect(tab.get_by_text("Welcome to the playground")).to_be_visible()
    await tab.reload()
    await expect(tab.get_by_text("Welcome to the playground")).to_be_visible()
    await expect(tab.locator("li.entry")).to_have_count(0)


async def test_the_theme_follows_the_system_until_one_is_chosen(opened: Opened, tab: Tab) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = await tab.evaluate(ground)
    await tab.emulate_media(color_scheme="light")
    light = await tab.evaluate(ground)
    assert light != dark
    await tab.get_by_label("Theme").select_option(label="Dark")
    assert await tab.evaluate(ground) == dark
    await tab.reload()
    await expect(tab.get_by_label("Theme")).to_have_value("dark")
    assert await tab.evaluate(ground) == dark


async def test_the_clocks_buttons_move_it_or_say_why_not(opened: Opened, chromium: Browser) -> None:
    asked: list[str] = []

    async def move(to: str) -> None:
        asked.append(to)
        if to == "close":
            raise ClockBusy("The bot is training.")

    opened.page.move_clock = move
    async with opened_tab(chromium, opened.discord.url) as tab:
        status, clock = tab.get_by_role("status"), tab.locator("#now")
        here = f"{datetime.now(ZoneInfo('America/New_York')):%a, %b %-d, %Y, }"
        await expect(clock).to_contain_text(here)
        await tab.get_by_role("button", name="Next close").click()
        await expect(status).to_have_text("The bot is training.")
        await tab.get_by_role("button", name="Next Saturday").click()
        await expect(status).to_contain_text("the bot has done what was due")
        assert asked == ["close", "saturday"]


async def test_a_link_to_a_message_leads_to_it_on_the_page(opened: Opened, tab: Tab) -> None:
    async def attempt(interaction: discord.Interaction) -> None:
        assert isinstance(interaction.channel, discord.TextChannel)
        quiet = discord.utils.get(interaction.channel.guild.text_channels, name="quiet")
        assert quiet is not None
        message = await quiet.send("here I am")
        await interaction.response.send_message(f"See {message.jump_url}")

    opened.client.attempt = attempt  # type: ignore[method-assign]
    await typed(tab, "/try_it")
    await tab.get_by_role("link", name="#quiet › message").click()
    await expect(tab.get_by_role("heading", name="quiet")).to_be_visible()
    await expect(tab.locator("li.entry").filter(has_text="here I am")).to_be_focused()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_nothing_is_out_of_reach_or_clipped(
    opened: Opened, chromium: Browser, width: int, theme: Literal["dark", "light"]
) -> None:
    async with opened_tab(chromium, opened.discord.url, width, theme) as tab:
        await expect(tab.get_by_text("Welcome to the playground")).to_be_visible()
        assert await faults(tab) == []
        if width == PHONE:
            menu = tab.get_by_role("button", name="Channels and settings")
            await menu.click()
            await expect(tab.get_by_role("button", name="#general")).to_be_focused()
            assert await faults(tab) == []
            await tab.keyboard.press("Escape")
            await expect(menu).to_be_focused()
            await tab.get_by_role("combobox", name=INPUT).focus()
        await typed(tab, "/hello bob private:True")
        await expect(tab.get_by_text("hello bob", exact=True)).to_be_visible()
        await typed(tab, "/nonsense")
        await expect(tab.get_by_text("There is no command")).to_be_visible()
        await typed(tab, "/forecast SPY")
        await expect(tab.get_by_role("article", name="SPY")).to_be_visible()
        await tab.keyboard.type("/")
        await expect(tab.locator("#suggestions").get_by_role("option").first).to_be_visible()
        await tab.keyboard.press("ArrowDown")
        assert await faults(tab) == []
        await tab.keyboard.press("Escape")
        await tab.get_by_role("button", name="a line").click()
        assert await faults(tab) == []


async def test_such_faults_would_be_found(opened: Opened, tab: Tab) -> None:
    await tab.evaluate("document.getElementById('progress').style.color = '#555'")
    opened.page.show_progress("hardly to be read")
    await expect(tab.get_by_role("status")).to_have_text("hardly to be read")
    await tab.evaluate("document.querySelector('footer').style.width = '120%'")
    contrast, *clipped = await faults(tab)
    assert contrast.startswith("color-contrast")
    assert clipped


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
