"""``/help``"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.messages.help import help_embed


class HelpCog(commands.Cog):
    """What this member may do here, and nothing else."""

    def __init__(self, tree: app_commands.CommandTree[Any]) -> None:
        self._tree = tree

    @app_commands.command(name="help", description="What you can ask this bot")
    async def help(self, interaction: discord.Interaction) -> None:
        await interaction.response.defer(ephemeral=True)
        usable = list(usable_commands(self._tree, interaction.permissions, in_server=interaction.guild_id is not None))
        await interaction.followup.send(embed=help_embed(usable), ephemeral=True)


def usable_commands(
    tree: app_commands.CommandTree[Any], permissions: discord.Permissions, *, in_server: bool
) -> Iterator[tuple[str, str]]:
    """Usage and description of the commands for a member with these permissions, groups unfolded."""
    for command in sorted(tree.get_commands(type=discord.AppCommandType.chat_input), key=lambda c: c.name):
        needed = command.default_permissions
        if (command.guild_only and not in_server) or (needed is not None and not permissions.is_superset(needed)):
            continue
        leaves = command.walk_commands() if isinstance(command, app_commands.Group) else [command]
        for leaf in leaves:
            if isinstance(leaf, app_commands.Command):
                yield _usage(leaf), leaf.description


def _usage(command: app_commands.Command[Any, ..., Any]) -> str:
    options = (option.name if option.required else f"[{option.name}]" for option in command.parameters)
    return " ".join((command.qualified_name, *options))
