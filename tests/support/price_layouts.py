"""One history, written as each site and program writes prices. Headers are those of real exports."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Final

import pandas as pd

from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.universe import Symbol

Write = Callable[[pd.DataFrame], bytes]

_MONTHS_DE: Final = "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.".split()  # noqa: SIM905
_MONTHS_FR: Final = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()  # noqa: SIM905


def example() -> pd.DataFrame:
    """A year and a half of SPY, with dividends. Whole volumes; prices with all digits of a float."""
    frame = SimulatedPrices().history(Symbol("SPY"), date(2024, 12, 31)).frame.loc["2023-06":]
    return frame.assign(volume=frame["volume"].round())


def iso(day: pd.Timestamp) -> str:
    return day.strftime("%Y-%m-%d")


def us(day: pd.Timestamp) -> str:
    return day.strftime("%m/%d/%Y")


def german(day: pd.Timestamp) -> str:
    return day.strftime("%d.%m.%Y")


def plain(number: float) -> str:
    return str(int(number)) if number.is_integer() else repr(number)


def commas(number: float) -> str:
    """1,234,567.5"""
    whole, _, decimals = plain(number).partition(".")
    return f"{int(whole):,}" + (f".{decimals}" if decimals else "")


def continental(number: float) -> str:
    """1.234.567,5"""
    return commas(number).translate(str.maketrans(",.", ".,"))


def french(number: float) -> str:
    """1 234 567,5"""
    return continental(number).replace(".", "\u202f")


def millions(number: float) -> str:
    return f"{number / 1e6:.2f}M"


def dollars(number: float) -> str:
    return f"${plain(number)}"


def rows(
    frame: pd.DataFrame,
    header: str,
    cells: dict[str, Callable[[float], str]],
    day: Callable[[pd.Timestamp], str] = iso,
    separator: str = ",",
    newest_first: bool = False,
) -> str:
    """The lines of a file: the day, then a cell of each column of ``cells``; names not in the frame are constants."""
    lines = [
        separator.join(
            [
                day(stamp),
                *(write(float(row[name])) if name in frame else write(0.0) for name, write in cells.items()),
            ]
        )
        for stamp, row in frame.iterrows()
        if isinstance(stamp, pd.Timestamp)
    ]
    return "\n".join([header, *(reversed(lines) if newest_first else lines), ""])


def _ohlc(write: Callable[[float], str], *more: str) -> dict[str, Callable[[float], str]]:
    return dict.fromkeys(("open", "high", "low", "close", *more), write)


def _always(text: str) -> Callable[[float], str]:
    return lambda _: text


def own(frame: pd.DataFrame) -> bytes:
    return rows(frame, "Date,Open,High,Low,Close,Adj Close,Volume", _ohlc(plain, "adjusted", "volume")).encode()


def download(frame: pd.DataFrame) -> bytes:
    header = "Price,Adj Close,Close,High,Low,Open,Volume\nTicker,SPY,SPY,SPY,SPY,SPY,SPY\nDate,,,,,,"
    cells = dict.fromkeys(("adjusted", "close", "high", "low", "open", "volume"), plain)
    return rows(frame, header, cells).encode()


def _adjusted(frame: pd.DataFrame) -> pd.DataFrame:
    """All prices adjusted for dividends, as yfinance gives them by default."""
    ratio = frame["adjusted"] / frame["close"]
    return frame.assign(**{name: frame[name] * ratio for name in ("open", "high", "low")})


def download_adjusted(frame: pd.DataFrame) -> bytes:
    header = "Price,Close,High,Low,Open,Volume\nTicker,SPY,SPY,SPY,SPY,SPY\nDate,,,,,"
    cells = dict.fromkeys(("adjusted", "high", "low", "open", "volume"), plain)
    return rows(_adjusted(frame), header, cells).encode()


def ticker_history(frame: pd.DataFrame) -> bytes:
    header = "Date,Open,High,Low,Close,Volume,Dividends,Stock Splits,Capital Gains"
    cells = dict.fromkeys(("open", "high", "low", "adjusted", "volume", "dividend", "split", "gains"), repr)
    return rows(_adjusted(frame), header, cells, lambda day: f"{iso(day)} 00:00:00-05:00").encode()


def ticker_history_unadjusted(frame: pd.DataFrame) -> bytes:
    header = "Date,Open,High,Low,Close,Adj Close,Volume,Dividends,Stock Splits"
    cells = _ohlc(repr, "adjusted", "volume", "dividend", "split")
    return rows(frame, header, cells, lambda day: f"{iso(day)} 00:00:00-05:00").encode()


def nasdaq(frame: pd.DataFrame) -> bytes:
    cells = {"close": dollars, "volume": plain, "open": dollars, "high": dollars, "low": dollars}
    return rows(frame, "Date,Close/Last,Volume,Open,High,Low", cells, us, newest_first=True).encode()


def stooq(frame: pd.DataFrame) -> bytes:
    header = "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>"
    cells = {"time": _always("000000"), **_ohlc(plain, "volume"), "interest": _always("0")}
    return rows(frame, header, cells, lambda day: f"SPY.US,D,{day:%Y%m%d}").replace("\n", "\r\n").encode()


def stooq_polish(frame: pd.DataFrame) -> bytes:
    return rows(frame, "Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen", _ohlc(plain, "volume")).encode()


def stooq_english(frame: pd.DataFrame) -> bytes:
    return rows(frame, "Date,Open,High,Low,Close,Volume", _ohlc(plain, "volume")).encode()


def _quoted(write: Callable[[float], str]) -> Callable[[float], str]:
    return lambda number: f'"{write(number)}"'


def investing(frame: pd.DataFrame) -> bytes:
    header = '"Date","Price","Open","High","Low","Vol.","Change %"'
    cells = dict.fromkeys(("close", "open", "high", "low"), _quoted(commas))
    cells |= {"volume": _quoted(millions), "change": _always('"-0.29%"')}
    return rows(frame, header, cells, lambda day: f'"{us(day)}"', newest_first=True).encode("utf-8-sig")


def investing_french(frame: pd.DataFrame) -> bytes:
    header = '"Date","Dernier","Ouv."," Plus Haut","Plus Bas","Vol.","Variation %"'
    cells = dict.fromkeys(("close", "open", "high", "low"), _quoted(continental))
    cells |= {"volume": _quoted(lambda number: millions(number).replace(".", ",")), "change": _always('"-0,29%"')}
    return rows(frame, header, cells, lambda day: f'"{day:%d/%m/%Y}"', newest_first=True).encode("utf-8-sig")


def tiingo(frame: pd.DataFrame) -> bytes:
    header = "date,close,high,low,open,volume,adjClose,adjHigh,adjLow,adjOpen,adjVolume,divCash,splitFactor"
    cells = dict.fromkeys(("close", "high", "low", "open", "volume", "adjusted"), plain)
    cells |= dict.fromkeys(("adjHigh", "adjLow", "adjOpen", "adjVolume"), plain)
    return rows(frame, header, cells | {"dividend": repr, "factor": _always("1.0")}).encode()


def alpha_vantage(frame: pd.DataFrame) -> bytes:
    header = "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient"
    cells = _ohlc(plain, "adjusted", "volume", "dividend") | {"factor": _always("1.0")}
    return rows(frame, header, cells, newest_first=True).replace("\n", "\r\n").encode()


def alpha_vantage_daily(frame: pd.DataFrame) -> bytes:
    return rows(frame, "timestamp,open,high,low,close,volume", _ohlc(plain, "volume"), newest_first=True).encode()


def eodhd(frame: pd.DataFrame) -> bytes:
    return rows(frame, "Date,Open,High,Low,Close,Adjusted_close,Volume", _ohlc(plain, "adjusted", "volume")).encode()


def barchart(frame: pd.DataFrame) -> bytes:
    cells = _ohlc(plain) | {"change": _always("1.42"), "percent": _always("+0.41%"), "volume": plain}
    text = rows(frame, "Time,Open,High,Low,Latest,Change,%Change,Volume", cells, newest_first=True)
    return f'{text}"Downloaded from Barchart.com as of 11-28-2026 02:31am CST"\n'.encode()


def tradingview(frame: pd.DataFrame) -> bytes:
    opening = pd.Timedelta(hours=14, minutes=30)
    cells = _ohlc(plain, "volume")
    return rows(
        frame, "time,open,high,low,close,Volume", cells, lambda day: str(int((day + opening).timestamp()))
    ).encode()


def marketwatch(frame: pd.DataFrame) -> bytes:
    cells = _ohlc(plain) | {"volume": _quoted(commas)}
    return rows(frame, "Date,Open,High,Low,Close,Volume", cells, us, newest_first=True).encode()


def nameless_index(frame: pd.DataFrame) -> bytes:
    return rows(frame, ",Open,High,Low,Close,Adj Close,Volume", _ohlc(plain, "adjusted", "volume")).encode()


def quandl(frame: pd.DataFrame) -> bytes:
    header = (
        "Date,Open,High,Low,Close,Volume,Ex-Dividend,Split Ratio,Adj. Open,Adj. High,Adj. Low,Adj. Close,Adj. Volume"
    )
    cells = _ohlc(plain, "volume", "dividend") | {"ratio": _always("1.0")}
    cells |= dict.fromkeys(("adjOpen", "adjHigh", "adjLow", "adjusted", "adjVolume"), plain)
    return rows(frame, header, cells).encode()


def quantmod(frame: pd.DataFrame) -> bytes:
    header = '"Index","SPY.Open","SPY.High","SPY.Low","SPY.Close","SPY.Volume","SPY.Adjusted"'
    return rows(frame, header, _ohlc(plain, "volume", "adjusted")).encode()


def google_sheets(frame: pd.DataFrame) -> bytes:
    return rows(
        frame, "Date,Open,High,Low,Close,Volume", _ohlc(plain, "volume"), lambda day: f"{day:%-m/%-d/%Y} 16:00:00"
    ).encode()


def _page(
    frame: pd.DataFrame, header: str, write: Callable[[float], str], day: Callable[[pd.Timestamp], str], word: str
) -> bytes:
    """Lines of Yahoo's page, newest first, with a line for each dividend above its day."""
    names, *lines = rows(frame, header, _ohlc(write, "adjusted", "volume"), day, "\t").splitlines()
    shown = []
    for line, (stamp, paid) in zip(lines, frame["dividend"].items(), strict=True):
        shown.append(line)
        if paid > 0 and isinstance(stamp, pd.Timestamp):
            shown.append(f"{day(stamp)}\t{write(paid)} {word}")
    return "\n".join([names, *reversed(shown), ""]).encode()


