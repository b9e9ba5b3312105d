"""The shape that every forecast has: 60 sessions ahead, seven quantiles each."""

from __future__ import annotations

from typing import Final

HORIZON: Final = 60
"""Sessions ahead that are forecast."""

LEVELS: Final = (0.025, 0.10, 0.25, 0.50, 0.75, 0.90, 0.975)
"""Probabilities of the quantiles; the outer pairs bound the 95, 80 and 50 % bands."""

COLUMNS: Final = ("q025", "q10", "q25", "q50", "q75", "q90", "q975")
"""Names of the quantiles in frames, JSON and the store, in the order of LEVELS."""

GAUSSIAN: Final = (-1.959964, -1.281552, -0.674490, 0.0, 0.674490, 1.281552, 1.959964)
"""Standard normal quantiles at LEVELS, rounded as the public benchmark rounds them so that baselines agree exactly."""
