"""The sheet that charts are drawn on: sized for a phone, in the reader's theme, the same bytes for the same chart."""

from __future__ import annotations

from io import BytesIO
from typing import Final, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image

from forecasting.chart.palette import PALETTES
from forecasting.chart.text import DPI, FONT_POINT, NORMAL, PIXELS, SMALL, SOURCES, Weight, font_of, text_width
from forecasting.report import Theme

WIDTH: Final = 360
"""Width of every sheet in points of the sheet: about the pixels that Discord gives a picture on a phone.

All positions and sizes are in these points, counted from the top left corner.
"""

MARGIN: Final = 10

_COLORS = 64  # a dozen colours and the shades between them at the edges of letters


class Sheet:
    """A figure of WIDTH by ``height`` points that text and axes are put on by position."""

    def __init__(self, height: float, theme: Theme) -> None:
        self.height = height
        self.theme, self.palette = theme, PALETTES[theme]
        size = (WIDTH * PIXELS / DPI, height * PIXELS / DPI)
        self.figure = Figure(figsize=size, dpi=DPI, facecolor=self.palette.background)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = SMALL,
        weight: Weight = "normal",
        color: str | None = None,
        align: Literal["left", "center", "right"] = "left",
    ) -> Text:
        """Put a line of text with its middle at height ``y``, in the colour of text where no other is given."""
        return self.figure.text(
            x / WIDTH,
            1 - y / self.height,
            text,
            color=color or self.palette.text,
            horizontalalignment=align,
            verticalalignment="center_baseline",
            fontproperties=font_of(size, weight),
            parse_math=False,  # a dollar sign is a dollar sign
        )

    def box(self, left: float, top: float, width: float, height: float, *, fill: str, edge: str | None = None) -> None:
        """Put a filled rectangle."""
        self.figure.add_artist(
            Rectangle(
                (left / WIDTH, 1 - (top + height) / self.height),
                width / WIDTH,
                height / self.height,
                transform=self.figure.transFigure,
                facecolor=fill,
                edgecolor=edge or fill,
                linewidth=0.5 * FONT_POINT,
            )
        )

    def line(self, x: float, y: float, to_x: float, to_y: float, *, color: str) -> None:
        """Put a thin straight line, such as the one from a point to its label."""
        self.figure.add_artist(
            Line2D(
                (x / WIDTH, to_x / WIDTH),
                (1 - y / self.height, 1 - to_y / self.height),
                transform=self.figure.transFigure,
                color=color,
                linewidth=stroke(0.7),
            )
        )

    def flag_simulated(self, y: float) -> None:
        """Say in the upper right corner, at height ``y``, that no real ETF was priced like this."""
        words = SOURCES["simulated"]
        width = text_width(words, NORMAL, "bold") + 12
        self.box(WIDTH - MARGIN - width, y - 9, width, 18, fill=self.palette.flag)
        right = WIDTH - MARGIN - 6
        self.write(right, y, words, size=NORMAL, weight="bold", color=self.palette.on_flag, align="right")

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes over that area, without ticks, labels and frame."""
        axes = self.figure.add_axes(
            (left / WIDTH, 1 - (top + height) / self.height, width / WIDTH, height / self.height)
        )
        axes.set_facecolor("none")
        axes.set_xticks([])
        axes.set_yticks([])
        for spine in axes.spines.values():
            spine.set_visible(False)
        return axes

    def png(self) -> bytes:
        """The picture, in a third of the bytes that full colour takes. The same chart is the same bytes."""
        raw, buffer = BytesIO(), BytesIO()
        self.figure.savefig(raw, format="rgba", dpi=DPI)
        width, height = (int(side) for side in self.figure.bbox.size)
        image = Image.frombytes("RGBA", (width, height), raw.getvalue())
        image.convert("RGB").quantize(_COLORS, dither=Image.Dither.NONE).save(buffer, format="png", optimize=True)
        return buffer.getvalue()


def stroke(points: float) -> float:
    """A line width of ``points`` of the sheet in matplotlib's unit."""
    return points * FONT_POINT