def yahoo_page(frame: pd.DataFrame) -> bytes:
    header = "Date\tOpen\tHigh\tLow\tClose*\tAdj Close**\tVolume"
    return _page(frame, header, commas, lambda day: f"{day:%b %-d, %Y}", "Dividend")


def yahoo_page_explained(frame: pd.DataFrame) -> bytes:
    """As browsers copy it: what a pointer would show stands in lines of its own."""
    explained = (
        b"Close \nClose price adjusted for splits.\n\tAdj Close \n"
        b"Adjusted close price adjusted for splits and dividend and/or capital gain distributions.\n\t"
    )
    return yahoo_page(frame).replace(b"Close*\tAdj Close**\t", explained)


def yahoo_page_german(frame: pd.DataFrame) -> bytes:
    header = "Datum\tOffen\tHoch\tTief\tSchluss*\tBereinigter Schluss**\tVolumen"
    return _page(
        frame, header, continental, lambda day: f"{day.day}. {_MONTHS_DE[day.month - 1]} {day.year}", "Dividende"
    )


def german_sheet(frame: pd.DataFrame) -> bytes:
    header = "Datum;Eröffnung;Hoch;Tief;Schlusskurs;Bereinigter Schlusskurs;Volumen"
    return rows(frame, header, _ohlc(continental, "adjusted", "volume"), german, ";").encode("utf-8-sig")


