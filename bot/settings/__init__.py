"""The settings of the bot, from the environment or ``.env``."""

from bot.settings.settings import COPY_TOKEN, RECORD_HOST, BotSettings

__all__ = ["COPY_TOKEN", "RECORD_HOST", "BotSettings"]
