"""Adjusted closes from dividends, and prices as traded put on today's level."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from forecasting.prices.files.adjusting import back_adjusted, without_splits

DAYS = pd.DatetimeIndex(["2024-12-24", "2024-12-26", "2024-12-27", "2024-12-30"])


def test_closes_before_an_ex_date_lose_the_dividend() -> None:
    closes = pd.Series([100.0, 102.0, 101.0, 104.0], DAYS)
    paid = pd.Series([9.0, 0.0, 1.02, np.nan], DAYS)  # that of the first row explains nothing
    expected = [99.0, 102 * 0.99, 101.0, 104.0]
    np.testing.assert_allclose(back_adjusted(closes, paid), expected, rtol=1e-15)
    np.testing.assert_allclose(back_adjusted(closes[::-1], paid[::-1]), expected[::-1], rtol=1e-15)


def test_two_payments_multiply_and_a_doubled_row_counts_once() -> None:
    days = DAYS.insert(2, DAYS[1])
    closes = pd.Series([100.0, 200.0, 200.0, 50.0, 50.0], days)
    paid = pd.Series([0.0, 10.0, 10.0, 20.0, 0.0], days)
    np.testing.assert_allclose(back_adjusted(closes, paid), [100 * 0.9 * 0.9, 180, 180, 50, 50], rtol=1e-15)


def test_a_missing_close_before_an_ex_date_is_replaced_by_the_last_valid_one() -> None:
    closes = pd.Series([100.0, np.nan, 99.0, 99.0], DAYS)
    paid = pd.Series([0.0, 0.0, 1.0, 0.0], DAYS)
    np.testing.assert_allclose(back_adjusted(closes, paid), [99.0, np.nan, 99.0, 99.0])


def test_a_dividend_as_large_as_the_price_is_an_error() -> None:
    with pytest.raises(ValueError, match="the dividend of 2024-12-26 is not smaller than the close before it"):
        back_adjusted(pd.Series(1.0, DAYS), pd.Series([0.0, 1.0, 0.0, 0.0], DAYS))


def test_prices_as_traded_come_onto_the_level_after_the_last_split() -> None:
    frame = pd.DataFrame(
        {
            "close": [300.0, 310.0, 156.0, 52.0],
            "volume": [10.0, 10.0, 20.0, 60.0],
            "dividend": [0.0, 6.0, 0.0, 0.0],
            "split": [1.0, 1.0, 2.0, 3.0],
        },
        DAYS,
    )
    level = without_splits(frame)
    np.testing.assert_allclose(level["close"], [50, 310 / 6, 52, 52])
    np.testing.assert_allclose(level["volume"], [60, 60, 60, 60])
    np.testing.assert_allclose(level["dividend"], [0, 1, 0, 0])
    assert without_splits(frame.assign(split=1.0))["close"].tolist() == frame["close"].tolist()
