"""What a file holds is told by its bytes: encodings are read, and what is no table is refused by its name."""

from __future__ import annotations

import gzip
import importlib.util
import os
from pathlib import Path

import pytest

from forecasting.errors import BadPrices
from forecasting.prices.files.contents import text_of

TEXT = "Datum;Eröffnung\n31.12.2024;1\n"


def read(folder: Path, data: bytes) -> str:
    path = folder / "SPY.csv"
    path.write_bytes(data)
    return text_of("SPY", path)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    assert read(tmp_path, TEXT.replace("\n", end).encode(encoding)) == TEXT


def test_japanese_windows_and_two_byte_order_marks(tmp_path: Path) -> None:
    assert read(tmp_path, "日付,終値\n".encode("cp932")) == "日付,終値\n"
    assert read(tmp_path, b"\xef\xbb\xbf\xef\xbb\xbf" + TEXT.encode()) == TEXT


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "SPY.csv")
    with pytest.raises(BadPrices, match=r"cannot be read as a table: it is a pipe or a device\. Correct or remove"):
        text_of("SPY", tmp_path / "SPY.csv")


def test_a_packed_file_needs_no_name_that_says_so(tmp_path: Path) -> None:
    assert read(tmp_path, gzip.compress(TEXT.encode())) == TEXT


LIMITED = "of a site that limits the number of requests"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            "<!DOCTYPE html><html><head><title>429 Too Many Requests</title></head></html>",
            f"is a web page {LIMITED} \\(“429 Too Many Requests”\\), not prices. Download the prices again, as CSV",
        ),
        ("\n<html><body>Will be right back</body></html>", "is a web page, not prices"),
        ("<html><body>Please prove that you are no robot: captcha</body></html>", f"is a web page {LIMITED}"),
        ('{"Note": "Our standard API call frequency is 5 calls per minute"}', f"is JSON {LIMITED} "),
        ('{"Information": "our rate limit is 25 requests per day"}', f"is JSON {LIMITED} "),
        ('[{"date": "2024-12-31", "close": 1}]', "is JSON .*, not prices"),
        ("Exceeded the daily hits limit", f"is an answer {LIMITED} \\(“Exceeded the daily hits limit”\\)"),
        ("Edge: Too Many Requests", f"is an answer {LIMITED}"),
        ("No data", "is an answer \\(“No data”\\), not prices"),
        ("PK\x03\x04 and more", "is a workbook or a ZIP archive, not a text file. Open it and save the prices as CSV"),
        ("%PDF-1.7", "is a PDF document"),
        ("", "cannot be read as a table: it is empty"),
        ("\ufeff \n\n", "cannot be read as a table: it is empty"),
        ("\x1f\x8b and more", "cannot be read as a table"),
        ("binary \0\0\0", "cannot be read as a table"),
    ],
)
def test_what_is_no_table_is_named(tmp_path: Path, data: str, sentence: str) -> None:
    with pytest.raises(BadPrices, match=f"^SPY: .*SPY.csv {sentence}"):
        read(tmp_path, data.encode("latin-1" if data.startswith("\x1f") else "utf-8"))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadPrices, match="cannot be read as a table: No such file"):
        text_of("SPY", tmp_path / "SPY.csv")


@pytest.mark.skipif(
    importlib.util.find_spec("pyarrow") is not None, reason="pyarrow, of the extra parquet, is installed"
)
def test_parquet_without_its_package_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(BadPrices, match=r"Parquet file, .* missing. Install it: .* -m pip install pyarrow"):
        read(tmp_path, b"PAR1 and more")
