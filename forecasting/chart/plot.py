"""The axes of a chart, with what is needed to place text around them."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes


@dataclass(frozen=True)
class Plot:
    """Axes whose limits are set, and where they lie, in points of the sheet."""

    axes: Axes
    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.left + self.width

    def x(self, place: float) -> float:
        first, last = self.axes.get_xlim()
        return self.left + (place - first) / (last - first) * self.width

    def y(self, value: float) -> float:
        low, high = self.axes.get_ylim()
        return self.top + (high - value) / (high - low) * self.height

    def value(self, y: float) -> float:
        """What ``y`` gives back."""
        low, high = self.axes.get_ylim()
        return high - (y - self.top) / self.height * (high - low)
