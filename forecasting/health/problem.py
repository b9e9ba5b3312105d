"""Problem: what an examination of the installation finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Part = Literal["database", "record", "reports", "prices", "models", "files", "disk"]

RESTORE = "Stop the bot and restore a backup: etf-bot restore FILE --replace"
"""What is left to do about a database that is damaged."""


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it should be.

    Attributes:
        part: of the installation.
        what: a sentence that says what was found.
        remedy: a sentence that says what to do, or what ``repair`` does.
        repair: mends it; None if only a person can. It raises OSError, SQLAlchemyError or ForecastingError if it fails.
    """

    part: Part
    what: str
    remedy: str
    repair: Callable[[], object] | None = None

    def as_json(self) -> dict[str, object]:
        return {"part": self.part, "what": self.what, "remedy": self.remedy, "can_be_repaired": bool(self.repair)}
