"""``/help``"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands
from discord.utils import maybe_coroutine

from bot.cogs.help.message import help_embed
from bot.interactions.answers import acknowledge
from bot.interactions.feature_bot import FeatureBot
from bot.interactions.options import everywhere
from bot.interactions.translator import localized
from bot.texts import texts_for

Command = app_commands.Command[Any, ..., Any]


class HelpCog(commands.Cog):
    """What this member may do here, and nothing else."""

    def __init__(self, tree: app_commands.CommandTree[Any]) -> None:
        self._tree = tree

    @everywhere
    @app_commands.command(name="help", description=localized("command.help"))
    async def help(self, interaction: discord.Interaction) -> None:
        await acknowledge(interaction, ephemeral=True)
        usable = [(_key(command), usage(command)) async for command in usable_commands(self._tree, interaction)]
        await interaction.followup.send(embed=help_embed(texts_for(interaction.locale), usable), ephemeral=True)


async def usable_commands(
    tree: app_commands.CommandTree[Any], interaction: discord.Interaction
) -> AsyncIterator[Command]:
    """The commands that the asker may use where they ask, groups unfolded, in alphabetical order."""
    for command in sorted(tree.get_commands(type=discord.AppCommandType.chat_input), key=lambda c: c.name):
        if not (_is_offered(command, interaction) and _is_permitted(command, interaction)):
            continue
        leaves = command.walk_commands() if isinstance(command, app_commands.Group) else [command]
        for leaf in leaves:
            if isinstance(leaf, app_commands.Command) and await _passes(leaf, interaction):
                yield leaf


def _is_offered(command: Command | app_commands.Group, interaction: discord.Interaction) -> bool:
    """Whether Discord shows it in this place: by kind of channel, and by how the bot came there."""
    contexts = command.allowed_contexts
    if interaction.guild_id is None and (command.guild_only or (contexts is not None and not contexts.dm_channel)):
        return False
    for_members = command.allowed_installs is not None and command.allowed_installs.user
    return for_members or interaction.guild_id is None or interaction.is_guild_integration()


def _is_permitted(command: Command | app_commands.Group, interaction: discord.Interaction) -> bool:
    """Default permissions mean a server's members: in direct messages nobody lacks any."""
    needed = command.default_permissions
    return needed is None or interaction.guild_id is None or interaction.permissions.is_superset(needed)


async def _passes(command: Command, interaction: discord.Interaction) -> bool:
    """Whether the command's own checks let this member through, such as one for the bot's owner."""
    try:
        return all([await maybe_coroutine(check, interaction) for check in command.checks])
    except (app_commands.AppCommandError, discord.HTTPException):  # who owns the bot is asked of Discord
        return False


def _key(command: Command) -> str:
    """Of its description: ``command.report.set``."""
    return f"command.{command.qualified_name.replace(' ', '.')}"


def usage(command: Command) -> str:
    """``forecast symbol [horizon] [private]``"""
    options = (option.name if option.required else f"[{option.name}]" for option in command.parameters)
    return " ".join((command.qualified_name, *options))


async def setup(bot: FeatureBot) -> None:
    await bot.add_cog(HelpCog(bot.tree))
