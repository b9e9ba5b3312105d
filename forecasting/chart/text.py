"""Text on a sheet: how wide it is, and how it breaks into lines."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final, Literal

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

from forecasting.chart.words import ENGLISH, Words
from forecasting.prices.sources import registry

SMALL: Final = 9
"""Size of the smallest text. Below it a phone's reader has to zoom."""
NORMAL: Final = 10
TITLE: Final = 14
LINE: Final = 1.3
"""Distance of two lines of text in sizes of their font."""
ROW: Final = SMALL * LINE
"""Height of a line of the smallest text."""

PIXELS: Final = 3
"""A side of a sheet's point: phones have two or three real pixels for each one."""
DPI: Final = 144
FONT_POINT: Final = PIXELS * 72 / DPI
"""A sheet's point in the points that matplotlib gives sizes of fonts and widths of lines in."""

_FAMILY = "DejaVu Sans"  # comes with matplotlib, so that charts are alike everywhere

Weight = Literal["normal", "bold"]


def font_of(size: float, weight: Weight) -> FontProperties:
    """The font of all text, ``size`` points of the sheet high."""
    return FontProperties(family=_FAMILY, size=size * FONT_POINT, weight=weight)


def text_width(text: str, size: float = SMALL, weight: Weight = "normal") -> float:
    """Width of a line of text in points of the sheet."""
    font = get_font(findfont(font_of(size, weight)))
    font.set_size(size * FONT_POINT, DPI)
    font.set_text(text, 0.0, flags=LoadFlags.DEFAULT)
    width, _ = font.get_width_height()
    return float(width) / 64 / PIXELS  # FreeType counts in 64ths of a pixel


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
    fitting = bisect_right(range(len(text)), width, key=lambda end: text_width(text[:end], size, weight))
    end = max(fitting - 1, 1)
    if between_words and " " in text[1 : end + 1]:
        end = text.rindex(" ", 1, end + 1)
    return text[:end]


def printable(text: str) -> str:
    """``text`` on one line, with a question mark for each character that the font has no picture of."""
    font = get_font(findfont(font_of(SMALL, "normal")))
    return "".join(c if font.get_char_index(ord(c)) else "?" for c in " ".join(text.split()))


def source_in_words(source: str, words: Words = ENGLISH) -> str:
    """``Yahoo Finance prices``: where a report's prices are from."""
    if source in registry.SOURCES:
        return words(f"picture.source.{source}")
    return words("picture.source", name=printable(source))


def is_invented(source: str) -> bool:
    """Whether no real ETF had the prices of a source."""
    known = registry.SOURCES.get(source)
    return known is not None and known.is_invented
