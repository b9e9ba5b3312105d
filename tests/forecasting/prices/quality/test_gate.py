"""The quality gate finds what vendors get wrong and leaves true prices, crashes above all, as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import BadPrices
from forecasting.prices.findings import Finding
from forecasting.prices.history import Panel
from forecasting.prices.loading import load_panel
from forecasting.prices.quality.gate import gate, reader_notes, sound_history
from forecasting.prices.quality.measures import log_returns, robust_sigma
from forecasting.prices.quality.spikes import SPIKE_SIGMAS
from forecasting.prices.sources.csv import CsvPrices
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.sessions import session_stamps
from forecasting.universe import Symbol
from tests.support.gated import ARKK, SPY, UNTIL, faults, simulated


def test_forty_clean_histories_pass_untouched_with_their_tails(shared: Path, real: Panel) -> None:
    assert len(real) == 40
    assert faults(real.values()) == []
    for symbol, history in real.items():
        file = pd.read_csv(shared / "prices" / f"{symbol}.csv")
        assert np.array_equal(history.adjusted, file["Adj Close"].to_numpy())

    # The tails are there, and they stay.
    sigmas = {symbol: robust_sigma(log_returns(h.frame)) for symbol, h in real.items()}
    beyond = sum(int((np.abs(log_returns(h.frame)) > SPIKE_SIGMAS * sigmas[s]).sum()) for s, h in real.items())
    assert beyond > 150, "these moves look like faults by their size alone"


@pytest.mark.slow
def test_clean_histories_pass_alone_too(histories: Panel) -> None:
    """Without other ETFs beside it, a crash is still no fault."""
    assert faults(gated for history in histories.values() for gated in gate([history])) == []


@pytest.mark.slow
def test_clean_histories_pass_with_unknown_dividends(histories: Panel) -> None:
    unknown = [replace(h, frame=h.frame.assign(dividend=np.nan), findings=()) for h in histories.values()]
    assert faults(gate(unknown)) == []


@pytest.mark.slow
def test_every_cut_of_clean_histories_is_clean(histories: Panel) -> None:
    random = np.random.default_rng(5)
    sessions = histories[SPY].sessions
    days = sessions[len(sessions) // 2 :]
    for day in random.choice(days, 5, replace=False):
        cut = histories.until(pd.Timestamp(day).date())
        assert faults(sound_history(s, "csv", h.frame, UNTIL) for s, h in list(cut.items())[:5]) == []
        assert faults(gate(cut.values())) == []


@pytest.mark.slow
def test_simulated_prices_pass_untouched() -> None:
    source = SimulatedPrices()
    for seed in (source.seed, 1, 2):
        panel, failures = load_panel(SimulatedPrices(seed), source.symbols, date(2026, 11, 20))
        assert not failures
        assert faults(panel.values()) == []


def test_splg_as_it_came(shared: Path) -> None:
    source = CsvPrices(shared / "dirty")
    panel, _ = load_panel(source, source.symbols, date(2026, 5, 1))
    found = [(f.kind, f.session, f.action) for f in faults(panel.values())]
    assert sorted(found, key=lambda f: f[1] or UNTIL) == [
        ("no positive price", date(2009, 8, 18), "quarantined"),
        ("no positive price", date(2009, 11, 18), "quarantined"),
        ("no positive price", date(2009, 12, 24), "quarantined"),
        ("missing session", date(2025, 10, 24), "left open"),
    ]
    notes = [f for f in panel[Symbol("SPLG")].findings if not f.is_fault]
    assert [(f.kind, f.values) for f in notes] == [("zero volume", {"sessions": 150})]


def test_a_row_dropped_by_the_gate_is_in_its_findings() -> None:
    frame = simulated().frame.copy()
    frame.loc["2020-06-01", "close"] = 0.0
    history = sound_history(SPY, "csv", frame, UNTIL)
    assert pd.Timestamp("2020-06-01") not in history.sessions
    (finding,) = history.findings
    assert str(finding) == "SPY 2020-06-01: no positive price (close 0), quarantined"
    assert len(history) == len(frame) - 1


@pytest.mark.slow
def test_what_comes_after_a_day_takes_nothing_from_the_days_before() -> None:
    """Whatever is forged later, the history until a day is the same but for faults that the next two sessions prove."""
    random = np.random.default_rng(7)
    true = simulated(ARKK).frame
    for _ in range(40):
        row = int(random.integers(800, len(true) - 30))
        frame = true.copy()
        forged = random.choice([0.1, 0.5, 2.0, 4.0, 10.0]) * np.exp(0.1 * random.standard_normal(len(true) - row))
        frame.iloc[row:, :5] = frame.iloc[row:, :5].mul(forged, axis=0)
        day = true.index[row - 1].date()
        (gated,) = gate([sound_history(ARKK, "csv", frame, UNTIL)])
        assert gated.until(day).frame.equals(true[:row])


def test_old_rows_without_a_range_are_a_note() -> None:
    frame = simulated().frame.copy()
    frame.loc[:"2017", "open"] = 0.0
    history = sound_history(SPY, "csv", frame, UNTIL)
    assert [(f.kind, f.action) for f in history.findings] == [("range unknown", "noted")]
    assert len(history) == len(frame)
    assert history.frame.loc[:"2017", "open"].isna().all()


def test_nothing_left_is_refused() -> None:
    frame = simulated().frame.copy()
    frame["close"] = np.nan
    with pytest.raises(BadPrices, match=r"none of the .* rows from csv are usable"):
        sound_history(SPY, "csv", frame, UNTIL)


def test_a_session_missing_at_the_end_shows_beside_the_others() -> None:
    late = SimulatedPrices().history(ARKK, date(2024, 12, 27))
    assert [(f.kind, f.session) for f in faults(gate([late, simulated()]))] == [
        ("missing session", date(2024, 12, 30)),
        ("missing session", date(2024, 12, 31)),
    ]


def test_an_etf_that_ended_long_ago_has_no_sessions_missing() -> None:
    assert faults(gate([SimulatedPrices().history(ARKK, date(2024, 11, 29)), simulated()])) == []


def test_what_a_reader_must_know() -> None:
    frame = simulated().frame.copy()
    frame.loc[["2020-06-01", "2024-12-03", "2024-12-05"], "open"] = 0.0
    history = sound_history(SPY, "csv", frame, UNTIL)
    stored = Finding(SPY, UNTIL, "stored prices", "noted", {"reason": "down"})
    renamed = Finding(SPY, date(2015, 1, 2), "another security", "noted", {"first traded": "1993-01-29 -> 2015-01-02"})
    assert reader_notes(simulated()) == ()
    assert reader_notes(replace(history, findings=(*history.findings, stored, renamed))) == (
        "Prices of SPY on 2024-12-03, 2024-12-05 are missing or wrong at the source and were left out.",
        "Newer prices could not be fetched, so these end on 2024-12-31.",
        "SPY now means a different security (first traded 1993-01-29 -> 2015-01-02). Its prices start on "
        "2015-01-02; older forecasts were of the previous one.",
    )


def test_a_reader_is_told_of_rows_that_were_used_otherwise_than_of_those_left_out() -> None:
    frame = simulated().frame.copy()
    frame.loc["2024-12-04":, ["close", "open", "high", "low"]] *= 0.95
    (history,) = gate([sound_history(SPY, "csv", pd.concat([frame, frame.loc["2024-12-10":]]), UNTIL)])
    assert {f.action for f in history.findings} == {"put in order", "dropped", "left open"}
    assert reader_notes(history) == ("Adjusted closes of SPY jump on 2024-12-04 without a known dividend.",)


def test_a_file_whose_newest_row_comes_first_is_a_note() -> None:
    """As many vendors write them."""
    history = sound_history(SPY, "csv", simulated().frame[::-1], UNTIL)
    assert [(f.kind, f.action) for f in history.findings] == [("out of order", "noted")]
    assert history.frame.equals(simulated().frame)


def test_one_bad_open_in_a_young_history_is_a_fault() -> None:
    """However large its share of so few rows is."""
    frame = simulated().frame.iloc[:12].copy()
    frame.iloc[5, frame.columns.get_loc("open")] = 0.0
    history = sound_history(SPY, "csv", frame, UNTIL)
    assert [(f.kind, f.session) for f in faults([history])] == [("no positive price", frame.index[5].date())]


def test_old_rows_without_volume_are_a_note() -> None:
    frame = simulated().frame.copy()
    frame.loc[:"2017", "volume"] = np.nan
    history = sound_history(SPY, "csv", frame, UNTIL)
    assert [(f.kind, f.action) for f in history.findings] == [("volume unknown", "noted")]
    assert len(history) == len(frame)


def test_of_two_rows_that_changed_places_both_are_named() -> None:
    frame = simulated().frame
    rows = [*range(100), 101, 100, *range(102, len(frame))]
    history = sound_history(SPY, "csv", frame.iloc[rows], UNTIL)
    assert [(f.kind, f.session) for f in history.findings] == [
        ("out of order", frame.index[101].date()),
        ("out of order", frame.index[100].date()),
    ]
    assert history.frame.equals(frame)


def test_rows_before_the_calendar_begins() -> None:
    """The past of an index or share is a note; a single row of 1980 is a wrong date."""
    frame = simulated().frame
    known = session_stamps(date(1990, 1, 2), date(1991, 12, 31))
    days = pd.bdate_range("1989-06-01", "1990-01-01").append(known)
    index = sound_history(SPY, "csv", frame.iloc[: len(days)].set_axis(days, axis=0), UNTIL)
    assert [(f.kind, f.session, f.action) for f in index.findings] == [("no session", date(1989, 6, 1), "noted")]
    assert index.sessions.equals(known.as_unit("ns"))
    stray = pd.concat([frame.iloc[[0]].set_axis([pd.Timestamp("1980-01-02")], axis=0), frame])
    history = sound_history(SPY, "csv", stray, UNTIL)
    assert [(f.kind, f.session, f.action) for f in history.findings] == [("no session", date(1980, 1, 2), "dropped")]
    assert len(history) == len(frame)


@pytest.mark.slow
def test_a_history_is_judged_alike_alone_and_among_all() -> None:
    source = SimulatedPrices()
    histories = [source.history(symbol, date(2020, 6, 30)) for symbol in source.symbols]
    spoilt = histories[3].frame.copy()
    spoilt.iloc[500, :5] *= 10.0
    histories[3] = replace(histories[3], frame=spoilt)
    whole = {history.symbol: history for history in gate(histories)}
    few = {history.symbol: history for history in gate(histories, {histories[3].symbol})}
    symbol = histories[3].symbol
    assert few[symbol].findings == whole[symbol].findings != ()
    pd.testing.assert_frame_equal(few[symbol].frame, whole[symbol].frame)
    assert list(few) == list(whole)


def test_a_row_mistyped_to_before_the_first_day_is_one_line() -> None:
    frame = simulated().frame
    stamps = frame.index.to_list()
    stamps[700] = pd.Timestamp("1994-10-18")  # for 2017
    history = sound_history(SPY, "csv", frame.set_axis(pd.DatetimeIndex(stamps), axis=0), UNTIL)
    gaps = [finding for finding in history.findings if finding.kind == "missing session"]
    assert [(f.session, f.details) for f in gaps] == [
        (date(1994, 10, 19), "sessions 5087, until 2014-12-31"),
        (frame.index[700].date(), ""),
    ]
    assert len(history.findings) == 3


def test_what_new_york_did_the_day_before_explains_a_move_abroad() -> None:
    """A crash of a New York evening is an overnight gap elsewhere."""
    crash, abroad = simulated().frame.copy(), simulated(ARKK).frame.copy()
    prices = ["adjusted", "close", "open", "high", "low"]
    crash.loc["2020-06-01":, prices] *= 0.7
    abroad.loc["2020-06-02", prices] *= 0.7
    spy, here = (sound_history(name, "csv", frame, UNTIL) for name, frame in ((SPY, crash), (ARKK, abroad)))
    for ticker, kinds in (("ARKK", ["spike"]), ("ARKK.TO", ["spike"]), ("ARKK.DE", [])):
        found = {h.symbol: h for h in gate([spy, replace(here, symbol=Symbol(ticker))])}
        assert [f.kind for f in faults([found[Symbol(ticker)]])] == kinds, ticker


def test_a_copy_of_another_etfs_prices_is_reported_for_both() -> None:
    copy = replace(simulated(), symbol=Symbol("TIP"))
    gated = {history.symbol: history for history in gate([simulated(), copy, simulated(ARKK)])}
    assert reader_notes(gated[Symbol("TIP")]) == (
        "The last 60 closes of TIP are exactly those of SPY: one of the two is a copy of the other.",
    )
    assert [(f.kind, f.action) for f in faults([gated[SPY]])] == [("same prices", "left open")]
    assert reader_notes(gated[ARKK]) == ()
