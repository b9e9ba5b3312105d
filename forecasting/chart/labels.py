"""Where labels go so that they can be read: apart from each other, and off the lines. Heights grow downwards."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def spread(wanted: Sequence[float], gap: float, top: float, bottom: float) -> list[float]:
    """Heights at least ``gap`` apart and between ``top`` and ``bottom``, as near to ``wanted`` as that allows.

    ``wanted`` is in ascending order, and so is the answer. Neighbours that are too close are moved as one block about
    their mean, which is the least-squares answer (pool adjacent violators). Where there is no room for all, the
    distance is kept and the bottom passed.
    """
    blocks: list[tuple[float, int]] = []  # of heights less what the labels above take up: mean and number of labels
    for n, height in enumerate(wanted):
        mean, count = height - n * gap, 1
        while blocks and blocks[-1][0] > mean:
            above, members = blocks.pop()
            mean, count = (above * members + mean * count) / (members + count), members + count
        blocks.append((mean, count))
    free = [mean for mean, count in blocks for _ in range(count)]
    highest = bottom - (len(wanted) - 1) * gap
    return [max(top, min(height, highest)) + n * gap for n, height in enumerate(free)]


def free_place(
    taken: Sequence[tuple[float, float, float]],
    left: float,
    right: float,
    height: float,
    wanted: float,
    top: float,
    bottom: float,
) -> float:
    """The middle of a box from ``left`` to ``right`` that nothing runs through, nearest to ``wanted``.

    Args:
        taken: what is drawn, from left to right: x, highest and lowest place there. Neighbours are joined.

    If nothing is free, the middle that crosses least.
    """
    spans = [(min(a[1], b[1]), max(a[2], b[2])) for a, b in pairwise(taken) if b[0] >= left and a[0] <= right]
    reach = height / 2 + 2
    places = [top + reach + n for n in range(max(1, int(bottom - top - 2 * reach) + 1))]

    def crossings(middle: float) -> int:
        return sum(high < middle + reach and low > middle - reach for high, low in spans)

    return min(places, key=lambda middle: (crossings(middle), abs(middle - wanted)))
