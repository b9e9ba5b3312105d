"""Tables on narrow terminals."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.table import Table

from forecasting.cli.printed_tables import counted, forecast_table, scores_table
from tests.support.reports import made_report


def printed(table: Table, width: int) -> str:
    console = Console(width=width, file=io.StringIO())
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


@pytest.mark.parametrize("table", [forecast_table(made_report()), scores_table([made_report(), made_report("SPY")])])
def test_no_figure_is_cut_however_narrow_the_terminal_is(table: Table) -> None:
    figures = {word for word in printed(table, 200).split() if word[0].isdigit()}
    assert len(figures) > 5
    for width in (80, 40, 30):
        narrow = printed(table, width)
        assert "…" not in narrow
        assert figures <= set(narrow.split())
        assert max(map(len, narrow.splitlines())) <= width


def test_a_list_names_the_etf_of_every_row() -> None:
    lines = printed(scores_table([made_report("ARKK"), made_report("SPY")]), 40).splitlines()
    assert sum(line.startswith("ETF") for line in lines) == sum(line.startswith("model") for line in lines) == 10
    assert [line.split()[-1] for line in lines if line.startswith("ETF")] == ["ARKK"] * 5 + ["SPY"] * 5


def test_one_is_no_plural() -> None:
    assert (counted(0, "fit"), counted(1, "fit"), counted(2, "fit")) == ("0 fits", "1 fit", "2 fits")
