"""A small real discord.py client, with one command of each kind that the stand-in must serve."""

from __future__ import annotations

import asyncio
import io
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000002000000010802000000"  # 2 x 1 pixels
    "7b40e8dd0000000d49444154789c63f8cfc0c0c0f01f000500020056c6b6ab0000000049454e44ae426082"
)


class Buttons(discord.ui.View):
    """Persistent: works on messages sent before a restart."""

    def __init__(self) -> None:
        super().__init__(timeout=None)

    @discord.ui.button(label="More", custom_id="more")
    async def more(self, interaction: discord.Interaction, _: discord.ui.Button) -> None:
        await interaction.response.send_message("more words", ephemeral=True)

    @discord.ui.button(label="Change", custom_id="change")
    async def change(self, interaction: discord.Interaction, _: discord.ui.Button) -> None:
        await interaction.response.edit_message(content="changed")

    @discord.ui.button(label="Later", custom_id="later")
    async def later(self, interaction: discord.Interaction, _: discord.ui.Button) -> None:
        await interaction.response.defer()
        await interaction.edit_original_response(content="changed later")

    @discord.ui.select(
        custom_id="pick", options=[discord.SelectOption(label="Five", value="5"), discord.SelectOption(label="Twenty")]
    )
    async def pick(self, interaction: discord.Interaction, select: discord.ui.Select) -> None:
        await interaction.response.send_message(f"picked {select.values[0]}")


class TinyClient(discord.Client):
    """Syncs in its setup, as the bot does; ``raised`` holds what the API refused."""

    def __init__(self, intents: discord.Intents | None = None, **options: Any) -> None:
        super().__init__(intents=intents or discord.Intents.default(), guild_ready_timeout=0.1, **options)
        self.tree = app_commands.CommandTree(self)
        self.raised: list[discord.HTTPException] = []
        self.attempted = asyncio.Event()
        self.resumed = asyncio.Event()
        self.release = asyncio.Event()
        self._add_commands()

    async def setup_hook(self) -> None:
        self.add_view(Buttons())
        await self.tree.sync()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """discord.py would sleep 5 s here before every IDENTIFY but the first."""

    async def on_resumed(self) -> None:
        self.resumed.set()

    def _add_commands(self) -> None:
        @self.tree.command(description="Answers at once")
        async def hello(interaction: discord.Interaction, name: str = "you", private: bool = False) -> None:
            await interaction.response.send_message(f"hello {name}", ephemeral=private, view=Buttons())

        @self.tree.command(description="Thinks, then answers with a picture")
        @app_commands.choices(horizon=[app_commands.Choice(name=f"{n} trading days", value=n) for n in (5, 20, 60)])
        async def forecast(interaction: discord.Interaction, symbol: str, horizon: int = 60) -> None:
            response = await interaction.response.defer(thinking=True)
            assert response is not None
            assert response.type is discord.InteractionResponseType.deferred_channel_message
            embed = discord.Embed(title=symbol, description=f"{horizon} trading days", colour=0x123456)
            embed.set_image(url="attachment://chart.png")
            file = discord.File(io.BytesIO(PNG), "chart.png", description="a line")
            message = await interaction.followup.send(embed=embed, file=file, wait=True)
            assert message.embeds[0].image.url is not None
            assert message.embeds[0].image.width == 2

        @forecast.autocomplete("symbol")
        async def symbols(interaction: discord.Interaction, current: str) -> list[app_commands.Choice[str]]:
            known = ("ARKK", "SPY", "FNGU", "ARK INN") if " " in current else ("ARKK", "SPY", "FNGU")
            return [app_commands.Choice(name=s, value=s) for s in known if s.startswith(current.upper())]

        @self.tree.command(description="Thinks until it is let go")
        async def slow(interaction: discord.Interaction) -> None:
            await interaction.response.defer(thinking=True, ephemeral=True)
            await self.release.wait()
            await interaction.edit_original_response(content="at last")

        @self.tree.command(description="Answers, and goes on once it is let go")
        async def progress(interaction: discord.Interaction) -> None:
            await interaction.response.send_message("half of it")
            await self.release.wait()
            await interaction.edit_original_response(content="at last")

        @self.tree.command(description="Sends what its test put there")
        async def try_it(interaction: discord.Interaction) -> None:
            try:
                await self.attempt(interaction)
            except discord.HTTPException as error:
                self.raised.append(error)
            finally:
                self.attempted.set()
            if not interaction.response.is_done():
                await interaction.response.send_message("done")

        report = app_commands.Group(
            name="report", description="Weekly report", default_permissions=discord.Permissions(manage_guild=True)
        )

        @report.command(description="Posts here")
        async def here(interaction: discord.Interaction, channel: discord.TextChannel | None = None) -> None:
            await interaction.response.send_message(f"in {channel or interaction.channel}")

        self.tree.add_command(report)

    async def nothing(self, interaction: discord.Interaction) -> None:
        """For a command that is only to be there."""

    async def attempt(self, interaction: discord.Interaction) -> None:
        """What /try_it does; tests replace it."""


class MovedClock:
    """A clock that stands until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now
