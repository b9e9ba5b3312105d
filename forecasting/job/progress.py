"""What a job tells of its progress while it works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from forecasting.universe import Symbol

Stage = Literal["prices", "backtest", "fit", "calibrate", "report"]

STAGES: Final[tuple[Stage, ...]] = ("prices", "backtest", "fit", "calibrate", "report")


@dataclass(frozen=True)
class Progress:
    """How far one symbol's stage is: ``done`` of ``of`` pieces of work."""

    symbol: Symbol
    stage: Stage
    done: int
    of: int


Listener = Callable[[Progress], None]