def german_sheet_windows(frame: pd.DataFrame) -> bytes:
    header = "Datum;Eröffnung;Hoch;Tief;Schluss;Adj. Schlusskurs;Volumen"
    text = rows(frame, header, _ohlc(lambda number: f"{continental(number)} €", "adjusted"), german, ";")
    return text.replace("\n", "\r\n").encode("cp1252")


def french_sheet(frame: pd.DataFrame) -> bytes:
    header = "Date;Ouverture;Plus haut;Plus bas;Clôture;Clôture ajustée;Volume"
    return rows(frame, header, _ohlc(french, "adjusted", "volume"), lambda day: f"{day:%d/%m/%Y}", ";").encode()


def french_words(frame: pd.DataFrame) -> bytes:
    def day(stamp: pd.Timestamp) -> str:
        return f"{stamp.day} {_MONTHS_FR[stamp.month - 1]} {stamp.year}"

    return rows(frame, "Date;Clôture;Clôture ajustée", dict.fromkeys(("close", "adjusted"), french), day, ";").encode()


def onvista(frame: pd.DataFrame) -> bytes:
    header = "SPDR S&P 500 (WKN: 898706 Börse: NYSE Arca)\n\nDatum;Eröffnung;Hoch;Tief;Schluss;Volumen"
    return rows(frame, header, _ohlc(continental, "volume"), german, ";", newest_first=True).encode("cp1252")


