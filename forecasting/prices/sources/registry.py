"""The price sources. A new one touches two files: its own, ``sources/NAME.py``, and the list here.

Nothing here loads a source before it is opened: the bot reads names and labels, and must start without pandas.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, cast

from forecasting.errors import BadSettings
from forecasting.sessions import utc_now
from forecasting.storage.files import path_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from forecasting.prices.history import PriceSource


@dataclass(frozen=True)
class Opening:
    """What a source is opened with: the argument of ``open_prices`` in each source's file.

    Attributes:
        folder: ``DIR`` of ``csv:DIR``; None for sources that take no folder.
        var: writable folder for caches, which need not exist yet.
        as_written: give every row as it came instead of leaving out faulty ones, if the source can.
    """

    folder: Path | None
    var: Path
    as_written: bool


@dataclass(frozen=True)
class Source:
    """What the rest of the program knows of a price source.

    Attributes:
        name: how PRICES and ``--prices`` spell it, the name of its file, and part of the key of everything made from
            its prices; at most 16 characters.
        label: its prices in words, for people: "Made from {label}".
        takes_folder: spelt ``NAME:DIR``. Its prices are the folder's files, all of which models learn from, and end
            where the files end.
        is_stored: it is asked over a network, so its answers are kept in the database. Its ``open_prices`` gives a
            ``Fetcher``.
        has_extra_etfs: models also learn from the extra training ETFs (the setting TEACHERS).
        is_invented: no real ETF had such prices, and every picture has to say so.
        terms: what the vendor demands of whoever fetches or exports its prices.
    """

    name: str
    label: str
    takes_folder: bool = False
    is_stored: bool = False
    has_extra_etfs: bool = False
    is_invented: bool = False
    terms: str = ""

    @property
    def form(self) -> str:
        """What to write: ``yahoo``, ``csv:DIR``."""
        return f"{self.name}:DIR" if self.takes_folder else self.name


VAR: Final = Path("var")
"""Where sources keep their caches, in the working folder."""

SOURCES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        source.name: source
        for source in (
            Source(
                "yahoo",
                "Yahoo Finance prices",
                is_stored=True,
                has_extra_etfs=True,
                terms="Prices from Yahoo are for personal use only; its terms forbid passing them on.",
            ),
            Source("csv", "prices from CSV", takes_folder=True),
            Source("simulated", "simulated prices", is_invented=True),
        )
    }
)

FORMS: Final = ", ".join(source.form for source in SOURCES.values())
"""Every source as it is spelt: ``yahoo, csv:DIR, simulated``."""


def find_source(text: str, *, to_open: bool = True) -> tuple[Source, Path | None]:
    """The source that ``text`` names, and its folder, which need not exist.

    Args:
        text: ``yahoo``, ``csv:DIR`` or ``simulated``.
        to_open: False accepts plain ``csv`` too, enough to read what is stored.

    Raises:
        BadSettings: it names none.
    """
    name, colon, folder = text.strip().partition(":")
    source = SOURCES.get(name.lower())
    if source is None or (source.takes_folder and to_open and not folder) or (colon and not source.takes_folder):
        raise BadSettings(f"{text!r} is not a price source. PRICES or --prices can be: {FORMS}.")
    try:
        return source, path_of(folder) if folder else None
    except ValueError as error:
        raise BadSettings(str(error)) from None


def source_named(name: str) -> Source:
    """The source of stored things; one that is no longer registered is described by its name."""
    return SOURCES.get(name) or Source(name, f"{name} prices")


def open_source(text: str, engine: Engine | None = None, var: Path = VAR, *, as_written: bool = False) -> PriceSource:
    """The source that ``text`` names: ``yahoo``, ``csv:DIR`` or ``simulated``.

    Args:
        engine: the database that keeps fetched prices; without one, every history is fetched whole.
        var, as_written: see ``Opening``.

    Raises:
        BadSettings: ``text`` has none of these forms, or the folder cannot be read.
    """
    source, folder = find_source(text)
    module = import_module(f"forecasting.prices.sources.{source.name}")
    opened = module.open_prices(Opening(folder, var, as_written))
    if source.is_stored and engine is not None:
        from forecasting.prices.store.store import PriceStore
        from forecasting.prices.store.stored import StoredPrices

        opened = StoredPrices(opened, PriceStore(engine, source.name), utc_now)
    return cast("PriceSource", opened)
