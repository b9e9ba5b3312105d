"""The quality gate finds what vendors get wrong and leaves true prices, crashes above all, as they are."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from forecasting.errors import BadPrices
from forecasting.prices.csv import CsvPrices
from forecasting.prices.findings import Finding
from forecasting.prices.history import Panel, PriceHistory
from forecasting.prices.moves import SPIKE_SIGMAS, log_returns, robust_sigma
from forecasting.prices.quality import gate, reader_notes, refusal, sound_history, unfinished
from forecasting.prices.simulated import SimulatedPrices
from forecasting.prices.sources import load_panel
from forecasting.universe import Symbol
from tests.planted_faults import KINDS

SPY, ARKK = Symbol("SPY"), Symbol("ARKK")
UNTIL = date(2024, 12, 31)
TRIALS = 200
ROWS = 1000
RANGE = ["open", "high", "low"]
UNLISTED = {"DIA", "EEM"}  # they paid dividends that dividends.csv lacks: there a jump is no proof of a fault


@pytest.fixture(scope="module")
def real(shared: Path) -> Panel:
    source = CsvPrices(shared / "prices")
    panel, failures = load_panel(source, source.symbols, UNTIL)
    assert not failures
    return panel


def faults(histories: object) -> list[Finding]:
    return [finding for history in histories for finding in history.findings if finding.is_fault]  # type: ignore[attr-defined]


def simulated(symbol: Symbol = SPY) -> PriceHistory:
    return SimulatedPrices().history(symbol, UNTIL)


def with_rows(history: PriceHistory, **columns: pd.Series) -> pd.DataFrame:
    return history.frame.assign(**columns)


def test_forty_clean_histories_pass_untouched(shared: Path, real: Panel) -> None:
    assert len(real) == 40
    assert faults(real.values()) == []
    for symbol, history in real.items():
        file = pd.read_csv(shared / "prices" / f"{symbol}.csv")
        assert np.array_equal(history.adjusted, file["Adj Close"].to_numpy())


def test_clean_histories_pass_alone_too(real: Panel) -> None:
    """Without other ETFs beside it, a crash is still no fault."""
    assert faults(gated for history in real.values() for gated in gate([history])) == []


def test_clean_histories_pass_with_unknown_dividends(real: Panel) -> None:
    unknown = [replace(h, frame=h.frame.assign(dividend=np.nan), findings=()) for h in real.values()]
    assert faults(gate(unknown)) == []


def test_the_tails_are_there_and_stay(real: Panel) -> None:
    sigmas = {symbol: robust_sigma(log_returns(h.frame)) for symbol, h in real.items()}
    beyond = sum(int((log_returns(h.frame).abs() > SPIKE_SIGMAS * sigmas[s]).sum()) for s, h in real.items())
    assert beyond > 150, "these moves look like faults by their size alone"


def test_every_cut_of_clean_histories_is_clean(real: Panel) -> None:
    random = np.random.default_rng(5)
    days = real[SPY].sessions[4000:]
    for day in random.choice(days, 5, replace=False):
        cut = real.until(pd.Timestamp(day).date())
        assert faults(sound_history(s, "csv", h.frame, UNTIL) for s, h in list(cut.items())[:5]) == []
        assert faults(gate(cut.values())) == []


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


def test_two_hundred_planted_faults_are_all_found(shared: Path, tmp_path: Path, real: Panel) -> None:
    random = np.random.default_rng(20241231)
    shutil.copy(shared / "prices" / "dividends.csv", tmp_path)
    files = sorted(path for path in (shared / "prices").glob("*.csv") if path.stem not in {"dividends", "SPY"})
    tables = {path.stem: pd.read_csv(path, parse_dates=["Date"]).tail(ROWS).reset_index(drop=True) for path in files}
    for name, table in tables.items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    spy = replace(real[SPY], frame=real[SPY].frame.tail(ROWS))
    missed = []
    for trial, (kind, plant) in enumerate(islice(cycle(KINDS.items()), TRIALS)):
        name = str(random.choice([n for n in tables if not (kind.startswith("adjusted jump") and n in UNLISTED)]))
        planted, sessions = plant(tables[name], int(random.integers(1, ROWS - 1)), random)
        planted.to_csv(tmp_path / f"{name}.csv", index=False)
        found = faults(gate([CsvPrices(tmp_path).history(Symbol(name), UNTIL), *([spy] if trial % 2 else [])]))
        if not any(finding.session in sessions and finding.symbol == name for finding in found):
            missed.append((trial, kind, name, sorted(sessions), [str(finding) for finding in found]))
    assert missed == []


def test_a_row_dropped_by_the_gate_is_in_its_findings() -> None:
    frame = simulated().frame.copy()
    frame.loc["2020-06-01", "close"] = 0.0
    history = sound_history(SPY, "csv", frame, UNTIL)
    assert pd.Timestamp("2020-06-01") not in history.sessions
    (finding,) = history.findings
    assert str(finding) == "SPY 2020-06-01: no positive price (close 0), quarantined"
    assert len(history) == len(frame) - 1


def test_the_dividend_of_a_quarantined_row_is_not_lost() -> None:
    """It moves to the next row; else the next adjusted close would look wrong."""
    frame = simulated(Symbol("HYG")).frame.copy()
    paid = frame.index[frame["dividend"] > 0][40]
    frame.loc[paid, "open"] = np.nan
    (history,) = gate([sound_history(Symbol("HYG"), "csv", frame, UNTIL)])
    assert [finding.kind for finding in history.findings] == ["no positive price"]
    assert history.frame["dividend"].sum() == pytest.approx(frame["dividend"].sum())


def test_a_crash_that_the_others_share_is_no_fault_and_alone_it_is_one() -> None:
    def dented(symbol: Symbol, factor: float) -> PriceHistory:
        frame = simulated(symbol).frame.copy()
        frame.loc["2020-06-01", ["adjusted", "close", "open", "high", "low"]] *= factor
        return sound_history(symbol, "csv", frame, UNTIL)

    calm, shared_crash = [dented(ARKK, 0.7), dented(SPY, 1.0)], [dented(ARKK, 0.7), dented(SPY, 0.92)]
    assert [(f.kind, f.session) for f in faults(gate(calm))] == [("spike", date(2020, 6, 1))]
    assert faults(gate(shared_crash)) == []


def leveraged(history: PriceHistory, times: float, with_range: bool) -> PriceHistory:
    """Of each day's move ``times`` as much, as an ETF of that leverage would have made it."""
    true = history.frame
    before = true["close"].shift(1).fillna(true["close"])
    closes = 100 * (1 + times * (true["close"] / before - 1)).clip(lower=0.05).cumprod()
    frame = pd.DataFrame({"adjusted": closes, "close": closes})
    if with_range:
        start = closes.shift(1).fillna(100.0)
        day = pd.DataFrame({c: start * (1 + times * (true[c] / before - 1)).clip(lower=0.02) for c in RANGE})
        day = day.assign(close=closes)
        frame = frame.assign(open=day["open"], high=day.max(axis=1), low=day.min(axis=1), volume=true["volume"])
    return sound_history(history.symbol, "csv", frame, UNTIL)


