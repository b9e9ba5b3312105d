"""What one bad answer of Yahoo's leaves in the store, what people read then, and how the next good answer heals it.

As everywhere in this folder, the unmodified client asks a local server. Each fetch is one request for prices.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from forecasting.errors import BadPrices, PricesNotReady, StorageFailed
from forecasting.prices.findings import Finding
from forecasting.prices.history import PriceHistory
from forecasting.prices.loading import check
from forecasting.prices.quality.gate import gate, reader_notes
from forecasting.prices.sources.yahoo import YahooPrices, YahooSession
from forecasting.prices.store.pacing import Pacing
from forecasting.prices.store.store import PriceStore, Stored
from forecasting.prices.store.stored import KeptPrices, StoredPrices
from forecasting.universe import Symbol
from tests.forecasting.prices.sources.test_yahoo import FAILING
from tests.forecasting.prices.sources.test_yahoo_stored import CASES, SPY, rows_of
from tests.support.vendors import rebased_to
from tests.support.yahoo_server import Answer, Quotes, Script, YahooServer, serving, yahoo_server

MONDAY, TUESDAY = date(2024, 12, 30), date(2024, 12, 31)
PAYDAY = pd.Timestamp("2024-09-20")
PAID, GAIN = 0.08, 0.06
"""Shares of the close: all that was paid on PAYDAY, and the capital gain that is part of it."""


@dataclass
class Bot:
    """A bot that fetches SPY each evening."""

    server: YahooServer
    store: PriceStore
    folder: Path
    now: datetime = field(default=datetime(2024, 12, 30, 22, 0, tzinfo=UTC))

    def fetch(self, answer: Script, day: date, symbol: Symbol = SPY) -> PriceHistory:
        """The history after the evening of ``day`` on which Yahoo gives ``answer``."""
        self.server.script, self.now = answer, datetime(day.year, day.month, day.day, 22, 0, tzinfo=UTC)
        yahoo = YahooPrices(self.folder / "cache", now=lambda: self.now, session=self.server.session())
        prices = StoredPrices(yahoo, self.store, yahoo.now, Pacing(lambda seconds: None))
        (history,) = gate([prices.history(symbol, TUESDAY)])
        return history

    @property
    def stored(self) -> Stored:
        stored = self.store.load(SPY)
        assert stored is not None
        return stored

    def faults(self) -> list[Finding]:
        """What ``prices check`` lists, and exits with 1 for."""
        return [finding for finding in check(KeptPrices(self.store), [SPY], self.now) if finding.is_fault]


@pytest.fixture
def bot(store: PriceStore, tmp_path: Path) -> Iterator[Bot]:
    with yahoo_server() as server:
        yield Bot(server, store, tmp_path)


def good(day: date = TUESDAY) -> Quotes:
    return Quotes(rebased_to(rows_of(), day))


def answering(quotes: Quotes, change: Callable[[dict[str, Any]], None] = lambda result: None) -> Script:
    """``quotes`` for SPY, after ``change`` of the body's one result."""
    whole = serving({"SPY": quotes})

    def script(symbol: str, query: Mapping[str, str]) -> Answer:
        body = json.loads(whole(symbol, query).body)
        change(body["chart"]["result"][0])
        return Answer.of(body)

    return script


def assert_healed(bot: Bot, requests: int = 2) -> None:
    """The store has what a first fetch on Tuesday would have, and nothing is reported."""
    pd.testing.assert_frame_equal(bot.stored.frame, good().frame, rtol=1e-5, check_freq=False, check_names=False)
    assert bot.faults() == []
    assert len(bot.server.price_requests) == requests


def with_payment() -> Quotes:
    """A fund that pays PAID on PAYDAY, as a sound source gives it."""
    frame = rows_of()
    later = frame.index >= PAYDAY
    frame.loc[later, ["close", "open", "high", "low"]] *= 1 - PAID
    frame.loc[PAYDAY, "dividend"] = PAID * frame["close"].shift(1)[PAYDAY]
    return Quotes(rebased_to(frame, TUESDAY))


def test_a_capital_gain_counted_twice(bot: Bot) -> None:
    """Yahoo's dividend contains the gain, and adjusted closes are adjusted for both."""
    true = with_payment()
    before = true.frame["close"].shift(1)[PAYDAY]
    twice = true.frame.copy()
    twice.loc[twice.index < PAYDAY, "adjusted"] *= (1 - PAID - GAIN) / (1 - PAID)
    wrong = replace(true, frame=twice, gains={PAYDAY.date(): GAIN * before})

    history = bot.fetch(answering(wrong.until(MONDAY)), MONDAY)
    assert bot.stored.frame["dividend"][PAYDAY] == pytest.approx(PAID * before), "the gain is in it once"
    assert bot.stored.frame["adjusted"].iloc[0] == twice["adjusted"].iloc[0], "as it came"
    ((kind, action, session),) = [(f.kind, f.action, f.session) for f in history.findings]
    assert (kind, action, session) == ("adjustment without an action", "recomputed", PAYDAY.date())
    pd.testing.assert_series_equal(
        history.frame["adjusted"].pct_change(),
        true.until(MONDAY).frame["adjusted"].pct_change(),
        atol=1e-9,
        check_freq=False,
        check_names=False,
    )
    (sentence,) = reader_notes(history.until(date(2024, 11, 1)))
    assert sentence == "Adjusted closes of SPY were wrong at the source and were recomputed: 2024-09-20."

    history = bot.fetch(answering(true), TUESDAY)
    assert history.findings == ()
    assert bot.stored.frame["adjusted"].to_numpy() == pytest.approx(true.frame["adjusted"].to_numpy(), rel=1e-9)
    assert bot.faults() == []
    assert len(bot.server.price_requests) == 2


