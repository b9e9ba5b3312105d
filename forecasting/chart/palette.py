"""The colours of the two themes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from forecasting.report import Theme


@dataclass(frozen=True)
class Palette:
    """Colours of a theme. Shades differ in lightness enough to be told apart in grey.

    Attributes:
        background: Discord's own, so that the picture has no frame.
        text, quiet: of text, at least 4.5 : 1 against the background.
        line: of closes, medians and markers.
        grid: of lines that may be overlooked.
        edge: outline of bands and bars, at least 3 : 1 against the background.
        bands: of the 95%, 80% and 50% band.
        series: one for each of several ETFs, after Okabe and Ito, at least 4.5 : 1 against the background, and far
            apart to a deuteranopic eye too. Each has dashes, a marker and labels of its own besides.
        flag, on_flag: of the box that no reader may overlook, and of the text on it.
    """

    background: str
    text: str
    quiet: str
    line: str
    grid: str
    edge: str
    bands: tuple[str, str, str]
    series: tuple[str, ...]
    flag: str = "#f0b232"
    on_flag: str = "#1e1f22"


MARKERS: Final = ("o", "s", "^", "D", "v", "P")
"""Of the series, in matplotlib's names."""

DASHES: Final[tuple[tuple[float, ...], ...]] = (
    (1, 0),
    (5, 1.5),
    (1.2, 1.2),
    (5, 1.5, 1.2, 1.5),
    (2.5, 1.5),
    (8, 1.5, 1.2, 1.5, 1.2, 1.5),
)
"""Of the series, in widths of the line: drawn and left out by turns."""

PALETTES: Final[Mapping[Theme, Palette]] = {
    "dark": Palette(
        background="#313338",
        text="#f2f3f5",
        quiet="#c4c9d0",
        line="#ffffff",
        grid="#4a4d55",
        edge="#8fa3c4",
        bands=("#3f4f6e", "#4c6699", "#5f84c9"),
        series=("#4ca7eb", "#e1853f", "#03b174", "#ffe718", "#f4e2f0", "#fdfab4"),
    ),
    "light": Palette(
        background="#ffffff",
        text="#1e1f22",
        quiet="#4e5058",
        line="#101114",
        grid="#d9dbdf",
        edge="#5f7396",
        bands=("#dfe9fa", "#b3cbf2", "#7ea6e6"),
        series=("#0d3b6c", "#e12e00", "#007b51", "#674300", "#b94097", "#2c2207"),
    ),
}
