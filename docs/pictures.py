"""Takes the pictures of docs/commands.md: the real bot at the stand-in, on simulated prices, in a real browser.

``make pictures`` runs it, and puts them below the marker in docs/commands.md. What is photographed stands in SHOTS
alone: to add a command, add a line there. It begins in an empty var/pictures, so that every run shows the same. First
it trains the ETFs and replays half a year for ``/track``, which takes a few minutes.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps
from playwright.async_api import Page as Tab
from playwright.async_api import async_playwright

from bot.client import build_bot
from bot.playground.conversation import begin_line
from bot.playground.page import Page
from bot.playground.runner import PlaygroundSettings, add_servers, admin_of, commands_end, train_missing
from standin import Exchange, Guild, Member, StandIn

PAGE = Path(__file__).parent / "commands.md"
FOLDER = PAGE.parent / "images" / "commands"
MARKER = "<!-- Below this line docs/pictures.py writes. -->"
HOME = Path("var/pictures")
ANSWER_WITHIN = 300.0  # seconds
WIDTH, SCALE, MARGIN = 620, 1.5, 12
COLORS = 128
REPLAYED = ("--from", "2026-02-02", "--to", "2026-08-28", "--retrain-every", "30")
"""A record for /track to show; the live one has only just begun."""


@dataclass(frozen=True)
class Shot:
    """A line, who types it, and the name of the picture of its answer; no name where it only prepares the next.

    Attributes:
        until: words for which a picture of an answer waits that goes on changing.
        note: stands behind the line on the page.
        again: no line, but the answer to the line before as it is later.
    """

    line: str
    picture: str = ""
    by: str = "member"
    until: str = ""
    note: str = ""
    again: bool = False


BY_WHOM = {"member": "", "admin": " (by an admin)", "anna": " (by a member whose Discord speaks German)"}

SHOTS = (
    Shot("/forecast ARKK", "forecast"),
    Shot('press "20 trading days"', "forecast-20"),
    Shot('press "Light"', "forecast-light"),
    Shot('press "Scores"', "forecast-scores"),
    Shot('press "Past forecasts"', "forecast-track"),
    Shot('press "CSV"', "forecast-csv"),
    Shot("/forecast SPY", "forecast-german", by="anna"),
    Shot("/scores", "scores"),
    Shot("/scores SPY", "scores-symbol"),
    Shot("/compare ARKK, SPY, FNGU", "compare"),
    Shot("/odds SPY 700", "odds"),
    Shot("/volatility SPY", "volatility"),
    Shot("/portfolio SPY:60 ARKK:40", "portfolio"),
    Shot("/portfolios save home SPY:60 ARKK:40", "portfolios-save"),
    Shot("/portfolios list", "portfolios-list"),
    Shot("/model SPY", "model"),
    Shot("/explain", "explain"),
    Shot("/explain topic:errors", "explain-errors"),
    Shot("/explain topic:coverage", "explain-coverage", by="anna"),
    Shot("/alert add ARKK condition:above price:99", "alert-add"),
    Shot("/alert add home condition:below price:95", "alert-add-portfolio"),
    Shot('/alert add SPY condition:"leaves its band" where:"in this channel"'),
    Shot("/alert list", "alert-list"),
    Shot("/alert remove 999999", "refusal"),
    Shot("/alert remove 1", "alert-remove"),
    Shot("/portfolios remove home", "portfolios-remove"),
    Shot("/track", "track"),
    Shot("/track SPY", "track-symbol"),
    Shot("/status", "status"),
    Shot("/help", "help"),
    Shot("/report here", "report-here", by="admin"),
    Shot("/portfolios save home SPY:60 ARKK:40", by="admin"),
    Shot("/report set #general day:Friday time:18:00 timezone:New_York portfolio:home", "report-set", by="admin"),
    Shot("/report preview", "report-preview", by="admin"),
    Shot("/report test", "report-test", by="admin"),
    Shot("/report pause", "report-pause", by="admin"),
    Shot("/report resume", "report-resume", by="admin"),
    Shot("/report status", "report-status", by="admin"),
    Shot("/report off", "report-off", by="admin"),
    Shot('/report set #general day:"Every trading day" time:18:30 timezone:Berlin', "report-set-daily", by="admin"),
    Shot("/report preview", "report-preview-daily", by="admin"),
    Shot("/report off", by="admin"),
    Shot("/watch add QQQ", "watch-add-progress", by="admin", until="**backtest** ("),
    Shot("/watch add QQQ", "watch-add", by="admin", until="now follows QQQ", note=" when it is trained", again=True),
    Shot("/watch list", "watch-list", by="admin"),
    Shot("/watch remove QQQ", "watch-remove", by="admin"),
    Shot("/servers", "servers", by="admin", note=", who owns the bot"),
    Shot("/retrain SPY", "retrain-progress", by="admin", until="**fit** (", note=", who owns the bot"),
    Shot("/retrain SPY", "retrain", by="admin", until="Trained: SPY", note=" when it is done", again=True),
    Shot("/ops channel", "ops-channel", by="admin"),
    Shot("/ops status", "ops-status", by="admin"),
    Shot("/ops off", "ops-off", by="admin"),
    Shot("/privacy", "privacy"),
    Shot("/delete-data", "delete-data"),
)


async def main() -> int:
    """Take every picture; 1 where a command is not there or did not answer."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.stderr.write("The pictures are taken with Chromium, and none is installed (make system).\n")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    page = Page()
    missed = 0
    async with StandIn(extend=page.attach) as discord, async_playwright() as playwright:
        guild = add_servers(discord)
        guild.add_member("anna").user.locale = "de"
        shutil.rmtree(HOME, ignore_errors=True)
        settings = PlaygroundSettings(
            database_url=f"sqlite:///{HOME}/forecasts.db", model_dir=HOME / "models", prices="simulated"
        )
        bot = build_bot(settings)
        bot.owner_id = admin_of(guild).id
        async with discord.running(bot):
            await train_missing(bot)
            await replay(settings)
            browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
            tabs = {}
            for locale in sorted({member.user.locale for member in guild.members.values()}):
                tabs[locale] = await browser.new_page(
                    viewport={"width": WIDTH, "height": 2000},
                    device_scale_factor=SCALE,
                    color_scheme="dark",
                    locale=locale,  # the page takes its language from it
                )
                await tabs[locale].goto(f"{discord.url}/")
            exchange = None
            for shot in SHOTS:
                exchange = await take(discord, guild, tabs, shot, exchange)
                missed += exchange is None
            await browser.close()
    show_in(PAGE)
    return 1 if missed else 0


