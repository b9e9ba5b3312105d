"""What a report keeps of an ETF's past so that forecasts of several ETFs, or of whole paths, can be made from it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

WARM_UP: Final = 60
"""Returns that only start the average of volatility."""

STRETCHES: Final = 1260
"""Stretches of the past that become paths, one from each session of five years."""

KEPT_RETURNS: Final = WARM_UP + STRETCHES + 60
"""Returns kept, those of the last stretch included. Each takes eight bytes: 11 kB for an ETF."""


@dataclass(frozen=True)
class PastReturns:
    """An ETF's newest daily log returns, at most KEPT_RETURNS.

    Attributes:
        sessions: proleptic ordinals, increasing.
        returns: from the session before to each of them.
    """

    sessions: tuple[int, ...]
    returns: tuple[float, ...]

    def to_bytes(self) -> bytes:
        """The form in which the store keeps them: the sessions, then the returns in single precision."""
        return struct.pack(f"<{len(self.sessions)}i{len(self.returns)}f", *self.sessions, *self.returns)

    @classmethod
    def from_bytes(cls, body: bytes) -> PastReturns:
        count = len(body) // 8
        values = struct.unpack(f"<{count}i{count}f", body)
        return cls(values[:count], values[count:])