@pytest.mark.parametrize("with_range", [True, False])
@pytest.mark.parametrize("times", [3.0, -3.0])
@pytest.mark.parametrize("symbol", ["SPY", "QQQ", "EEM", "EWZ", "XLE", "XLF", "USO", "INDA"])
def test_panics_of_leveraged_etfs_are_no_faults(real: Panel, symbol: str, times: float, with_range: bool) -> None:
    """They halve or double in a day of 2008 or 2020, and do it again on the next. Where nothing but closes are known,
    one such day in the middle of a quiet year looks like a split all the same."""
    history = leveraged(real[Symbol(symbol)], times, with_range)
    beside = [] if symbol == "SPY" else [real[SPY]]
    found = [finding for finding in faults(gate([history, *beside])) if finding.symbol == symbol]
    if with_range:
        assert found == []
    else:
        assert {finding.session for finding in found} <= {date(2017, 5, 18), date(2020, 11, 9)}


def test_closes_without_quoted_ones_need_no_dividends(shared: Path, tmp_path: Path) -> None:
    """A list of dividends beside them explains nothing: there is no ratio that they could have changed."""
    shutil.copy(shared / "prices" / "dividends.csv", tmp_path)
    table = pd.read_csv(shared / "prices" / "EWZ.csv", usecols=["Date", "Adj Close"])
    table.to_csv(tmp_path / "EWZ.csv", index=False)
    assert faults(gate([CsvPrices(tmp_path).history(Symbol("EWZ"), UNTIL)])) == []


def test_a_crash_that_lasts_is_no_fault() -> None:
    frame = simulated(ARKK).frame.copy()
    frame.loc["2020-06-01":, ["adjusted", "close", "open", "high", "low"]] *= 0.7
    assert faults(gate([sound_history(ARKK, "csv", frame, UNTIL), simulated()])) == []


