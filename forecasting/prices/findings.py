"""Finding: one thing that the quality gate reports about a source's rows.

A finding is a fault if something is wrong and a note if it is only worth knowing. The faults that made a row unusable
are kept for operators and readers (``store.faults``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from forecasting.universe import Symbol

Kind = Literal[
    "unreadable", "out of order", "doubled session", "no session", "unfinished session", "missing session",
    "no positive price", "no volume", "inconsistent range", "repeated rows", "spike", "unadjusted split",
    "adjustment without an action", "stored prices", "another security", "zero volume", "range unknown",
    "volume unknown", "impossible value", "no ticker",
    "bad tick", "level shift", "same prices",
    "adjusted already", "splits removed", "adjusted here", "closes alone", "lines of text left out",
]  # fmt: skip

Action = Literal["put in order", "recomputed", "dropped", "quarantined", "refused", "left open", "noted"]
"""What was done.

``put in order``: the row is used, in its place. ``recomputed``: the adjusted closes before that session are corrected.
``dropped``: the row is superfluous. ``quarantined``: the row is unusable; the store keeps it. ``refused``: nothing from
that session on is used. ``left open``: a gap stays a gap, and a doubtful row is used. ``noted``: everything is used.
"""


@dataclass(frozen=True)
class Finding:
    """One thing wrong, or worth knowing, in what a source gave.

    Attributes:
        session: the day of the row, or the missing one; None if the whole file is meant.
        values: the numbers or texts that show it, by column.
    """

    symbol: Symbol
    session: date | None
    kind: Kind
    action: Action
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_fault(self) -> bool:
        """Whether something is wrong; other findings are notes."""
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
        return {
            "symbol": self.symbol,
            "session": self.session.isoformat() if self.session else None,
            "kind": self.kind,
            "values": {name: _for_json(value) for name, value in self.values.items()},
            "action": self.action,
        }


def _written(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _for_json(value: Any) -> Any:
    """JSON has neither NaN nor infinity."""
    if not isinstance(value, float) or math.isfinite(value):
        return value
    return None if math.isnan(value) else str(value)
