"""Which column is what, by its name in several languages."""

from __future__ import annotations

import pytest

from forecasting.prices.files.layouts import layout_of, roles


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("<CLOSE>", "close"),
        ("4. close", "close"),
        ("Close (USD)", "close"),
        (" Plus Haut", "high"),
        ("Schlußkurs", "close"),
        ("Adj Close**", "adjusted"),
        ("5. adjusted close", "adjusted"),
        ("Adjusted Closing Price", "adjusted"),
        ("Schlusskurs (bereinigt)", "adjusted"),
        ("Bereinigter Schlusskurs", "adjusted"),
        ("Cours de clôture ajusté", "adjusted"),
        ("Vol.", "volume"),
        ("Stücke", "volume"),
        ("Umsatz (Stück)", "volume"),
        ("Kurs in EUR", "close"),
        ("Close [GBp]", "close"),
        ("As Of", "date"),
        ("Devise", "currency"),
        ("NAV per Share", "close"),
        ("Mínima", "low"),
        ("高値", "high"),
    ],
)
def test_a_name_says_what_the_column_holds(name: str, role: str) -> None:
    assert roles([name]) == {role: 0}


@pytest.mark.parametrize("name", ["adjHigh", "adjVolume", "Change %", "OPENINT", "OpenInterest"])
def test_other_columns_are_nothing(name: str) -> None:
    assert roles([name, ""]) == {}


def test_a_first_column_without_a_name_holds_the_days_unless_another_does() -> None:
    assert roles(["", "Close"]) == {"date": 0, "close": 1}
    assert roles(["", "Date", "Close"]) == {"date": 1, "close": 2}


def test_of_several_columns_of_a_kind_the_best_name_counts() -> None:
    assert roles(["Time", "Date", "Last", "Close"]) == {"date": 1, "close": 3}
    assert roles(["Volumen", "Stuecke"]) == {"volume": 1}


def test_small_differences_of_names_tell_layouts_apart() -> None:
    assert layout_of(["Date", "Close", "Adjusted_close"]).label == "EODHD"
    assert layout_of(["Date", "Close", "Adj Close"]).label == "Yahoo's columns"
    assert layout_of(["date", "close", "adjusted_close"]).label == "a table of prices"