def show_in(page: Path) -> None:
    """Write the section of the pictures that there are."""
    above = page.read_text(encoding="utf-8").partition(MARKER)[0]
    parts = ["## What the answers look like\n\nFrom `make pictures`, on simulated prices.\n"]
    for shot in SHOTS:
        if (FOLDER / f"{shot.picture}.png").is_file():
            heading = f"`{shot.line}`{BY_WHOM[shot.by]}{shot.note}"
            picture = f"![The answer to {shot.line}{shot.note}](images/commands/{shot.picture}.png)"
            parts.append(f"### {heading}\n\n{picture}\n")
    page.write_text(above.rstrip("\n") + f"\n\n{MARKER}\n\n" + "\n".join(parts), encoding="utf-8")


async def replay(settings: PlaygroundSettings) -> None:
    """Live past weeks, as an operator would."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "forecasting", "replay", *REPLAYED, env=os.environ | settings.for_jobs()
    )
    if await program.wait() != 0:
        sys.stderr.write("The replay failed: the pictures of /track show a live record alone.\n")


async def take(
    discord: StandIn, guild: Guild, tabs: Mapping[str, Tab], shot: Shot, before: Exchange | None
) -> Exchange | None:
    """Have the line answered, and photograph the answer. None where there was none.

    Args:
        tabs: the page in each language that a sender has.
        before: the exchange of the shot before.
    """
    sender = member(guild, shot.by)
    exchange = before if shot.again and before is not None else begin_line(discord, guild.general, sender, shot.line)
    if exchange.refused:
        sys.stderr.write(f"{shot.line}: {exchange.refusal}\n")
        return None
    await discord.wait(exchange, ANSWER_WITHIN)
    if shot.until:
        try:
            await discord.world.changes.until(lambda: shot.until in exchange.text, ANSWER_WITHIN)
        except TimeoutError:
            sys.stderr.write(f"{shot.line}: its answer never said {shot.until!r}, but:\n{exchange.text}\n")
            return None
    else:
        await commands_end(ANSWER_WITHIN)
    if shot.picture:
        await photograph(tabs[sender.user.locale], exchange, sender, FOLDER / f"{shot.picture}.png")
    return exchange


def member(guild: Guild, name: str) -> Member:
    return next(member for member in guild.members.values() if member.name == name)


async def photograph(tab: Tab, exchange: Exchange, sender: Member, path: Path) -> None:
    """The newest message of the answer, as ``sender`` sees it."""
    await tab.get_by_label("Acting as").select_option(value=str(sender.id))
    entry = tab.locator(f'li.entry[data-id="{exchange.messages[-1].id}"]')
    await entry.wait_for()
    for picture in await entry.locator("img").all():
        await picture.scroll_into_view_if_needed()
        await picture.evaluate("image => image.decode()")
    photo = Image.open(BytesIO(await entry.screenshot())).convert("RGB")
    photo = ImageOps.expand(photo, MARGIN, photo.getpixel((photo.width - 1, 0)))  # the page's own ends at the edge
    photo.quantize(COLORS, dither=Image.Dither.NONE).save(path, optimize=True)
    sys.stdout.write(f"{path.relative_to(FOLDER.parents[2])}\n")


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
