"""The sheet that every chart is drawn on: head, legend, foot, and a size and colours that suit a phone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import ceil
from typing import Final, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from PIL import Image

from forecasting.chart.palette import PALETTES
from forecasting.chart.text import (
    DPI,
    FONT_POINT,
    LINE,
    NORMAL,
    PIXELS,
    ROW,
    SMALL,
    TITLE,
    Weight,
    font_of,
    is_invented,
    source_in_words,
    text_width,
    wrapped,
)
from forecasting.chart.words import ENGLISH, Words
from forecasting.report import Theme

WIDTH: Final = 360
"""Width of every sheet in points of the sheet: about the pixels that Discord gives a picture on a phone.

All positions and sizes are in these points, counted from the top left corner.
"""

MARGIN: Final = 10
INNER: Final = WIDTH - 2 * MARGIN

DASHED: Final = (3.0, 1.5)

_COLORS = 128
_SWATCH = 14


@dataclass(frozen=True)
class Key:
    """An entry of a legend: a box if it has a ``fill``, else a line in ``color``."""

    words: str
    fill: str | None = None
    color: str | None = None
    dashes: tuple[float, float] | None = None
    width: float = _SWATCH
    stroke: float = 1.3


class Sheet:
    """A figure that text and axes are put on from top to bottom; ``foot`` gives it its height."""

    def __init__(self, theme: Theme, words: Words = ENGLISH) -> None:
        self.theme, self.palette, self.words = theme, PALETTES[theme], words
        self.height = 0.0
        self.figure = Figure(figsize=(WIDTH * PIXELS / DPI, 1), dpi=DPI, facecolor=self.palette.background)
        self._points = Affine2D()  # from points of the sheet to pixels, known when the height is
        self._places: list[tuple[Axes, tuple[float, float, float, float]]] = []

    def head(self, title: str, lines: Iterable[str], sources: Iterable[str], size: float = TITLE) -> float:
        """Put the title and ``lines`` below it, with a flag on invented prices. Returns the height below them."""
        y = MARGIN + size * LINE / 2
        self.write(MARGIN, y, title, size=size, weight="bold")
        if invented := {source_in_words(source, self.words) for source in sources if is_invented(source)}:
            words = ", ".join(sorted(invented))
            width = text_width(words, NORMAL, "bold") + 12
            self.box(WIDTH - MARGIN - width, y - 9, width, 18, fill=self.palette.flag)
            color = self.palette.on_flag
            self.write(WIDTH - MARGIN - 6, y, words, size=NORMAL, weight="bold", color=color, align="right")
        return self.rows(MARGIN + size * LINE, lines, color=self.palette.quiet)

    def rows(self, top: float, lines: Iterable[str], *, size: float = SMALL, color: str | None = None) -> float:
        """Put lines of text below the height ``top``. Returns the height below them."""
        for text in lines:
            self.write(MARGIN, top + size * LINE / 2, text, size=size, color=color)
            top += size * LINE
        return top

    def legend(self, top: float, keys: Sequence[Key]) -> float:
        """Put ``keys`` side by side, in as many rows as they need. Returns the height below them."""
        x, y = float(MARGIN), top + ROW / 2
        for key in keys:
            width = key.width + 3 + text_width(key.words)
            if x > MARGIN and x + width > WIDTH - MARGIN:
                x, y = MARGIN, y + ROW + 1
            if key.fill is None:
                self.line(x, y, x + key.width, y, color=key.color, dashes=key.dashes, width=key.stroke)
            else:
                self.box(x, y - 4.5, key.width, 9, fill=key.fill, edge=self.palette.edge)
            self.write(x + key.width + 3, y, key.words)
            x += width + 9
        return y + ROW / 2

    def foot(self, top: float, sources: Iterable[str], *notes: str) -> Sheet:
        """End the sheet below the height ``top`` with ``notes`` and where the prices are from. Returns the sheet."""
        origin, advice = (
            ", ".join(sorted({source_in_words(s, self.words) for s in sources})),
            self.words("picture.advice"),
        )
        prices = f"{origin[:1].upper()}{origin[1:]}"
        last = self.words("picture.foot", prices=prices, advice=advice) if origin else advice
        rows = [row for text in (*notes, last) for row in wrapped(text, INNER, 4)]
        self.height = ceil(self.rows(top, rows, color=self.palette.quiet) + 0.7 * MARGIN)
        self.figure.set_figheight(self.height * PIXELS / DPI)
        self._points.clear().scale(PIXELS, -PIXELS).translate(0, self.height * PIXELS)
        for axes, (left, upper, width, height) in self._places:
            bottom = 1 - (upper + height) / self.height
            axes.set_position((left / WIDTH, bottom, width / WIDTH, height / self.height))
        return self

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
        """Put a line of text with its middle at height ``y``, in the colour of text unless ``color`` is given."""
        return self.figure.text(
            x,
            y,
            text,
            transform=self._points,
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
                (left, top),
                width,
                height,
                transform=self._points,
                facecolor=fill,
                edgecolor=edge or fill,
                linewidth=stroke(0.5),
            )
        )

    def line(
        self,
        x: float,
        y: float,
        to_x: float,
        to_y: float,
        *,
        color: str | None = None,
        width: float = 0.7,
        dashes: tuple[float, float] | None = None,
        marker: str = "",
    ) -> None:
        """Put a straight line, with ``marker`` at both ends."""
        line = Line2D(
            (x, to_x),
            (y, to_y),
            transform=self._points,
            color=color or self.palette.line,
            linewidth=stroke(width),
            marker=marker,
            markersize=stroke(5),
        )
        if dashes is not None:
            line.set_dashes(dashes)
        self.figure.add_artist(line)

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Axes over that area, without ticks, labels and frame."""
        axes = self.figure.add_axes((0, 0, 1, 1))
        self._places.append((axes, (left, top, width, height)))
        axes.set_axis_off()
        return axes

    def png(self) -> bytes:
        """The picture in at most 128 colours, which takes a third of the bytes. The same chart is the same bytes."""
        raw, buffer = BytesIO(), BytesIO()
        self.figure.savefig(raw, format="rgba", dpi=DPI)
        width, height = (round(side) for side in self.figure.bbox.size)
        image = Image.frombytes("RGBA", (width, height), raw.getvalue())
        # The library's level 6: the highest, 9, takes 7 times as long for a picture that is 4% smaller.
        _reduced(image, self.palette.series).save(buffer, format="png", compress_level=6)
        return buffer.getvalue()


