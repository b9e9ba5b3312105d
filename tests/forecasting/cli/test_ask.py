"""``etf-forecast ask``: whether Yahoo answers, without a trace."""

from __future__ import annotations

from tests.forecasting.cli.test_prices import Operator, operator, today, yahoo
from tests.support.yahoo_server import Answer, YahooServer

__all__ = ["operator", "yahoo"]


def test_it_names_the_newest_price_and_stores_nothing(operator: Operator, yahoo: YahooServer) -> None:
    code, output, _ = operator.do("ask", "SPY")
    assert (code, output) == (0, f"yahoo has prices of SPY up to {today()}\n")
    assert list(operator.folder.iterdir()) == []


def test_it_says_that_yahoo_does_not_answer(operator: Operator, yahoo: YahooServer) -> None:
    yahoo.script = lambda symbol, query: Answer(status=503)
    code, output, errors = operator.do("ask", "SPY")
    assert (code, output) == (1, "")
    assert errors.startswith("SPY: Yahoo")
    assert len(errors.splitlines()) == 1
