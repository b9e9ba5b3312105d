"""Which security a symbol means. A ticker can come to mean another one, whose prices have nothing to do with its."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

_FUNDS: Final = frozenset({"ETF", "INDEX", ""})
"""Types of what is forecast. A source that tells no type says nothing against it."""

_NOTE: Final = re.compile(r"\bE\.?T\.?Ns?\b|\b(exchange[- ]traded|index[- ]linked) (notes?|securit)", re.IGNORECASE)
"""Names of exchange-traded notes: Yahoo has no type of its own for them and calls them EQUITY, as it calls shares."""


@dataclass(frozen=True)
class Security:
    """What a source says that a symbol is.

    Attributes:
        name: as the source writes it; issuers rename their ETFs, so another name alone is no other security.
        kind: ``ETF``, ``EQUITY`` (as Yahoo calls notes too), ``MUTUALFUND``, ``INDEX`` and so on.
        currency: ISO code of its prices.
        exchange: where it is listed; a listing can move.
        first_traded: its first session, where the source tells.
    """

    name: str
    kind: str
    currency: str
    exchange: str
    first_traded: date | None

    @property
    def is_fund(self) -> bool:
        """Whether it is an ETF, an exchange-traded note or an index, as far as the source tells."""
        return self.kind.upper() in _FUNDS or (self.kind.upper() == "EQUITY" and _NOTE.search(self.name) is not None)

    def is_same_as(self, other: Security) -> bool:
        """Whether the two can be one security under changing names: first session, kind and currency agree.

        What one of them doesn't tell is no contradiction.
        """
        dates, kinds = {self.first_traded, other.first_traded} - {None}, {self.kind, other.kind} - {""}
        return len(dates) <= 1 and len(kinds) <= 1 and self.currency == other.currency

    def differences(self, other: Security) -> dict[str, str]:
        """What ``other`` says otherwise, each as ``old -> new``."""
        pairs = {
            "name": (self.name, other.name),
            "type": (self.kind, other.kind),
            "currency": (self.currency, other.currency),
            "exchange": (self.exchange, other.exchange),
            "first traded": (self.first_traded, other.first_traded),
        }
        return {what: f"{old} -> {new}" for what, (old, new) in pairs.items() if old != new}

    def as_json(self) -> dict[str, Any]:
        """The form in which an issued forecast keeps it; ``from_json`` gives it back."""
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
        return cls(
            raw["name"],
            raw["type"],
            raw["currency"],
            raw["exchange"],
            None if first is None else date.fromisoformat(first),
        )
