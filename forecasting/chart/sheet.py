"""The sheet that charts are drawn on: sized for a phone, in the reader's theme, the same bytes for the same chart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from types import MappingProxyType
from typing import Final, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image

from forecasting.report import Theme

WIDTH: Final = 360
"""Width of every sheet in points of the sheet: about the pixels that Discord gives a picture on a phone.

All positions and sizes are in these points, counted from the top left corner.
"""

MARGIN: Final = 10
SMALL: Final = 9
"""Size of the smallest text. Below it a phone's reader has to zoom."""
NORMAL: Final = 10
LINE: Final = 1.3
"""Distance of two lines of text in sizes of their font."""

_PIXELS = 3  # a side of a point: phones have two or three real pixels for each one
_DPI = 144
_COLORS = 128  # a dozen colours and the shades between them at the edges of letters
_FONT_POINT = _PIXELS * 72 / _DPI  # a point of the sheet in the points that font sizes are given in
_FAMILY = "DejaVu Sans"  # comes with matplotlib, so that charts are alike everywhere

Weight = Literal["normal", "bold"]

MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Not strftime's, which would follow the operator's locale."""

SOURCES: Final[Mapping[str, str]] = MappingProxyType(
    {"yahoo": "Yahoo Finance prices", "csv": "prices from CSV", "simulated": "simulated prices"}
)


@dataclass(frozen=True)
class Palette:
    """Colours of a theme. Shades differ in lightness enough to be told apart in grey.

    Attributes:
        background: Discord's own, so that the picture has no frame.
        text, quiet: of text, at least 4.5 : 1 against the background.
        line: of closes, medians and markers.
        grid: of lines that may be overlooked.
        edge: outline of bands and bars, at least 3 : 1 against the background.
        bands: of the 95, 80 and 50 % band.
        bars: of the models in the order of MODELS.
        flag, on_flag: of the box that no reader may overlook, and of the text on it.
    """

    background: str
    text: str
    quiet: str
    line: str
    grid: str
    edge: str
    bands: tuple[str, str, str]
    bars: tuple[str, str, str, str, str]
    flag: str = "#f0b232"
    on_flag: str = "#1e1f22"


PALETTES: Final[Mapping[Theme, Palette]] = MappingProxyType(
    {
        "dark": Palette(
            background="#313338",
            text="#f2f3f5",
            quiet="#c4c9d0",
            line="#ffffff",
            grid="#4a4d55",
            edge="#8fa3c4",
            bands=("#3f4f6e", "#4c6699", "#5f84c9"),
            bars=("#f2f3f5", "#a9b8d4", "#7d93bd", "#566c98", "#3f4f6e"),
        ),
        "light": Palette(
            background="#ffffff",
            text="#1e1f22",
            quiet="#4e5058",
            line="#101114",
            grid="#d9dbdf",
            edge="#5f7396",
            bands=("#dfe9fa", "#b3cbf2", "#7ea6e6"),
            bars=("#1e1f22", "#5a6f99", "#8299c4", "#b0c0df", "#dfe7f5"),
        ),
    }
)


class Sheet:
    """A figure of WIDTH by ``height`` points that text and axes are put on by position."""

    def __init__(self, height: float, theme: Theme) -> None:
        self.height = height
        self.palette = PALETTES[theme]
        size = (WIDTH * _PIXELS / _DPI, height * _PIXELS / _DPI)
        self.figure = Figure(figsize=size, dpi=_DPI, facecolor=self.palette.background)

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
            fontproperties=_font(size, weight),
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
                linewidth=0.6 * _FONT_POINT,
            )
        )

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
        self.figure.savefig(raw, format="rgba", dpi=_DPI)
        width, height = (int(side) for side in self.figure.bbox.size)
        image = Image.frombytes("RGBA", (width, height), raw.getvalue())
        image.convert("RGB").quantize(_COLORS, dither=Image.Dither.NONE).save(buffer, format="png", optimize=True)
        return buffer.getvalue()


def stroke(points: float) -> float:
    """A line width of ``points`` of the sheet in matplotlib's unit."""
    return points * _FONT_POINT


def text_width(text: str, size: float = SMALL, weight: Weight = "normal") -> float:
    """Width of a line of text in points of the sheet."""
    font = get_font(findfont(_font(size, weight)))
    font.set_size(size * _FONT_POINT, _DPI)
    font.set_text(text, 0.0)
    width, _ = font.get_width_height()
    return float(width) / 64 / _PIXELS  # FreeType counts in 64ths of a pixel


def wrapped(text: str, width: float, lines: int, size: float = SMALL, weight: Weight = "normal") -> list[str]:
    """``text`` cut into at most ``lines`` lines no wider than ``width``, between words where there are any.

    What does not fit is replaced by an ellipsis.
    """
    rows: list[str] = []
    rest = text
    while rest and len(rows) < lines:
        row = _fitting(rest, width, size, weight)
        if len(rows) + 1 == lines and row != rest:
            row = (
                _fitting(rest, width - text_width("…", size, weight), size, weight, between_words=False).rstrip() + "…"
            )
        rows.append(row)
        rest = rest[len(row) :].lstrip()
    return rows


def _fitting(text: str, width: float, size: float, weight: Weight, *, between_words: bool = True) -> str:
    """The longest start of ``text`` that is no wider than ``width``; at least one character."""
    if text_width(text, size, weight) <= width:
        return text
    end = next(n for n in range(len(text) - 1, -1, -1) if n <= 1 or text_width(text[:n], size, weight) <= width)
    if between_words and " " in text[1 : end + 1]:
        end = text.rindex(" ", 1, end + 1)
    return text[: max(end, 1)]


def printable(text: str) -> str:
    """``text`` on one line, with a question mark for each character that the font has no picture of."""
    font = get_font(findfont(_font(SMALL, "normal")))
    return "".join(c if font.get_char_index(ord(c)) else "?" for c in " ".join(text.split()))


def money(amount: float, currency: str) -> str:
    """An amount with its currency: two decimals, more for shares of a cent, none where cents are noise."""
    decimals = 0 if amount >= 100_000 else 2 if amount >= 0.1 else 4
    sign = "$" if currency == "USD" else f"{currency} "
    return f"{sign}{amount:,.{decimals}f}"


def day(when: date) -> str:
    """``31 Dec 2024``: the same to readers on both sides of the Atlantic."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def _font(size: float, weight: Weight) -> FontProperties:
    return FontProperties(family=_FAMILY, size=size * _FONT_POINT, weight=weight)
