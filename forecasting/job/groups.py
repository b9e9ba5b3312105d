"""Groups of ETFs that a job works on one after the other, so that it never holds the prices of a thousand at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from forecasting.model.market import MARKET
from forecasting.universe import Symbol

PANEL_MOST: Final = 40
"""ETFs of one panel. With more, memory would grow with their number, and so would the cost of each."""


@dataclass(frozen=True)
class Group:
    """ETFs that are worked on together.

    Attributes:
        panel: those that the models learn from: the members and the market.
        members: each ETF is a member of one group.
    """

    panel: frozenset[Symbol]
    members: frozenset[Symbol]


def panel_groups(symbols: Collection[Symbol], wanted: Collection[Symbol]) -> tuple[Group, ...]:
    """``symbols`` in alphabetical groups of equal size; one group if they are no more than PANEL_MOST.

    Args:
        wanted: groups without any of these are left out.
    """
    ordered = sorted(symbols)
    market = {MARKET}.intersection(symbols)
    count = 1 if len(ordered) <= PANEL_MOST else -(-len(ordered) // (PANEL_MOST - 1))
    edges = [len(ordered) * n // count for n in range(count + 1)]
    groups = [frozenset(ordered[start:end]) for start, end in pairwise(edges)]
    return tuple(Group(group | market, group) for group in groups if count == 1 or not group.isdisjoint(wanted))
