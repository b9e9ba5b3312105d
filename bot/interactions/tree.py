"""The tree of commands: who asks too often is refused, and what commands raise becomes words."""

from __future__ import annotations

import logging
from typing import Any, Final, Literal

import aiohttp
import discord
from discord import app_commands
from pydantic import BaseModel, Field, StrictBool, StrictFloat, StrictInt, StrictStr, ValidationError

from bot.interactions.answers import tell_failure


def is_for_everybody(command: app_commands.Command[Any, ..., Any]) -> bool:
    """Whether no permission is needed to see it."""
    return (command.root_parent or command).default_permissions is None


class OneLine(logging.Filter):
    """Makes one line of what discord.py logs when Discord refuses a suggestion or a connection."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, discord.DiscordException | aiohttp.ClientError | OSError):
            record.msg, record.args = "%s: %s", (record.getMessage(), error)
            record.levelno, record.levelname, record.exc_info = logging.WARNING, "WARNING", None
        return True


ONE_LINE: Final = OneLine()

log = logging.getLogger(__name__)


class _Option(BaseModel):
    name: str
    type: StrictInt
    value: StrictStr | StrictInt | StrictFloat | StrictBool | None = None
    options: list[_Option] = []


class _Data(BaseModel):
    """What discord.py takes for granted of a command, and would fail at without an answer or a line in words."""

    name: str = Field(max_length=32)
    type: Literal[1] = 1
    options: list[_Option] = []
    resolved: dict[str, dict[str, Any]] = {}


class ForecastTree(app_commands.CommandTree[Any]):
    """The commands; what they raise becomes words in ``bot.interactions.answers``."""

    def __init__(self, client: discord.Client) -> None:
        super().__init__(client)
        for name in ("discord.app_commands.tree", "discord.client"):
            logging.getLogger(name).addFilter(ONE_LINE)

    async def interaction_check(self, interaction: discord.Interaction[Any], /) -> bool:
        """Count a member's uses of each command. Commands that need a permission have no limit."""
        try:
            _Data.model_validate(interaction.data)
        except ValidationError as error:
            log.warning("An interaction that cannot be read is left without an answer: %s", error.errors()[0]["msg"])
            return False
        command = interaction.command
        is_typed = interaction.type is discord.InteractionType.application_command  # suggestions come with each letter
        if is_typed and isinstance(command, app_commands.Command) and is_for_everybody(command):
            self.client.cooldowns.count(interaction.user.id, command.qualified_name)
        return True

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError) -> None:
        await tell_failure(interaction, error)
