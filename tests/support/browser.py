"""A real browser for tests of the page: each tab is watched for errors, and for requests that leave this machine."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect
from yarl import URL

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
DESKTOP, PHONE = 1280, 390  # px
HEIGHT = 850
INPUT = "Command for the bot"


@asynccontextmanager
async def opened_browser() -> AsyncIterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("needs Chromium, and none is installed (Debian's package is chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@asynccontextmanager
async def opened_tab(
    browser: Browser, url: str, width: int = 1000, theme: Literal["dark", "light"] = "dark"
) -> AsyncIterator[Page]:
    """The page in a tab of its own, without anything remembered."""
    tab = await browser.new_page(viewport={"width": width, "height": HEIGHT}, color_scheme=theme)
    problems: list[str] = []
    asked: list[str] = []
    tab.on("pageerror", lambda error: problems.append(str(error)))
    tab.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    tab.on("request", lambda request: asked.append(request.url))
    await tab.goto(f"{url}/")
    await expect(tab.get_by_role("combobox", name=INPUT)).to_be_focused()
    yield tab
    await tab.close()
    assert problems == []
    assert {URL(each).host for each in asked} - {None} == {"127.0.0.1"}


async def faults(tab: Page) -> list[str]:
    """What axe-core finds serious or critical on the page as it is, and what is wider than its place."""
    found = (await Axe().run(tab)).response["violations"]
    clipped: list[str] = await tab.evaluate(
        "[document.documentElement, ...document.querySelectorAll('header, main, footer, #suggestions, .entry, .embed')]"
        ".filter((node) => node.scrollWidth > node.clientWidth)"
        ".map((node) => `${node.tagName} ${node.className} clips`)"
    )
    return [*_serious(found), *clipped]


def _serious(found: list[dict[str, object]]) -> Iterator[str]:
    for violation in found:
        if violation["impact"] in ("serious", "critical"):
            yield f"{violation['id']}: {violation['help']} {violation['nodes']}"
