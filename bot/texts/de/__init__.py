"""Die Texte auf Deutsch."""

from __future__ import annotations

from typing import Final

from bot.texts.de import forecast, members, records, servers, status

GERMAN: Final[dict[str, str]] = {
    **servers.GERMAN,
    **members.GERMAN,
    **forecast.GERMAN,
    **records.GERMAN,
    **status.GERMAN,
}
