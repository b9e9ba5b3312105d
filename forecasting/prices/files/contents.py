"""The text of a price file, however it is packed and encoded; or why it holds something else."""

from __future__ import annotations

import gzip
import re
import sys
import zlib
from io import BytesIO
from pathlib import Path
from typing import Final

import pandas as pd

from forecasting.errors import BadPrices

_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"

LARGEST: Final = 200_000_000
"""Bytes of a packed file's text: thousands of ETFs' whole histories."""

_OTHER_KINDS: Final = {
    b"PK\x03\x04": "a workbook or a ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF document",
}
"""Kinds of files by their first bytes."""

_DATE_IN_JAPANESE: Final = "日付".encode("cp932")

_PAGE: Final = re.compile(r"\s*<(!doctype|html|head|body|\?xml|script|meta|table|div)\b", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)

_LIMITED: Final = re.compile(
    r"too many requests|rate.?limit|hits limit|limit reached|call frequency|requests per (day|minute)|captcha"
    r"|unusual traffic|just a moment|are you a robot|verify you are",
    re.IGNORECASE,
)
"""What sites answer to those who ask too often."""

_REFUSED: Final = re.compile(r"no data|brak danych|access denied|forbidden|not found|will be right back|error", re.I)
"""Other answers without prices."""

_SHOWN: Final = 80  # characters of an answer that are quoted


def text_of(what: str, path: Path) -> str:
    """The file's text with line feeds alone. Gzip, Parquet and the usual encodings are told apart by their bytes.

    Args:
        what: whose prices the file should hold; errors start with it.

    Raises:
        BadPrices: the file cannot be read, or is no table but a web page, a workbook or another answer of a site.
    """
    try:
        data = _bytes_of(path)
    except (OSError, EOFError, ValueError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadPrices(f"{what}: {path} cannot be read as a table: {reason}. Correct or remove the file.") from None
    if data.startswith(_PARQUET):
        return _parquet(what, path, data)
    for start, kind in _OTHER_KINDS.items():
        if data.startswith(start):
            raise BadPrices(f"{what}: {path} is {kind}, not a text file. Open it and save the prices as CSV.")
    text = _decoded(what, path, data)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    _require_table(what, path, text)
    return text


def _bytes_of(path: Path) -> bytes:
    """Raises OSError, EOFError, ValueError or zlib.error if the file cannot be read."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise ValueError("it is a pipe or a device")  # reading it may never end
    data = path.read_bytes()
    return _unpacked(data) if data.startswith(_GZIP) else data


def _unpacked(data: bytes) -> bytes:
    """Raises ValueError for more than any file of prices holds: some kilobytes can be packed gigabytes of zeros."""
    with gzip.GzipFile(fileobj=BytesIO(data)) as file:
        text = file.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise ValueError(f"unpacked it is larger than {LARGEST // 1_000_000} MB")
    return text


def _decoded(what: str, path: Path, data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data[:200]:  # UTF-16 without a byte order mark has a zero in every other byte
        encodings = ["utf-16-le" if data[1:2] == b"\0" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp932" if _DATE_IN_JAPANESE in data else "cp1252"]  # as spreadsheets on Windows
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.lstrip("\ufeff")
    raise BadPrices(f"{what}: {path} cannot be read as a table: it is no text. Correct or remove the file.")


def _require_table(what: str, path: Path, text: str) -> None:
    """Raises BadPrices for a web page, JSON or a site's short answer."""
    start = text[:20_000].strip()
    if not start:
        raise BadPrices(f"{what}: {path} cannot be read as a table: it is empty. Fill the file or remove it.")
    if _PAGE.match(start):
        title = _TITLE.search(start)
        kind, said = "a web page", title.group(1) if title else ""
    elif start[0] in "{[":
        kind, said = "JSON", start
    elif len(start.splitlines()) <= 3 and (_LIMITED.search(start) or _REFUSED.search(start)):
        kind, said = "an answer", start
    else:
        return
    words = " ".join(said.split())
    quoted = f" (“{words[:_SHOWN]}{'…' if len(words) > _SHOWN else ''}”)" if words else ""
    why = " of a site that limits the number of requests" if _LIMITED.search(start) else ""
    raise BadPrices(f"{what}: {path} is {kind}{why}{quoted}, not prices. Download the prices again, as CSV.")


def _parquet(what: str, path: Path, data: bytes) -> str:
    """The table as CSV text, so that all further rules are those of text files."""
    try:
        frame = pd.read_parquet(BytesIO(data))
    except ImportError:
        raise BadPrices(
            f"{what}: {path} is a Parquet file, and the package that reads them is missing. Install it: "
            f"{sys.executable} -m pip install pyarrow"
        ) from None
    except Exception as error:  # the package raises errors of many kinds
        reason = " ".join(str(error).split()).rstrip(".")
        raise BadPrices(f"{what}: {path} cannot be read as a table: {reason}. Correct or remove the file.") from None
    has_days = not isinstance(frame.index, pd.RangeIndex)
    return frame.to_csv(index=has_days, index_label="Date" if has_days and frame.columns.nlevels == 1 else None)