@pytest.mark.parametrize("with_range", [True, False])
def test_a_crash_of_a_splits_size_is_no_split(with_range: bool) -> None:
    """Half the price gone in a day of wild trading, and no rest on the day after: that is how funds die."""
    frame = simulated(ARKK).frame.copy()
    prices = ["adjusted", "close", "open", "high", "low"]
    frame.loc["2020-06-01":, prices] *= 0.5
    frame.loc["2020-06-01", ["open", "high"]] *= 1.9
    frame.loc["2020-06-02":, prices] *= 1.25
    frame.loc["2020-06-02", "low"] /= 1.2
    if not with_range:
        frame[["open", "high", "low"]] = np.nan
    (history,) = gate([sound_history(ARKK, "csv", frame, UNTIL)])
    assert history.findings == ()
    assert len(history) == len(frame)


def test_a_fall_of_a_splits_size_that_was_traded_is_no_split_though_the_next_day_is_calm() -> None:
    frame = simulated().frame.copy()
    later = frame.index >= "2020-06-01"
    frame.loc[later, ["adjusted", "close", "open", "high", "low"]] *= 0.5
    overnight = sound_history(SPY, "csv", frame, UNTIL)
    frame.loc["2020-06-01", ["open", "high"]] *= 1.8
    traded = sound_history(SPY, "csv", frame, UNTIL)

    assert [f.kind for f in faults(gate([overnight]))] == ["unadjusted split"]
    assert faults(gate([traded])) == []


def test_a_split_beside_a_day_of_twice_the_trade_is_no_crash() -> None:
    """Shares before a split that nobody adjusted for count half, so twice the usual trade looks like four times."""
    frame = simulated().frame.copy()
    frame.loc[:"2020-06-01", ["adjusted", "close", "open", "high", "low"]] *= 2.0
    frame.loc[:"2020-06-01", "volume"] /= 2.0
    frame.loc["2020-06-02", "volume"] *= 3.0
    frame.loc["2020-06-02", "low"] *= 0.9
    (history,) = gate([sound_history(SPY, "csv", frame, UNTIL)])
    assert [(f.kind, f.session) for f in faults([history])] == [("unadjusted split", date(2020, 6, 2))]


def test_a_split_among_the_first_sessions_is_one_though_the_next_day_is_wild() -> None:
    frame = simulated().frame.loc["2020-06-01":].copy()
    level = np.ones(len(frame))
    level[:5], level[6:] = 3.0, 1.12
    for column in ("adjusted", "close", "open", "high", "low"):
        frame[column] *= level
    (history,) = gate([sound_history(SPY, "csv", frame, UNTIL)])
    assert [(f.kind, f.session) for f in faults([history])] == [("unadjusted split", frame.index[5].date())]


@pytest.mark.parametrize(("equal", "found"), [(4, 0), (10, 9)])
def test_equal_rows_without_trade_are_a_fault_when_they_are_many(equal: int, found: int) -> None:
    frame = simulated().frame.copy()
    prices = ["adjusted", "close", "open", "high", "low"]
    frame.loc[frame.index[1000 : 1000 + equal], prices] = frame[prices].iloc[1000].to_numpy()
    frame.loc[frame.index[1000 : 1000 + equal], "volume"] = 0.0
    history = sound_history(SPY, "csv", frame, UNTIL)
    assert [f.kind for f in faults([history])] == ["repeated rows"] * found


def test_a_price_of_cents_is_rounded_and_no_fault() -> None:
    """At 20 cents a cent is 5 %: the quoted close moves against the adjusted one every day."""
    frame = simulated().frame.copy()
    frame["adjusted"] *= 0.2 / frame["adjusted"].iloc[0]
    in_cents = np.ceil(frame["adjusted"] * 100) / 100
    frame = frame.assign(close=in_cents, open=in_cents, high=in_cents, low=in_cents)
    frame["dividend"] = np.nan
    history = sound_history(SPY, "csv", frame, UNTIL)
    assert [f for f in faults(gate([history])) if f.kind.startswith("adjustment")] == []


def test_a_lasting_jump_of_the_adjustment_is_named_and_used() -> None:
    """The dividend may be one that the list lacks; the loss of all later sessions would harm more."""
    frame = simulated().frame.copy()
    frame.loc[:"2020-06-01", "adjusted"] *= 0.95
    (history,) = gate([sound_history(SPY, "csv", frame, UNTIL)])
    assert [(f.session, f.action) for f in history.findings] == [(date(2020, 6, 2), "left open")]
    assert len(history) == len(frame)


