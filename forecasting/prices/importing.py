"""Importing: files as sites and programs write them, into a folder that ``CsvPrices`` reads."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd

from forecasting.errors import BadPrices, BadSettings
from forecasting.prices.files.cells import Order
from forecasting.prices.files.dividends import read_dividends
from forecasting.prices.files.folder import price_files, write_prices
from forecasting.prices.files.names import is_same_ticker, stem_of, ticker_of_download
from forecasting.prices.files.reader import NOTES, PriceFile, read_prices
from forecasting.prices.quality.gate import sound_history
from forecasting.prices.sources.csv import completed, in_shown_currency
from forecasting.sessions import NYSE, exchange_of
from forecasting.universe import Symbol

_EVER: Final = date(2199, 12, 31)


@dataclass(frozen=True)
class Imported:
    """What was written for one symbol, and how its file was understood.

    Attributes:
        target: the file written.
        first, last: days of the oldest and the newest row.
        notes: sentences on the numbers, for whoever uses them.
    """

    symbol: Symbol
    target: Path
    file: PriceFile
    rows: int
    first: date
    last: date
    notes: tuple[str, ...]


def import_file(
    path: Path, folder: Path, order: Order | None, *, replace: bool = False, done: Collection[Symbol] = ()
) -> list[Imported]:
    """Write the prices in ``path`` to ``folder``, one ``SYMBOL.csv`` for each ETF in it. If one cannot be, none is.

    Args:
        order: see ``files.cells.days``.
        replace: whether files that are there may be replaced.
        done: symbols that must not come again.

    Raises:
        BadPrices: the file cannot be understood, or holds no daily prices.
        BadSettings: there is a file for the symbol already, or the folder cannot be written to.
    """
    file = read_prices(path.name, path, order)
    frames = _by_symbol(path, file)
    ready = {
        symbol: _ready(symbol, path, folder, frame, file.currency, replace, done) for symbol, frame in frames.items()
    }
    imported = []
    for symbol, (frame, currency, about) in ready.items():
        notes = [*map(NOTES.__getitem__, file.notes), *about]
        if not write_prices(folder, symbol, frame, currency):
            notes.append(
                f"{folder / 'dividends.csv'} has other dividends of {symbol}, or other columns; it was left as it was."
            )
        days = pd.DatetimeIndex(frame.index)
        first, last = days.min().date(), days.max().date()
        imported.append(Imported(symbol, folder / f"{symbol}.csv", file, len(frame), first, last, tuple(notes)))
    return imported


def _by_symbol(path: Path, file: PriceFile) -> dict[Symbol, pd.DataFrame]:
    """The frames by symbol, which the file's content or its name tells."""
    named = ticker_of_download(stem_of(path.name))
    if len(file.frames) > 1:
        return {Symbol(ticker): frame for ticker, frame in file.frames.items()}
    ((held, frame),) = file.frames.items()
    if not held and not named:
        raise BadPrices(
            f"{path.name}: neither the content nor the name of {path} says which ETF it is. Rename it to the ticker, "
            "like SPY.csv."
        )
    if held and named and not is_same_ticker(held, named):
        raise BadPrices(
            f"{path.name}: {path} is named like {named}, but holds prices of {held}. Rename it to {held}.csv."
        )
    return {Symbol(named or held): frame}


def _ready(
    symbol: Symbol, path: Path, folder: Path, frame: pd.DataFrame, said: str, replace: bool, done: Collection[Symbol]
) -> tuple[pd.DataFrame, str, list[str]]:
    """The rows to write, oldest first, their currency, and what to say about them. Raises as ``import_file`` does."""
    target = folder / f"{symbol}.csv"
    if symbol in done:
        raise BadSettings(f"{path.name}: {path} is a second file for {symbol}. Import only the right one.")
    there = price_files(folder)[0].get(symbol, []) if folder.is_dir() else []
    if others := [other.name for other in there if other != target]:
        raise BadSettings(f"{path.name}: {folder} has {others[0]} for {symbol} already. Use --to with another folder.")
    if target.exists() and not replace:
        raise BadSettings(f"{path.name}: {target} exists already. Use --replace, or --to with another folder.")
    frame, currency = in_shown_currency(symbol, path, frame, said)
    needs_dividends = not {"adjusted", "dividend"} & set(frame.columns)
    dividends = read_dividends(folder) | read_dividends(path.parent) if needs_dividends else {}
    frame, note = completed(symbol, path, frame, dividends)
    if frame.index.is_monotonic_decreasing:
        frame = frame[::-1]
    faults = sum(finding.is_fault for finding in sound_history(symbol, "csv", frame, _EVER).findings)
    notes = [NOTES[note]] if note else []
    if exchange_of(symbol) != NYSE:
        notes.append(f"The prices are taken to be in {currency}.")
    if faults:
        notes.append(f"{faults} rows look wrong. List them: etf-forecast prices check --prices csv:{folder}")
    return frame.assign(close=frame.get("close", frame["adjusted"])), currency, notes
