"""The settings of the bot, from the environment or ``.env``."""

from bot.settings.settings import COPY_TOKEN, BotSettings

__all__ = ["COPY_TOKEN", "BotSettings"]