def ariva(frame: pd.DataFrame) -> bytes:
    header = "Datum;Erster;Hoch;Tief;Schlusskurs;Stuecke;Volumen"
    cells = _ohlc(continental, "volume") | {"turnover": _always("9.876.543,21")}
    return rows(frame, header, cells, separator=";", newest_first=True).encode()


def boursorama(frame: pd.DataFrame) -> bytes:
    cells = _ohlc(plain, "volume") | {"currency": _always("USD"), "nothing": _always("")}
    return rows(
        frame, "date\touv\thaut\tbas\tclot\tvol\tdevise\t", cells, lambda day: f"{day:%d/%m/%Y} 00:00", "\t"
    ).encode()


def excel_separator(frame: pd.DataFrame) -> bytes:
    """Excel reads the first line, which names the separator."""
    return b"sep=;\r\n" + german_sheet_windows(frame)


def spreadsheet_days(frame: pd.DataFrame) -> bytes:
    """Days as a spreadsheet counts them, which it shows as dates only where a cell is formatted so."""
    start = pd.Timestamp(1899, 12, 30)
    header = "Date;Open;High;Low;Close;Adj Close;Volume"
    return rows(
        frame, header, _ohlc(continental, "adjusted", "volume"), lambda day: str((day - start).days), ";"
    ).encode()


def google_finance(frame: pd.DataFrame) -> bytes:
    return rows(
        frame, "Date,Close", {"close": plain}, lambda day: f'"{day:%b %-d, %Y}, 4:00:00 PM"', newest_first=True
    ).encode()


def just_etf(frame: pd.DataFrame) -> bytes:
    return rows(frame, "Datum;Kurs in USD", {"close": continental}, german, ";").encode()


def swiss_sheet(frame: pd.DataFrame) -> bytes:
    def thousands(number: float) -> str:
        return commas(number).replace(",", "’")

    header = "Datum\tEröffnung\tHoch\tTief\tSchluss\tBereinigter Schluss\tVolumen"
    return rows(frame, header, _ohlc(thousands, "adjusted", "volume"), german, "\t").encode()


def dutch(frame: pd.DataFrame) -> bytes:
    header = "Datum;Openen;Hoogste;Laagste;Slot;Volume"
    return rows(frame, header, _ohlc(continental, "volume"), lambda day: f"{day:%d-%m-%Y}", ";").encode()


