"""A folder of price files: which files it has, and writing one that ``CsvPrices`` reads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pandas as pd

from forecasting.errors import BadPrices, BadSettings
from forecasting.prices.files.contents import text_of
from forecasting.prices.files.dividends import DIVIDENDS, HEADER, dividend_lines, read_dividends
from forecasting.prices.files.names import PLAIN_SUFFIX, stem_of, suffix_of, ticker_in
from forecasting.prices.files.table import has_prices
from forecasting.prices.history import YAHOO_COLUMNS
from forecasting.sessions import currency_of
from forecasting.storage.files import replace_file
from forecasting.universe import Symbol

_WRITTEN: Final = ["open", "high", "low", "close", "adjusted", "volume"]


def price_files(folder: Path) -> tuple[dict[Symbol, list[Path]], list[Path]]:
    """The files of each symbol in ``folder``, and those whose names are no ticker.

    Raises:
        BadSettings: the folder cannot be read.
    """
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        raise BadSettings(
            f"The price folder {folder} cannot be read: {error.strerror}. Check its permissions."
        ) from None
    files: dict[Symbol, list[Path]] = {}
    misnamed = []
    for path in paths:
        stem, suffix = stem_of(path.name), suffix_of(path.name)
        if suffix is None or stem.lower() == DIVIDENDS or (suffix != PLAIN_SUFFIX and not _has_prices(path, suffix)):
            continue
        if ticker := ticker_in(stem):
            files.setdefault(Symbol(ticker), []).append(path)
        else:
            misnamed.append(path)
    return files, misnamed


def _has_prices(path: Path, suffix: str) -> bool:
    """Whether a text file is one of prices, which its ending does not say."""
    if suffix == ".parquet":
        return True
    try:
        return has_prices(text_of(path.name, path))
    except BadPrices:
        return False


def write_folder(
    folder: Path, frames: Mapping[Symbol, pd.DataFrame], currencies: Mapping[Symbol, str] | None = None
) -> None:
    """Write a folder that ``CsvPrices`` reads: a file for each frame (columns of ``PriceHistory.frame``) and dividends.

    Numbers survive the round trip to the last bit. A file is replaced as a whole or not at all.

    Args:
        currencies: of the frames' prices, where it is known.

    Raises:
        BadSettings: the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for symbol, frame in frames.items():
            text = _price_lines(symbol, frame, (currencies or {}).get(symbol))
            replace_file(folder / f"{symbol}.csv", text.encode())
        paid = {symbol: frame["dividend"][frame["dividend"] > 0] for symbol, frame in sorted(frames.items())}
        lines = [line for symbol, amounts in paid.items() for line in dividend_lines(symbol, amounts)]
        replace_file(folder / f"{DIVIDENDS}.csv", "\n".join([HEADER, *lines, ""]).encode())
    except OSError as error:
        raise _cannot_write(folder, error) from None


def write_prices(folder: Path, symbol: Symbol, frame: pd.DataFrame, currency: str) -> bool:
    """Write one file as ``write_folder`` does, and add to the list those of its dividends that are not there.

    Args:
        frame: some of the columns of ``PriceHistory.frame``.

    Returns:
        Whether the list has the frame's dividends now. One that it had before stays as it was.

    Raises:
        BadSettings: the folder cannot be written to.
        BadPrices: the list of dividends cannot be read.
    """
    paid = frame["dividend"] if "dividend" in frame else pd.Series(dtype=float)
    paid = paid[paid > 0]
    path = folder / f"{DIVIDENDS}.csv"
    listed = read_dividends(folder).get(symbol, pd.Series(dtype=float)) if len(paid) else pd.Series(dtype=float)
    new, same = paid[~paid.index.isin(listed.index)], paid[paid.index.isin(listed.index)]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        replace_file(folder / f"{symbol}.csv", _price_lines(symbol, frame, currency).encode())
        if len(new):
            before = path.read_text(encoding="utf-8-sig") if path.is_file() else f"{HEADER}\n"
            if before.split("\n", 1)[0].strip() != HEADER:
                return False
            replace_file(path, "\n".join([before.rstrip("\n"), *dividend_lines(symbol, new), ""]).encode())
    except OSError as error:
        raise _cannot_write(folder, error) from None
    return bool(same.eq(listed.groupby(level=0).sum().reindex(same.index)).all())


def _price_lines(symbol: Symbol, frame: pd.DataFrame, currency: str | None) -> str:
    """The lines of a file, which says its currency if that is not the exchange's usual one."""
    columns = {ours: theirs for theirs, ours in YAHOO_COLUMNS.items()}
    table = frame.filter(_WRITTEN).rename(columns=columns)
    if currency not in (None, currency_of(symbol)):
        table["Currency"] = currency
    return table.to_csv(index_label="Date", date_format="%Y-%m-%d")


def _cannot_write(folder: Path, error: OSError) -> BadSettings:
    return BadSettings(f"The folder {folder} cannot be written: {error.strerror}. Check its permissions.")
