"""The texts in English: the original, and the list of keys."""

from __future__ import annotations

from typing import Final

from bot.texts.en import forecast, members, records, servers, status

ENGLISH: Final[dict[str, str]] = {
    **servers.ENGLISH,
    **members.ENGLISH,
    **forecast.ENGLISH,
    **records.ENGLISH,
    **status.ENGLISH,
}