def portuguese(frame: pd.DataFrame) -> bytes:
    header = '"Data","Último","Abertura","Máxima","Mínima","Vol.","Var%"'
    cells = dict.fromkeys(("close", "open", "high", "low"), _quoted(continental))
    cells |= {"volume": _quoted(lambda number: millions(number).replace(".", ",")), "change": _always('"-0,29%"')}
    return rows(frame, header, cells, lambda day: f'"{german(day)}"', newest_first=True).encode("utf-8-sig")


def japanese(frame: pd.DataFrame) -> bytes:
    header = "日付,始値,高値,安値,終値,出来高"
    return rows(frame, header, _ohlc(plain, "volume"), lambda day: f"{day.year}年{day.month}月{day.day}日").encode(
        "cp932"
    )


def euronext(frame: pd.DataFrame) -> bytes:
    header = '"Historical Data"\n"From 2023-06-01 to 2024-12-31"\nIE00B3XXRP09\n'
    header += "Date;Open;High;Low;Last;Close;Number of Shares;Number of Trades;Turnover;vwap"
    last = {"open": plain, "high": plain, "low": plain, "last": _always("1"), "close": plain, "volume": plain}
    cells = last | {"trades": _always("5"), "turnover": _always("100"), "vwap": _always("1")}
    return rows(frame, header, cells, lambda day: f"{day:%d/%m/%Y}", ";", newest_first=True).encode()


def metastock(frame: pd.DataFrame) -> bytes:
    header = "<TICKER>,<PER>,<DTYYYYMMDD>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>"
    cells = {"time": _always("000000"), **_ohlc(plain, "volume"), "interest": _always("0")}
    return rows(frame, header, cells, lambda day: f"SPY,D,{day:%Y%m%d}").encode()


def utf16(frame: pd.DataFrame) -> bytes:
    return own(frame).decode().replace(",", "\t").encode("utf-16")


def packed(frame: pd.DataFrame) -> bytes:
    return gzip.compress(own(frame), mtime=0)


def parquet(frame: pd.DataFrame) -> bytes:
    """As ``yf.Ticker(…).history(auto_adjust=False).to_parquet`` writes it; needs pyarrow."""
    names = {
        "open": "Open", "high": "High", "low": "Low", "close": "Close", "adjusted": "Adj Close", "volume": "Volume",
        "dividend": "Dividends", "split": "Stock Splits",
    }  # fmt: skip
    table = frame[list(names)].rename(columns=names).tz_localize("America/New_York").rename_axis("Date")
    file = BytesIO()
    table.to_parquet(file)
    return file.getvalue()


@dataclass(frozen=True)
class Written:
    """A layout.

    Attributes:
        name: what the row in ``docs/prices.md`` calls it.
        file: a name as the site or program gives it.
        exact: the columns of which every bit survives.
        notes: what the reader should note.
    """

    name: str
    file: str
    write: Write
    exact: tuple[str, ...]
    notes: tuple[str, ...] = ()


_RANGE = ("open", "high", "low")
_ALL: Final = (*_RANGE, "close", "adjusted", "volume")
_CLOSES: Final = (*_RANGE, "close", "volume")
_ALONE: Final = ("closes alone",)
_ADJUSTED: Final = ("adjusted already",)

