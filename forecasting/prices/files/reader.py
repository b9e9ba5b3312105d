"""PriceFile: what a file of prices holds, in the columns of ``PriceHistory``, and how it was understood."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices
from forecasting.prices.files.adjusting import by_row, without_splits
from forecasting.prices.files.cells import Order, currencies, days, decimal_sign, is_date, numbers
from forecasting.prices.files.contents import text_of
from forecasting.prices.files.layouts import THREE_LINES, Layout, layout_of
from forecasting.prices.files.names import is_same_ticker, ticker_in
from forecasting.prices.files.table import PRICES_NEEDED, Table, read_table
from forecasting.prices.history import Mask
from forecasting.sessions import CURRENCIES

_PRICES: Final = ("open", "high", "low", "close", "adjusted")
_NUMBERS: Final = (*_PRICES, "volume", "dividend", "gain", "split")

_EXPLANATION: Final = re.compile(r"[ \n]*(?:Adjusted c|C)lose price adjusted for splits[^\t\n]*\n?(?=\t)")
"""What Yahoo's page says below its names of columns."""

_HEAD: Final = 2_000  # characters in which the names stand

_EVENT: Final = r"^\s*([\d.,:/e-]+)\s*(dividende?|capital gains?|stock splits?|aktiensplits?|fractionnements?)\s*$"
"""A line of Yahoo's page between its prices: ``0.45 Dividend``, ``2:1 Stock Splits``."""

Note = Literal["adjusted already", "splits removed", "adjusted here", "closes alone", "lines of text left out"]

NOTES: Final[Mapping[Note, str]] = {
    "adjusted already": "The prices are adjusted for dividends already; past closes are not those that were quoted.",
    "splits removed": "The prices were as traded; those before a split are now in today's shares.",
    "adjusted here": "Adjusted closes were computed from the closes and dividends.",
    "closes alone": "There are closes alone. If they are not adjusted for dividends, each dividend looks like a fall.",
    "lines of text left out": "Lines of text among the prices were left out.",
}
"""What a reader should know about the numbers of a file."""


@dataclass(frozen=True)
class PriceFile:
    """What was read.

    Attributes:
        frames: by ticker, as far as the file says it, else by ``""``: rows in the file's order, indexed by day, with
            some of the columns of ``PriceHistory.frame``. Files with closes alone have no ``adjusted``; files with
            adjusted prices alone have no ``close``.
        layout: what the layout is called.
        dates: how dates are written.
        columns, unused: names of the columns that were used, and of the others.
        notes: see NOTES.
        currency: what the file says that its prices are in, as a code or a sign; ``""`` if it does not say it.
    """

    frames: Mapping[str, pd.DataFrame]
    layout: str
    dates: str
    columns: tuple[str, ...]
    unused: tuple[str, ...]
    notes: tuple[Note, ...]
    currency: str = ""

    def of(self, ticker: str, path: Path) -> pd.DataFrame:
        """The rows of ``ticker``; those of a file that names no ticker are anybody's.

        Raises:
            BadPrices: the file holds other tickers' prices.
        """
        for name, frame in self.frames.items():
            if name in (ticker, "") or (len(self.frames) == 1 and is_same_ticker(name, ticker)):
                return frame
        held = ", ".join(sorted(self.frames)[:5])
        raise BadPrices(f"{ticker}: {path} holds prices of {held}. Import it: etf-forecast prices import FILE.")


def read_prices(what: str, path: Path, order: Order | None = None) -> PriceFile:
    """Read a file of daily prices in any of the layouts of ``layouts``.

    Args:
        what: whose prices they should be; errors start with it.
        order: see ``cells.days``.

    Raises:
        BadPrices: the file cannot be read, or a cell or date in it cannot be understood.
    """
    table = read_table(what, path, _with_names_on_one_line(text_of(what, path)), PRICES_NEEDED)
    layout = THREE_LINES if table.has_three_lines else layout_of(table.names)
    notes: list[Note] = []
    date = next(iter(table.places.values()))["date"]
    rows = _without_remarks(table, date)
    if rows is not table:
        table = rows
        notes.append("lines of text left out")
    if table.cells.empty:
        raise BadPrices(f"{what}: {path} has no rows. Fill the file or remove it.")
    dates = days(what, path, table.column(date), order)
    decimal = _decimal(what, path, table)
    priced, paid = _between_prices(what, path, table, date, dates.stamps, decimal)
    table, index = table.only(priced), pd.DatetimeIndex(dates.stamps[priced], name="Date")
    frames = _frames(what, path, table, index, decimal)
    if len(paid):
        frames = {ticker: frame.assign(dividend=by_row(paid, index)) for ticker, frame in frames.items()}
    for ticker, frame in frames.items():
        frames[ticker] = _on_one_level(frame, layout, notes)
    places = {place for places in table.places.values() for place in places.values()}
    used = dict.fromkeys(name for place, name in enumerate(table.names) if place in places)
    unused = dict.fromkeys(name for place, name in enumerate(table.names) if name and place not in places)
    currency = _currency(what, path, table)
    return PriceFile(frames, layout.label, dates.how, tuple(used), tuple(unused), tuple(dict.fromkeys(notes)), currency)


