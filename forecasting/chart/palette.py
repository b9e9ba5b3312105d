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
        negative: of correlations below 0; those above are in a colour of the bands.
        series: one for each of several ETFs, after Okabe and Ito, at least 4.5 : 1 against the background. Each has a
            marker and a label too, for readers who cannot tell the colours apart.
        flag, on_flag: of the box that no reader may overlook, and of the text on it.
    """

    background: str
    text: str
    quiet: str
    line: str
    grid: str
    edge: str
    bands: tuple[str, str, str]
    negative: str
    series: tuple[str, ...]
    flag: str = "#f0b232"
    on_flag: str = "#1e1f22"


MARKERS: Final = ("o", "s", "^", "D", "v", "P")
"""Of the series, in matplotlib's names."""

PALETTES: Final[Mapping[Theme, Palette]] = {
    "dark": Palette(
        background="#313338",
        text="#f2f3f5",
        quiet="#c4c9d0",
        line="#ffffff",
        grid="#4a4d55",
        edge="#8fa3c4",
        bands=("#3f4f6e", "#4c6699", "#5f84c9"),
        negative="#84572b",
        series=("#7cc4f5", "#f0b03c", "#4fd6ab", "#ff8f66", "#f2e56b", "#e3a1cb"),
    ),
    "light": Palette(
        background="#ffffff",
        text="#1e1f22",
        quiet="#4e5058",
        line="#101114",
        grid="#d9dbdf",
        edge="#5f7396",
        bands=("#dfe9fa", "#b3cbf2", "#7ea6e6"),
        negative="#f0b97a",
        series=("#0067a3", "#a85b00", "#00785a", "#c01d2e", "#6b5b00", "#963a73"),
    ),
}