def test_an_unadjusted_split_ends_the_history_before_it() -> None:
    frame = simulated().frame.copy()
    frame.loc[:"2024-06-03", ["adjusted", "close", "open", "high", "low"]] *= 4.0
    (history,) = gate([sound_history(SPY, "csv", frame, UNTIL)])
    assert history.last_session == date(2024, 6, 3)
    (finding,) = history.findings
    assert (finding.kind, finding.session, finding.action) == ("unadjusted split", date(2024, 6, 4), "refused")


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


def test_the_only_jump_with_unknown_dividends_is_named_and_left_open() -> None:
    """It may be the one payment that the ETF ever made."""
    frame = simulated(ARKK).frame.assign(dividend=np.nan)
    frame.loc[:"2020-06-01", "adjusted"] *= 0.95
    (history,) = gate([sound_history(ARKK, "csv", frame, UNTIL)])
    assert [(f.session, f.action) for f in history.findings] == [(date(2020, 6, 2), "left open")]
    assert len(history) == len(frame)


def test_a_dividend_on_the_first_row_explains_nothing() -> None:
    frame = simulated().frame.copy()
    frame.iloc[0, frame.columns.get_loc("dividend")] = 20.0
    assert gate([sound_history(SPY, "yahoo", frame, UNTIL)])[0].findings == ()


def test_rows_of_sessions_that_are_not_over() -> None:
    found = unfinished(simulated(), date(2024, 12, 27))
    assert [f.session for f in found] == [date(2024, 12, 30), date(2024, 12, 31)]
    assert {f.kind for f in found} == {"unfinished session"}


@pytest.mark.parametrize(
    ("last", "share", "kinds"),
    [
        ("2024-12-31", 0.2, ["unfinished session"]),
        ("2024-12-31", 0.3, []),
        ("2024-12-24", 0.2, []),  # closes at 13:00
        ("2024-12-24", 0.05, ["unfinished session"]),
    ],
)
def test_a_last_row_of_little_volume_is_of_an_unfinished_session(last: str, share: float, kinds: list[str]) -> None:
    frame = simulated().frame.loc[:last].copy()
    frame.loc[last, "volume"] = share * frame["volume"].iloc[-21:-1].median()
    history = sound_history(SPY, "csv", frame, UNTIL)
    assert [finding.kind for finding in history.findings] == kinds
    assert (history.last_session == date.fromisoformat(last)) is not bool(kinds)


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
    with pytest.raises(BadPrices, match=r"none of the .* rows from csv can be used"):
        sound_history(SPY, "csv", frame, UNTIL)


def test_a_session_missing_at_the_end_shows_beside_the_others() -> None:
    late = SimulatedPrices().history(ARKK, date(2024, 12, 27))
    assert [(f.kind, f.session) for f in faults(gate([late, simulated()]))] == [
        ("missing session", date(2024, 12, 30)),
        ("missing session", date(2024, 12, 31)),
    ]


def test_an_etf_that_ended_long_ago_has_no_sessions_missing() -> None:
    assert faults(gate([SimulatedPrices().history(ARKK, date(2024, 11, 29)), simulated()])) == []


def test_a_refused_end_is_a_reason_not_to_forecast() -> None:
    frame = simulated().frame.copy()
    frame.loc["2024-06-04":, ["adjusted", "close", "open", "high", "low"]] /= 4.0
    (history,) = gate([sound_history(SPY, "csv", frame, UNTIL)])
    assert str(refusal(history)).startswith("SPY 2024-06-04: unadjusted split (close ")
    assert refusal(simulated()) is None


def test_what_a_reader_must_know() -> None:
    frame = simulated().frame.copy()
    frame.loc[["2020-06-01", "2024-12-03", "2024-12-05"], "open"] = 0.0
    history = sound_history(SPY, "csv", frame, UNTIL)
    stored = Finding(SPY, UNTIL, "stored prices", "noted", {"reason": "down"})
    renamed = Finding(SPY, date(2015, 1, 2), "another security", "noted", {"first traded": "1993-01-29 -> 2015-01-02"})
    assert reader_notes(simulated()) == ()
    assert reader_notes(replace(history, findings=(*history.findings, stored, renamed))) == (
        "Prices of SPY on 2024-12-03, 2024-12-05 are missing or wrong at the source, and were left out.",
        "The source could not be asked for newer prices, so these end on 2024-12-31.",
        "SPY means another security than before (first traded 1993-01-29 -> 2015-01-02). Its prices start on "
        "2015-01-02; older forecasts were of the other one.",
    )
