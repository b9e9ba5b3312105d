"""The comparison with other libraries: what a peer is given and what is made of its answer. Needs none of them."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.peers import anchored, runs, table
from benchmarks.peers.anchored import INPUT
from benchmarks.peers.task import Array, Closes, Question, Task, market, read_closes
from benchmarks.peers.walk import Answer, training_windows, walk_alone, walk_together
from forecasting.evaluation.walk_forward import FRAME_COLUMNS
from forecasting.quantiles import COLUMNS, LEVELS

HORIZON = 5
NOTHING = np.empty((400, 0))
DAYS = pd.bdate_range("2020-01-01", periods=400)
START = DAYS[300].date().isoformat()
CUTOFFS = tuple(day.date().isoformat() for day in DAYS[300:380:20])


@pytest.fixture
def task(tmp_path: Path) -> Task:
    rng = np.random.default_rng(0)
    for symbol in ("AAA", "BBB"):
        closes = 50.0 * np.exp(0.01 * rng.standard_normal(len(DAYS)).cumsum())
        pd.DataFrame({"Date": DAYS, "Adj Close": closes}).to_csv(tmp_path / f"{symbol}.csv", index=False)
    return Task(str(tmp_path), HORIZON, LEVELS, COLUMNS, (Question(START, {"AAA": CUTOFFS, "BBB": CUTOFFS[:2]}),))


@pytest.fixture
def outcomes(task: Task) -> pd.DataFrame:
    """What came, as our own baselines met it: one row per symbol, cut-off and step."""
    rows = []
    for symbol, days in task.questions[0].cutoffs.items():
        closes = read_closes(task.prices, symbol)
        for day, row in zip(days, closes.rows(days), strict=True):
            for step in range(1, HORIZON + 1):
                actual = float(np.exp(closes.log_close[row + step]))
                rows.append((symbol, pd.Timestamp(day), step, closes.days[row + step], actual))
    return pd.DataFrame(rows, columns=["symbol", "cutoff", "step", "session", "actual"])


@pytest.fixture
def market_task(task: Task, tmp_path: Path) -> Task:
    """The same with a market, which AAA stands for, and a VIX that is missing on one day."""
    (tmp_path / "SPY.csv").write_text((tmp_path / "AAA.csv").read_text())
    days = DAYS.delete(200)
    vix = pd.DataFrame({"DATE": days, "CLOSE": 15.0 + np.arange(len(days))})
    vix.to_csv(tmp_path / "vix.txt", index=False)
    return replace(task, vix=str(tmp_path / "vix.txt"))


def test_a_task_comes_back_from_its_file(market_task: Task) -> None:
    assert Task.from_json(market_task.to_json()) == market_task


def test_the_market_is_known_at_every_session_and_nothing_after_it(market_task: Task) -> None:
    found = market(market_task, DAYS[:202])
    assert found.shape == (202, 2)
    assert np.array_equal(found[:, 0], read_closes(market_task.prices, "AAA").log_close[:202])
    per_session = 100.0 * np.sqrt(252) * np.exp(found[:, 1])
    assert per_session[198:] == pytest.approx([213.0, 214.0, 214.0, 215.0]), "a day without a VIX has the last one"


def test_a_window_has_the_market_besides_its_own_path(market_task: Task) -> None:
    own, other = (read_closes(market_task.prices, symbol).log_close for symbol in ("BBB", "AAA"))
    around = market(market_task, DAYS)
    origins = np.array([200, 350])
    windows = anchored.channels(own, around, origins)
    assert windows.shape == (2, INPUT, 3)
    assert np.array_equal(windows[..., :1], anchored.channels(own, NOTHING, origins))
    assert np.array_equal(windows[..., 1:2], anchored.channels(other, NOTHING, origins))
    ratio = np.exp(around[origins, 1]) / anchored.scales(other, origins)
    assert np.exp(windows[:, -1, 2]) == pytest.approx(ratio)


def test_scaled_paths_end_at_the_last_close_and_have_moves_of_unit_size(task: Task) -> None:
    log_close = read_closes(task.prices, "AAA").log_close
    origins = np.array([INPUT, 200, 350])
    paths = anchored.channels(log_close, NOTHING, origins)[..., 0]
    assert paths.shape == (3, INPUT)
    assert np.all(paths[:, -1] == 0.0)
    assert np.diff(paths, axis=1).std(axis=1) == pytest.approx(np.ones(3), rel=0.02)


def test_scaled_paths_know_nothing_after_their_origin(task: Task) -> None:
    log_close = read_closes(task.prices, "AAA").log_close
    forged = np.concatenate([log_close[:201], log_close[201:] + 3.0])
    origins = np.array([150, 200])
    seen = [anchored.channels(closes, NOTHING, origins, 1) for closes in (forged, log_close)]
    assert np.array_equal(seen[0][:, :INPUT], seen[1][:, :INPUT])
    assert not np.array_equal(seen[0][:, INPUT:], seen[1][:, INPUT:])


def test_quantiles_of_scaled_moves_are_prices_again_and_in_order(task: Task) -> None:
    log_close = read_closes(task.prices, "AAA").log_close
    origins = np.array([200, 300])
    came = anchored.channels(log_close, NOTHING, origins, HORIZON)[:, INPUT:, 0]
    crossing = np.stack([came + 1.0, came, came - 1.0], axis=-1)
    prices = anchored.prices(crossing, log_close, origins)
    assert prices[..., 1] == pytest.approx(np.exp(log_close[origins[:, None] + np.arange(1, HORIZON + 1)]))
    assert np.all(np.diff(prices, axis=-1) > 0.0)


def test_a_global_model_learns_from_outcomes_closed_before_the_fold(task: Task) -> None:
    closes = {symbol: read_closes(task.prices, symbol) for symbol in ("AAA", "BBB")}
    forged = {
        symbol: Closes(symbol, each.days, np.where(np.arange(len(DAYS)) < 300, each.log_close, 9.0))
        for symbol, each in closes.items()
    }
    question = task.questions[0]
    learnt = training_windows(closes, question, task)
    assert learnt.shape[1:] == (INPUT + HORIZON, 1)
    assert np.array_equal(learnt, training_windows(forged, question, task))
    newest = anchored.channels(closes["AAA"].log_close, NOTHING, np.array([300 - 1 - HORIZON]), HORIZON)
    assert np.any(np.all(learnt == newest, axis=(1, 2))), "the newest closed outcome is used"


def test_a_global_model_is_fitted_once_a_fold_and_answers_at_every_cutoff(task: Task, outcomes: pd.DataFrame) -> None:
    fits = []

    def fit(windows: Array, asked: Task) -> Answer:
        fits.append(len(windows))
        return lambda seen: np.zeros((len(seen), asked.horizon, len(asked.levels)))

    frame, costs = walk_together(fit, task)
    assert (len(fits), len(costs.fits), costs.forecasts) == (1, 1, len(CUTOFFS) + 2)
    met = runs.meet(frame, "flat", outcomes)
    assert list(met.columns) == list(FRAME_COLUMNS)
    assert len(met) == (len(CUTOFFS) + 2) * HORIZON
    last = read_closes(task.prices, "BBB")
    first = met[(met["symbol"] == "BBB") & (met["cutoff"] == CUTOFFS[1])]
    assert first["q975"].to_numpy() == pytest.approx(np.exp(last.log_close[320]))


def test_a_local_model_sees_closes_up_to_its_cutoff(task: Task) -> None:
    lengths = []

    def fit(closes: Closes, asked: Task):  # type: ignore[no-untyped-def]
        lengths.append(len(closes.log_close))
        return lambda: np.tile(closes.log_close[-1] + np.arange(7)[::-1], (asked.horizon, 1))

    frame, costs = walk_alone(fit, task)
    assert lengths == [301, 321, 341, 361, 301, 321]
    assert len(costs.fits) == costs.forecasts == 6
    assert (frame["q025"] < frame["q975"]).all(), "quantiles that cross are put in order"
    assert frame["q025"].iloc[0] == pytest.approx(np.exp(read_closes(task.prices, "AAA").log_close[300]))


@pytest.mark.parametrize("fault", ["missing", "double", "strange"])
def test_an_answer_to_another_question_is_refused(task: Task, outcomes: pd.DataFrame, fault: str) -> None:
    frame, _ = walk_alone(lambda closes, asked: lambda: np.tile(closes.log_close[-1], (asked.horizon, 7)), task)
    changed = {
        "missing": frame.iloc[1:],
        "double": pd.concat([frame, frame.iloc[:1]]),
        "strange": frame.assign(step=frame["step"] + 1),
    }
    with pytest.raises((ValueError, pd.errors.MergeError)):
        runs.meet(changed[fault], "flat", outcomes)


def test_a_finished_run_is_kept_with_what_it_cost(tmp_path: Path, outcomes: pd.DataFrame) -> None:
    code = f"import pathlib; pathlib.Path({str(tmp_path / 'half-busy.json')!r}).write_text('{{\"fits\": 3}}')"
    done = runs.run(tmp_path, "busy", [sys.executable, "-c", code], {})
    assert done.peak_megabytes > 5
    assert done.processor_seconds > 0
    frame = outcomes.assign(model="busy")
    runs.keep(tmp_path, done, frame)
    again = runs.kept(tmp_path, "busy")
    assert again == replace(done, reused=True)
    assert again is not None
    assert again.details == {"fits": 3}
    assert again.frame(tmp_path)["actual"].to_numpy() == pytest.approx(frame["actual"].to_numpy())
    assert not list(tmp_path.glob("half-*"))
    assert runs.kept(tmp_path, "other") is None


def test_a_run_that_fails_says_where_its_words_are(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"bad failed.*bad\.log"):
        runs.run(tmp_path, "bad", [sys.executable, "-c", "raise SystemExit('no')"], {})
    assert (tmp_path / "bad.log").read_text().strip() == "no"
    assert runs.kept(tmp_path, "bad") is None


def test_frames_of_another_task_are_not_taken_for_this_one(tmp_path: Path, task: Task) -> None:
    runs.same_task(tmp_path / "kept", task)
    runs.same_task(tmp_path / "kept", task)
    with pytest.raises(SystemExit, match="other ETFs, folds or prices"):
        runs.same_task(tmp_path / "kept", replace(task, horizon=6))


def test_what_an_earlier_call_made_is_named(task: Task) -> None:
    made = runs.Kept("NHITS", 120.0, 700.0, "2026-01-02T03:04:05+00:00", {"versions": {"torch": "2"}}, reused=True)
    text = table.origin([made, runs.Kept("own", 60.0, 500.0, "2026-01-03T03:04:05+00:00", {})], 1.0)
    assert "Made in this call, in 1 minutes: own." in text
    assert "Kept from an earlier call: NHITS of 2026-01-02T03:04:05+00:00." in text
    assert "3 minutes of processor time" in text


def test_forecasts_taken_from_a_frame_say_so(tmp_path: Path) -> None:
    full = tmp_path / "full.csv.gz"
    full.write_bytes(b"")
    made = runs.Kept("NHITS", 120.0, 700.0, "2026-01-02T03:04:05+00:00", {"versions": {"torch": "2"}})
    text = table.origin([made, runs.lent("own", full)], 1.0)
    assert "Kept from an earlier call: own of " in text
    assert "(rows of full.csv.gz)" in text
