"""Findings: what the quality gate has to say about a source's rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from forecasting.universe import Symbol

Kind = Literal[
    "unreadable",
    "out of order",
    "doubled session",
    "no session",
    "unfinished session",
    "missing session",
    "no positive price",
    "no volume",
    "inconsistent range",
    "repeated rows",
    "spike",
    "unadjusted split",
    "adjustment without an action",
    "stored prices",
    "another security",
    "zero volume",
    "range unknown",
    "volume unknown",
]

Action = Literal["put in order", "dropped", "quarantined", "refused", "left open", "noted"]
"""What was done.

``put in order``: the row is used, in its place. ``dropped``: the row says nothing that another one doesn't.
``quarantined``: the row is not used, and kept in the store. ``refused``: nothing from that session on is used.
``left open``: a gap stays a gap, and what may be wrong is used. ``noted``: all is used; true, but worth knowing.
"""


@dataclass(frozen=True)
class Finding:
    """One thing wrong, or worth knowing, in what a source gave.

    Attributes:
        session: the day of the row, or the missing one; None where the whole file is meant.
        values: the numbers or texts that show it, by column.
    """

    symbol: Symbol
    session: date | None
    kind: Kind
    action: Action
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_fault(self) -> bool:
        """Whether something is wrong; the others are notes."""
        return self.action != "noted"

    @property
    def details(self) -> str:
        """The values as text: ``open 0.00, high 11.41``."""
        return ", ".join(f"{name} {_written(value)}" for name, value in self.values.items())

    def __str__(self) -> str:
        where = f" {self.session}" if self.session else ""
        shown = f" ({self.details})" if self.values else ""
        return f"{self.symbol}{where}: {self.kind}{shown}, {self.action}"

    def as_json(self) -> dict[str, Any]:
        session = self.session.isoformat() if self.session else None
        values = {name: _for_json(value) for name, value in self.values.items()}
        return {
            "symbol": self.symbol,
            "session": session,
            "kind": self.kind,
            "values": values,
            "action": self.action,
        }


def _written(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _for_json(value: Any) -> Any:
    """JSON knows neither NaN nor infinity."""
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return None if math.isnan(value) else str(value)