def stroke(points: float) -> float:
    """A line width of ``points`` of the sheet in matplotlib's unit."""
    return points * FONT_POINT


def _reduced(image: Image.Image, meaning: Sequence[str]) -> Image.Image:
    """The image in its most frequent colours, each other pixel in the nearest of them.

    Pillow's own methods average colours, and gave two thin lines of a chart the same one.

    Args:
        image: RGBA, opaque.
        meaning: colours that tell things apart (``#rrggbb``), kept however rare they are.
    """
    kept_first = {tuple(bytes.fromhex(color[1:])) for color in meaning}
    found = image.convert("RGB").getcolors(image.width * image.height) or ()
    counts = sorted(found, key=lambda item: (item[1] not in kept_first, -item[0], item[1]))
    colors = np.array([color for _, color in counts], dtype=np.int32)
    kept = colors[:_COLORS]
    distance = ((colors[:, None, :] - kept[None, :, :]) ** 2).sum(axis=2)
    index = np.zeros(1 << 24, dtype=np.uint8)
    index[colors @ (1, 1 << 8, 1 << 16)] = distance.argmin(axis=1)
    pixels = np.frombuffer(image.tobytes(), dtype="<u4").reshape(image.height, image.width)
    reduced = Image.fromarray(index[pixels & 0xFFFFFF], mode="P")
    reduced.putpalette(kept.astype(np.uint8).tobytes())
    return reduced