LAYOUTS: Final = (
    Written("`SYMBOL.csv`, this project's own", "SPY.csv", own, _ALL),
    Written("yfinance, `download(…, auto_adjust=False).to_csv`", "SPY.csv", download, _ALL),
    Written("yfinance, `download(…).to_csv`", "SPY.csv", download_adjusted, ("adjusted", "volume"), _ADJUSTED),
    Written("yfinance, `history().to_csv`", "SPY_hist.csv", ticker_history, ("adjusted", "volume"), _ADJUSTED),
    Written(
        "yfinance, `history(auto_adjust=False).to_csv`", "SPY_hist.csv", ticker_history_unadjusted, (*_ALL, "dividend")
    ),
    Written("nasdaq.com", "SPY.csv", nasdaq, _CLOSES, _ALONE),
    Written("Stooq, archive", "spy.us.txt", stooq, (*_RANGE, "volume"), _ADJUSTED),
    Written("Stooq, in Polish", "spy_us_d.csv", stooq_polish, (*_RANGE, "volume"), _ADJUSTED),
    Written("Stooq, in English", "spy_us_d.csv", stooq_english, _CLOSES, _ALONE),
    Written("investing.com", "SPY ETF Stock Price History.csv", investing, (*_RANGE, "close"), _ALONE),
    Written("investing.com, in French", "SPY.csv", investing_french, (*_RANGE, "close"), _ALONE),
    Written("Tiingo", "SPY.csv", tiingo, (*_ALL, "dividend")),
    Written("Alpha Vantage, daily adjusted", "daily_adjusted_SPY.csv", alpha_vantage, (*_ALL, "dividend")),
    Written("Alpha Vantage, daily", "daily_SPY.csv", alpha_vantage_daily, _CLOSES, _ALONE),
    Written("EODHD", "SPY.US.csv", eodhd, ("adjusted", "volume"), _ADJUSTED),
    Written(
        "Barchart", "spy_daily_historical-data-11-28-2026.csv", barchart, _CLOSES, ("lines of text left out", *_ALONE)
    ),
    Written("TradingView", "BATS_SPY, 1D.csv", tradingview, _CLOSES, _ALONE),
    Written("MarketWatch", "SPY.csv", marketwatch, _CLOSES, _ALONE),
    Written("Quandl", "SPY.csv", quandl, (*_ALL, "dividend")),
    Written("pandas, days without a name", "SPY.csv", nameless_index, _ALL),
    Written("quantmod for R", "SPY.csv", quantmod, _ALL),
    Written("Google Sheets", "SPY.csv", google_sheets, _CLOSES, _ALONE),
    Written("Yahoo's page, copied", "SPY.txt", yahoo_page, (*_ALL, "dividend")),
    Written("Yahoo's page, copied with its explanations", "SPY.txt", yahoo_page_explained, (*_ALL, "dividend")),
    Written("Yahoo's page in German, copied", "SPY.txt", yahoo_page_german, (*_ALL, "dividend")),
    Written("a spreadsheet in German", "SPY.csv", german_sheet, _ALL),
    Written(
        "a spreadsheet in German, by Excel on Windows", "SPY.csv", german_sheet_windows, (*_RANGE, "close", "adjusted")
    ),
    Written("a spreadsheet in French", "SPY.csv", french_sheet, _ALL),
    Written("a spreadsheet in French, months in words", "SPY.csv", french_words, ("close", "adjusted")),
    Written("onvista, comdirect", "SPY.csv", onvista, _CLOSES, _ALONE),
    Written("ariva.de", "SPY.csv", ariva, _CLOSES, _ALONE),
    Written("Boursorama", "SPY.txt", boursorama, _CLOSES, _ALONE),
    Written("a spreadsheet whose first line is `sep=;`", "SPY.csv", excel_separator, (*_RANGE, "close", "adjusted")),
    Written("a spreadsheet with days as numbers", "SPY.csv", spreadsheet_days, _ALL),
    Written("a spreadsheet in German, from Switzerland", "SPY.txt", swiss_sheet, _ALL),
    Written("Google Finance, in a spreadsheet", "SPY.csv", google_finance, ("close",), _ALONE),
    Written("justETF", "SPY.csv", just_etf, ("close",), _ALONE),
    Written("Euronext", "SPY.csv", euronext, _CLOSES, _ALONE),
    Written("MetaStock", "SPY.txt", metastock, _CLOSES, _ALONE),
    Written("a table in Dutch", "SPY.csv", dutch, _CLOSES, _ALONE),
    Written("investing.com, in Portuguese", "SPY.csv", portuguese, (*_RANGE, "close"), _ALONE),
    Written("a table in Japanese, by Windows", "SPY.csv", japanese, _CLOSES, _ALONE),
    Written("UTF-16 with tabs", "SPY.txt", utf16, _ALL),
    Written("`.csv.gz`", "SPY.csv.gz", packed, _ALL),
    Written("Parquet", "SPY.parquet", parquet, (*_ALL, "dividend")),
)
