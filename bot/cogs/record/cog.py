"""The record as a web page, if RECORD_PORT is set. There is no command."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from discord.ext import commands

from bot.interactions.feature_bot import FeatureBot

if TYPE_CHECKING:
    from bot.cogs.record.page import RecordPage


class RecordCog(commands.Cog):
    """Serves the page while the bot runs."""

    def __init__(self, page: RecordPage) -> None:
        self._page = page

    async def cog_load(self) -> None:
        await self._page.start()
        await self._page.write()

    async def cog_unload(self) -> None:
        await self._page.stop()


async def setup(bot: FeatureBot) -> None:
    if bot.settings.record_port is None:
        return
    page: RecordPage = import_module("bot.cogs.record.page").RecordPage(  # a bot without it loads no web server
        bot.engine, bot.settings.source, bot.settings.model_dir.parent / "record", bot.settings.record_port
    )
    await bot.add_cog(RecordCog(page))
    bot.schedule.post_run.append(page.write)
