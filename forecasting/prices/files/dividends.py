"""``dividends.csv``: the list of the cash dividends of a folder's ETFs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from forecasting.errors import BadPrices
from forecasting.prices.files.cells import days, decimal_sign, numbers
from forecasting.prices.files.contents import text_of
from forecasting.prices.files.table import read_table
from forecasting.universe import Symbol

DIVIDENDS: Final = "dividends"
"""Name of the file without its ending; it is not a symbol."""

HEADER: Final = "Symbol,Date,Dividends"

_NEEDED: Final = (("ticker",), ("date",), ("dividend",))


def read_dividends(folder: Path) -> dict[Symbol, pd.Series]:
    """Dividends by ex-date, in USD a share, of the symbols that ``dividends.csv`` lists; others are unknown.

    Raises:
        BadPrices: the file cannot be read, or has a dividend that is none.
    """
    path = folder / f"{DIVIDENDS}.csv"
    if not path.is_file():
        return {}
    table = read_table(DIVIDENDS, path, text_of(DIVIDENDS, path), _NEEDED)
    places = table.places[""]
    amounts = table.column(places["dividend"])
    decimal = "." if table.has_plain_numbers else decimal_sign(DIVIDENDS, path, [amounts], [])
    paid = numbers(DIVIDENDS, path, amounts, decimal)
    stamps = days(DIVIDENDS, path, table.column(places["date"]), None).stamps
    wrong = ~(np.isfinite(paid) & (paid >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise BadPrices(
            f"{DIVIDENDS}: line {paid.index[row]} of {path} has the dividend {paid.iloc[row]}. Write the USD paid per "
            "share."
        )
    symbols = table.column(places["ticker"]).astype(str).str.strip().str.upper().to_numpy()
    by_day = paid.set_axis(pd.DatetimeIndex(stamps))
    return {Symbol(str(symbol)): amounts for symbol, amounts in by_day.groupby(symbols)}


def dividend_lines(symbol: Symbol, paid: pd.Series) -> list[str]:
    """The lines of the list for dividends by ex-date, in USD a share."""
    return [
        f"{symbol},{stamp.date()},{amount!r}"
        for stamp, amount in zip(pd.DatetimeIndex(paid.index), paid.tolist(), strict=True)
    ]
