"""What the log looks like: lines of text, or of JSON for programs that collect logs."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

import discord

from bot.settings import BotSettings

CHATTY = ("alembic", "apscheduler", "discord.client", "discord.gateway")


class JsonFormatter(logging.Formatter):
    """An object a line: when (UTC), how serious, where from, what, and the trace of an unexpected error."""

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            entry["trace"] = self.formatException(record.exc_info)
        return json.dumps(entry, ensure_ascii=False)


def reason_of(error: BaseException) -> str:
    """An error's own words, or its name where it has none, as a timeout."""
    return str(error) or type(error).__name__


def set_up_logs(settings: BotSettings) -> None:
    """Log to stderr as LOG_LEVEL and LOG_FORMAT say."""
    handler = logging.StreamHandler()
    if settings.log_format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=settings.log_level, handlers=[handler])
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # this bot does not speak
