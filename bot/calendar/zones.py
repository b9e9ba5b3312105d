"""Time zones as people look for them: by city, by IANA name or by abbreviation. From memory once they are loaded."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

MAX_CHOICES: Final = 25

FIRST: Final = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Toronto",
    "America/Sao_Paulo", "Europe/London", "Europe/Berlin", "Europe/Paris", "Europe/Zurich", "Europe/Vienna",
    "Europe/Madrid", "Europe/Rome", "Europe/Warsaw", "Europe/Istanbul", "Africa/Johannesburg", "Africa/Lagos",
    "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Hong_Kong", "Asia/Shanghai", "Asia/Tokyo", "Asia/Seoul",
    "Australia/Sydney", "Pacific/Auckland", "UTC",
)  # fmt: skip
"""Suggested first, and before anything is typed."""

ALSO_KNOWN: Final = {
    "America/New_York": "washington boston miami atlanta philadelphia eastern usa",
    "America/Chicago": "dallas houston austin central usa",
    "America/Denver": "salt lake city mountain usa",
    "America/Los_Angeles": "san francisco seattle las vegas pacific usa",
    "America/Toronto": "ottawa montreal canada",
    "America/Sao_Paulo": "rio de janeiro brasilia brazil",
    "Europe/London": "england uk britain manchester edinburgh gb",
    "Europe/Berlin": "munich münchen frankfurt hamburg cologne köln germany deutschland",
    "Europe/Paris": "france lyon",
    "Europe/Zurich": "switzerland geneva schweiz zürich",
    "Europe/Vienna": "austria österreich wien",
    "Europe/Madrid": "spain barcelona",
    "Europe/Rome": "italy milan",
    "Asia/Kolkata": "india mumbai delhi bangalore chennai hyderabad calcutta bombay",
    "Asia/Shanghai": "china beijing shenzhen",
    "Asia/Tokyo": "japan osaka",
    "Asia/Seoul": "korea",
    "Asia/Dubai": "abu dhabi emirates uae",
    "Australia/Sydney": "canberra australia",
    "Pacific/Auckland": "wellington new zealand",
}
"""Cities and countries whose name is not that of a zone."""

_SPLIT: Final = re.compile(r"[\s/_,+-]+")
_OFFSET: Final = re.compile(r"(?:gmt|utc)\s*([+−-])\s*(\d{1,2})(?::?(\d{2}))?")


@dataclass(frozen=True)
class Zone:
    """A zone, and the words by which it is found."""

    name: str
    words: tuple[str, ...]
    offsets: frozenset[int]
    """Offsets from UTC in winter and in summer, in minutes."""


@lru_cache(maxsize=1)
def zones() -> tuple[Zone, ...]:
    """All zones that a person may mean, the best known first. The first call reads some hundred small files."""
    names = {name for name in available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/", "US/"))}
    others = sorted(names - set(FIRST))
    return tuple(Zone(name, tuple(_words(name)), _offsets(name)) for name in (*FIRST, *others))


def search_zones(text: str, limit: int = MAX_CHOICES) -> tuple[str, ...]:
    """Names of the zones that have words beginning with those of ``text``: ``new york``, ``kolk``, ``CET``.

    ``gmt+2`` means those whose clocks show that in winter or in summer.
    """
    if offset := _OFFSET.fullmatch(text.strip().casefold()):
        minutes = (int(offset[2]) * 60 + int(offset[3] or 0)) * (1 if offset[1] == "+" else -1)
        return tuple(zone.name for zone in zones() if minutes in zone.offsets)[:limit]
    wanted = [word for word in _SPLIT.split(_plain(text)) if word]
    hits = [zone for zone in zones() if all(any(word.startswith(w) for word in zone.words) for w in wanted)]
    exact = [zone for zone in hits if wanted and wanted[-1] in zone.words]
    return tuple(zone.name for zone in (*exact, *(hit for hit in hits if hit not in exact)))[:limit]


def zone_named(text: str) -> ZoneInfo | None:
    """The one zone that ``text`` means: by its name in any case, by its city, or as the only match; else None.

    ``asia/kolkata``, ``new york`` and ``mumbai`` are understood; ``Argentina``, which has twelve zones, is not.
    """
    name = _plain(text.strip()).replace(" ", "_")
    full = [zone.name for zone in zones() if zone.name.casefold() == name]
    city = [zone.name for zone in zones() if zone.name.casefold().rpartition("/")[2] == name]
    found = full or city or search_zones(text)
    return ZoneInfo(found[0]) if len(found) == 1 else None


def _words(name: str) -> Iterable[str]:
    """Of the name, of its other names, and the abbreviations that its clocks have in winter and in summer."""
    yield from _SPLIT.split(name.casefold())
    yield from _SPLIT.split(_plain(ALSO_KNOWN.get(name, "")))
    zone = ZoneInfo(name)
    for month in (1, 7):
        abbreviation = datetime(2026, month, 15, tzinfo=UTC).astimezone(zone).tzname()
        if abbreviation and abbreviation.isalpha():
            yield abbreviation.casefold()


def _offsets(name: str) -> frozenset[int]:
    """Offsets from UTC in winter and in summer, in minutes."""
    moments = (datetime(2026, month, 15, tzinfo=ZoneInfo(name)) for month in (1, 7))
    return frozenset(int((moment.utcoffset() or timedelta(0)).total_seconds() // 60) for moment in moments)


def _plain(text: str) -> str:
    """In small letters, without accents: ``São Paulo`` and ``sao paulo`` are the same city."""
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