def _with_names_on_one_line(text: str) -> str:
    head, tail = text[:_HEAD], text[_HEAD:]
    return _EXPLANATION.sub("", head) + tail if "price adjusted for splits" in head else text


def _without_remarks(table: Table, date: int) -> Table:
    """Without the lines of text: those with one cell that is no date, and those without a single digit.

    The latter are remarks, and names or units of columns once more.
    """
    texts = {line: cell for line, cell in table.column(date).dropna().items() if not is_date(cell) and _is_text(cell)}
    rows = table.cells.loc[list(texts)]
    alone = rows.notna().sum(axis=1) == 1
    wordy = ~rows.astype(str).apply(lambda column: column.str.contains(r"\d")).any(axis=1)
    remarks = rows.index[alone | wordy]
    return table.only(~table.cells.index.isin(remarks)) if len(remarks) else table


def _is_text(cell: str) -> bool:
    return any(map(str.isalpha, cell))


def _between_prices(
    what: str, path: Path, table: Table, date: int, stamps: pd.Series, decimal: str
) -> tuple[Mask, pd.Series]:
    """Which rows have prices, and the dividends and capital gains by day that the lines between them tell."""
    none = np.ones(len(table.cells), dtype=bool), pd.Series(dtype=float)
    if date + 1 >= len(table.names) or pd.api.types.is_numeric_dtype(table.column(date + 1)):
        return none
    found = table.column(date + 1).str.extract(_EVENT, flags=re.IGNORECASE)
    priced = found[1].isna().to_numpy()
    if priced.all():
        return none
    paid = found[1].str.contains("dividend|gain", case=False, na=False).to_numpy(dtype=bool)
    amounts = numbers(what, path, found[0][paid].rename("Dividends"), decimal)
    return priced, amounts.set_axis(pd.DatetimeIndex(stamps[paid]))


def _decimal(what: str, path: Path, table: Table) -> str:
    if table.has_plain_numbers:
        return "."
    roles = {place: role for places in table.places.values() for role, place in places.items()}
    columns = {place: table.column(place) for place in range(len(table.names))}
    prices = [column for place, column in columns.items() if roles.get(place) in _PRICES]
    others = [column for place, column in columns.items() if roles.get(place) not in (*_PRICES, "date", "ticker")]
    return decimal_sign(what, path, prices, others)


def _currency(what: str, path: Path, table: Table) -> str:
    found: set[str] = set()
    for places in table.places.values():
        if "currency" in places:
            found |= CURRENCIES & set(table.column(places["currency"]).dropna().str.strip())
        else:
            found |= currencies(table.column(places["close" if "close" in places else "adjusted"]))
    if len(found) > 1:
        raise BadPrices(f"{what}: {path} has prices in {' and '.join(sorted(found))}. Split it into a file for each.")
    return found.pop() if found else ""


def _frames(what: str, path: Path, table: Table, index: pd.DatetimeIndex, decimal: str) -> dict[str, pd.DataFrame]:
    frames = {}
    for ticker, places in table.places.items():
        read = {
            role: numbers(what, path, table.column(places[role]), decimal).to_numpy()
            for role in _NUMBERS
            if role in places
        }
        frame = pd.DataFrame(read, index=index)
        if "gain" in frame:
            frame["dividend"] = frame.get("dividend", 0.0) + frame.pop("gain").fillna(0.0)
        if len(table.places) > 1:
            frame = frame.dropna(how="all")  # another ticker has this day
        frames[ticker_in(ticker) or ""] = frame
    if "ticker" in table.places.get("", {}):
        named = table.column(table.places[""]["ticker"]).map(ticker_in, na_action="ignore").to_numpy()
        if pd.notna(named).all():
            return {str(ticker): rows for ticker, rows in frames[""].groupby(named)}
    return frames


def _on_one_level(frame: pd.DataFrame, layout: Layout, notes: list[Note]) -> pd.DataFrame:
    """Prices on one level, whatever the layout's closes are."""
    closes = layout.closes
    if "adjusted" not in frame and closes == "adjusted":
        notes.append("adjusted already")
        return frame.rename(columns={"close": "adjusted"}).drop(columns="dividend", errors="ignore")
    if "close" in frame and closes == "as traded":
        if "split" in frame:
            on_level = without_splits(frame)
            if on_level is not frame:
                notes.append("splits removed")
            frame = on_level
        elif "adjusted" in frame:
            notes.append("adjusted already")
            ratio = frame["adjusted"] / frame["close"]
            scaled = {name: frame[name] * ratio for name in ("open", "high", "low") if name in frame}
            return frame.assign(**scaled).drop(columns=["close", "dividend"], errors="ignore")
    if "split" in frame:
        frame = frame.assign(split=frame["split"].where(frame["split"] != 1, 0.0))
    return frame