def test_a_capital_gain_beside_a_dividend_is_paid_too(bot: Bot) -> None:
    """Where the close falls by both, the dividend does not contain the gain."""
    true = with_payment()
    apart = true.frame.copy()
    before = apart["close"].shift(1)[PAYDAY]
    apart.loc[PAYDAY, "dividend"] = PAID / 2 * before
    history = bot.fetch(answering(replace(true, frame=apart, gains={PAYDAY.date(): PAID / 2 * before})), TUESDAY)
    assert history.frame["dividend"][PAYDAY] == pytest.approx(PAID * before)
    assert history.findings == ()


def test_a_row_of_a_weekend(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    saturday = pd.Timestamp("2024-08-10")  # before the last 15 sessions
    frame = good(MONDAY).frame
    frame = pd.concat([frame, frame.loc["2024-08-09":"2024-08-09"].set_axis([saturday], axis=0)]).sort_index()
    frame.loc[saturday, ["dividend", "split"]] = 0.0
    history = bot.fetch(answering(Quotes(frame)), MONDAY)
    assert saturday in bot.stored.frame.index
    assert [(f.kind, f.action) for f in history.findings] == [("no session", "dropped")]
    bot.fetch(answering(good()), TUESDAY)
    assert_healed(bot)
    assert "SPY: rows of days that are no sessions are gone, 1 up to 2024-08-10." in caplog.text
    assert list(bot.store.revisions(SPY)["session"]) == [saturday.date()], "forecasts made with it can be reproduced"


def test_adjusted_closes_that_are_missing(bot: Bot) -> None:
    """yfinance gives the quoted closes in their place. They are adjusted here, by the dividends in the answer."""

    def without(result: dict[str, Any]) -> None:
        del result["indicators"]["adjclose"]

    history = bot.fetch(answering(good(MONDAY), without), MONDAY)
    assert history.findings == ()
    true = good(MONDAY).frame["adjusted"].to_numpy()
    assert history.adjusted == pytest.approx(true, rel=2e-4), "the simulation rounds closes to cents"
    bot.fetch(answering(good()), TUESDAY)
    assert_healed(bot)


def test_adjusted_closes_and_dividends_that_are_missing(bot: Bot) -> None:
    """Nothing tells that anything is missing, until the second fetch asks for the whole history again."""

    def without(result: dict[str, Any]) -> None:
        del result["indicators"]["adjclose"], result["events"]

    bot.fetch(answering(good(MONDAY), without), MONDAY)
    bot.fetch(answering(good()), TUESDAY)
    assert_healed(bot)


def test_dividends_that_are_missing_when_the_whole_history_is_asked_for_again(bot: Bot) -> None:
    """What is stored is better, so only the new session is taken."""

    def without(result: dict[str, Any]) -> None:
        del result["indicators"]["adjclose"], result["events"]

    bot.fetch(answering(good(MONDAY)), MONDAY)
    history = bot.fetch(answering(good(), without), TUESDAY)
    assert history.last_session == TUESDAY
    assert history.findings == ()
    assert_healed(bot)


def test_one_year_of_an_old_fund(bot: Bot) -> None:
    recent = replace(good(MONDAY), frame=good(MONDAY).frame.loc["2024-10":], first_traded=date(1993, 1, 29))
    assert len(bot.fetch(answering(recent), MONDAY)) == len(recent.frame)
    history = bot.fetch(answering(replace(good(), first_traded=date(1993, 1, 29))), TUESDAY)
    assert len(history) == len(good().frame)
    assert_healed(bot)


def test_prices_of_another_symbol(bot: Bot) -> None:
    """Refused as a whole; what is stored stays, and serves."""

    def another(result: dict[str, Any]) -> None:
        result["meta"]["symbol"] = "AGG"

    wrong = answering(replace(good(), frame=good().frame.assign(close=97.0, adjusted=97.0)), another)
    with pytest.raises(BadPrices, match="SPY: Yahoo answered with prices of AGG, which are not used"):
        bot.fetch(wrong, MONDAY)
    assert bot.store.symbols() == ()
    bot.fetch(answering(good(MONDAY)), MONDAY)
    history = bot.fetch(wrong, TUESDAY)
    assert history.last_session == MONDAY
    assert reader_notes(history) == ("Newer prices could not be fetched, so these end on 2024-12-30.",)
    bot.fetch(answering(good()), TUESDAY)
    assert_healed(bot, requests=4)


@pytest.mark.parametrize("ratio", [(0, 0), (1, 0), (0, 1)], ids="{0[0]}:{0[1]}".format)
def test_a_split_of_no_ratio(bot: Bot, ratio: tuple[int, int]) -> None:
    """It spoils nothing: neither the answer nor the dividends in it."""

    def split(result: dict[str, Any]) -> None:
        stamp = result["timestamp"][-5]
        event = {"date": stamp, "numerator": ratio[0], "denominator": ratio[1], "splitRatio": f"{ratio[0]}:{ratio[1]}"}
        result["events"]["splits"] = {str(stamp): event}

    history = bot.fetch(answering(good(MONDAY), split), MONDAY)
    assert history.findings == ()
    assert (history.frame["split"] == 0).all()
    bot.fetch(answering(good()), TUESDAY)
    assert_healed(bot)


@pytest.mark.parametrize("side", ["low", "high"])
def test_one_bad_low_or_high(bot: Bot, side: str) -> None:
    """The number is left out, and the row stays: in the store as it came."""
    frame = good(MONDAY).frame
    day = frame.index[-2]
    frame.loc[day, side] = frame["close"][day] * (10 if side == "high" else 0.001)
    history = bot.fetch(answering(Quotes(frame)), MONDAY)
    assert bot.stored.frame[side][day] == frame[side][day]
    assert [(f.kind, f.action, f.session) for f in history.findings] == [("bad tick", "quarantined", day.date())]
    assert [(f.kind, f.session) for f in bot.faults()][:1] == [("bad tick", day.date())]
    assert pd.isna(history.frame[side][day])
    assert history.frame["close"][day] == frame["close"][day]
    assert reader_notes(history) == (
        f"Prices of SPY on {day.date()} are missing or wrong at the source and were left out.",
    )
    bot.fetch(answering(good()), TUESDAY)
    assert_healed(bot)


def test_a_clock_two_hours_ahead(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    """At 15:40 in New York it says 17:40. Yahoo's clock tells that the session is not over."""

    def at(moment: datetime, script: Script) -> Script:
        return lambda symbol, query: replace(script(symbol, query), dated=moment)

    early = datetime(2024, 12, 31, 20, 40, tzinfo=UTC)
    unfinished = good().frame.copy()
    unfinished.loc["2024-12-31", ["close", "adjusted"]] *= 0.99
    with caplog.at_level(logging.WARNING), pytest.raises(PricesNotReady, match="no prices for 2024-12-31 yet"):
        bot.fetch(at(early, answering(Quotes(unfinished))), TUESDAY)
    assert bot.stored.sessions[-1].date() == MONDAY
    assert "This computer's clock is 80 minutes ahead of Yahoo's." in caplog.text
    bot.fetch(at(early + timedelta(hours=2), answering(good())), TUESDAY)
    assert_healed(bot)


class _OnAFullDisk(YahooSession):
    """Its requests end as they do where yfinance cannot write its own small database."""

    def request(self, *_args: Any, **_kwargs: Any) -> Any:
        try:
            raise sqlite3.OperationalError("database or disk is full")
        except sqlite3.Error:
            raise RuntimeError("cannot rollback - no transaction is active")  # noqa: B904 - as peewee does


def test_a_full_disk_is_not_called_a_fault_of_yahoos(tmp_path: Path) -> None:
    yahoo = YahooPrices(tmp_path, session=_OnAFullDisk())
    with pytest.raises(StorageFailed, match="The disk is full"):
        yahoo.fetch(Symbol("FULL"), None, TUESDAY)


HEALED = {
    "200, a capital gain counted twice": test_a_capital_gain_counted_twice,
    "200, adjusted closes missing": test_adjusted_closes_that_are_missing,
    "200, dividends missing that are stored": (
        test_dividends_that_are_missing_when_the_whole_history_is_asked_for_again
    ),
    "200, one year of an old fund": test_one_year_of_an_old_fund,
    "200, a row of a weekend": test_a_row_of_a_weekend,
    "200, one bad low or high": test_one_bad_low_or_high,
    "200, a split of 0:0": test_a_split_of_no_ratio,
    "200, prices of another symbol": test_prices_of_another_symbol,
    "200, before the close, and this clock is ahead": test_a_clock_two_hours_ahead,
}
"""By the row of docs/prices.md that tells of it."""


def test_every_row_of_the_table_is_tested() -> None:
    text = (Path(__file__).parents[4] / "docs" / "prices.md").read_text()
    section = text.split("| Yahoo's answer |")[1].split("\n\n")[0]
    rows = {line.split("|")[1].strip() for line in section.splitlines()[2:]}
    elsewhere = {"200, with capital gains", "no network", "200, another type or first session"}
    assert rows == {*FAILING, *CASES, *HEALED, *elsewhere}
    for row, case in CASES.items():
        (line,) = (line for line in section.splitlines() if line.startswith(f"| {row} |"))
        assert (f"`{case.used.__name__}`" if isinstance(case.used, type) else "| none |") in line
