"""Files as people have them: the same prices in every layout are the same numbers, to the last bit."""

from __future__ import annotations

import importlib.util
import re
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from forecasting.prices.sources.csv import CsvPrices
from forecasting.universe import Symbol
from tests.support.price_layouts import LAYOUTS, Written, example

SPY, LAST = Symbol("SPY"), date(2024, 12, 31)
DOCS = Path(__file__).parents[4] / "docs" / "prices.md"


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return example()


def written(folder: Path, layout: Written, frame: pd.DataFrame) -> CsvPrices:
    if layout.name == "Parquet" and not importlib.util.find_spec("pyarrow"):
        pytest.skip("pyarrow, of the extra parquet, is not installed")
    folder.mkdir(exist_ok=True)
    (folder / layout.file).write_bytes(layout.write(frame))
    return CsvPrices(folder)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_every_layout_gives_the_same_numbers(tmp_path: Path, frame: pd.DataFrame, layout: Written) -> None:
    source = written(tmp_path, layout, frame)
    assert source.symbols == ("SPY",)
    history = source.history(SPY, LAST)
    columns = list(layout.exact)
    pd.testing.assert_frame_equal(history.frame[columns], frame[columns], check_exact=True, check_freq=False)
    kinds = {finding.kind for finding in history.findings} - {"out of order"}
    assert kinds == set(layout.notes)
    assert not any(finding.is_fault for finding in history.findings)


def test_the_table_in_the_documentation_has_a_row_for_each_layout() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", DOCS.read_text().partition("| layout |")[2].partition("\n\n")[0], re.MULTILINE)
    assert rows == [layout.name for layout in LAYOUTS]
