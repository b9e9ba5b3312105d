"""Security: what a symbol means. A ticker can be given to a different security, with unrelated prices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

_FUNDS: Final = frozenset({"ETF", "INDEX", ""})
"""Types that are forecast. No type at all is accepted too: some sources give none."""

_FUND_NAME: Final = re.compile(
    r"\bE\.?T\.?[CFNP]s?\b|\b(exchange[- ]traded|index[- ]linked) (fund|notes?|product|securit|commodit)"
    r"|\b(UCITS|funds?|iShares|SPDR|ProShares|Xtrackers)\b",
    re.IGNORECASE,
)
"""Names of exchange-traded funds and notes. Yahoo calls notes and some funds EQUITY, like shares."""

FIRST_MOVES: Final = timedelta(days=7)
"""How far the first session of one security may move between two answers."""


@dataclass(frozen=True)
class Security:
    """What a source says that a symbol is.

    Attributes:
        name: as the source writes it. Issuers rename their ETFs, so a new name alone is no new security.
        kind: ``ETF``, ``EQUITY`` (also notes, at Yahoo), ``MUTUALFUND``, ``INDEX`` and so on; empty if unknown.
        currency: ISO code of its prices.
        exchange: where it is listed; a listing can move.
        first_traded: its first session; None if unknown.
    """

    name: str
    kind: str
    currency: str
    exchange: str
    first_traded: date | None

    @property
    def is_fund(self) -> bool:
        """Whether it may be an ETF, an exchange-traded note or an index."""
        return self.kind.upper() in _FUNDS or (
            self.kind.upper() == "EQUITY" and _FUND_NAME.search(self.name) is not None
        )

    def is_same_as(self, other: Security) -> bool:
        """Whether both can be one security, by currency and first session; by type if a first session is unknown.

        Yahoo moves a first session by a day, or calls an ETF a share, in single answers.
        """
        if self.currency != other.currency:
            return False
        if self.first_traded and other.first_traded:
            return abs(self.first_traded - other.first_traded) <= FIRST_MOVES
        return len({self.kind, other.kind} - {""}) <= 1

    def differences(self, other: Security) -> dict[str, str]:
        """What is different in ``other``, each as ``old -> new``."""
        ours, theirs = self.as_json(), other.as_json()
        return {what.replace("_", " "): f"{old} -> {theirs[what]}" for what, old in ours.items() if old != theirs[what]}

    def as_json(self) -> dict[str, Any]:
        """The form in which an issued forecast keeps it; ``from_json`` reads it."""
        return {
            "name": self.name,
            "type": self.kind,
            "currency": self.currency,
            "exchange": self.exchange,
            "first_traded": None if self.first_traded is None else self.first_traded.isoformat(),
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Security:
        first = raw["first_traded"]
        first_traded = None if first is None else date.fromisoformat(first)
        return cls(raw["name"], raw["type"], raw["currency"], raw["exchange"], first_traded)
