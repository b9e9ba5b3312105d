"""The tables and pictures of the forecasts against their baselines, on a small frame whose truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from benchmarks import evidence, pictures, tables
from benchmarks.judging import markdown
from forecasting.models import MODELS
from forecasting.quantiles import COLUMNS, GAUSSIAN, HORIZON

DAYS = pd.bdate_range("2018-01-01", periods=700)
FIRST, EVERY, COUNT = 200, 10, 40
SIGMA = 0.01
WIDTHS = {"lstm": 1.0, "har": 1.1, "random_walk": 2.0, "drift": 1.8, "climatology": 1.3}
"""Of each model's fan in units of the true one."""


@pytest.fixture(scope="module")
def prices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prices")
    random = np.random.default_rng(0)
    for symbol in ("AAA", "BBB", "CCC"):
        closes = 100.0 * np.exp(SIGMA * random.standard_normal(len(DAYS)).cumsum())
        pd.DataFrame({"Date": DAYS, "Adj Close": closes}).to_csv(folder / f"{symbol}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def losses(prices: Path) -> pd.DataFrame:
    steps = np.arange(1, HORIZON + 1)
    frames = []
    for path in sorted(prices.glob("*.csv")):
        closes = pd.read_csv(path)["Adj Close"].to_numpy()
        for at in range(FIRST, FIRST + EVERY * COUNT, EVERY):
            for model in MODELS:
                fan = WIDTHS[model] * SIGMA * np.sqrt(steps)[:, None] * GAUSSIAN
                rows = pd.DataFrame(closes[at] * np.exp(fan), columns=list(COLUMNS))
                keys = {"symbol": path.stem, "model": model, "cutoff": DAYS[at], "step": steps}
                came = {"session": DAYS[at + steps], "actual": closes[at + steps]}
                frames.append(rows.assign(**keys, **came))
    return evidence.with_losses(pd.concat(frames, ignore_index=True), prices)


@pytest.fixture(scope="module")
def ours(losses: pd.DataFrame) -> pd.DataFrame:
    return losses[losses["model"] == "lstm"]


@pytest.mark.slow
def test_losses_are_shares_of_the_close_at_the_cutoff(losses: pd.DataFrame, prices: Path) -> None:
    row = losses.iloc[7]
    last = pd.read_csv(prices / "AAA.csv")["Adj Close"][FIRST]
    gap = row["actual"] - row[list(COLUMNS)].to_numpy(float)
    levels = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])
    assert row["loss"] == pytest.approx(np.maximum(levels * gap, (levels - 1) * gap).mean() / last)
    assert row["error"] == pytest.approx(abs(row["actual"] - row["q50"]) / last)


def test_skill_is_what_a_loss_saves_mean_over_etfs(losses: pd.DataFrame) -> None:
    by_symbol = evidence.skill(losses, "symbol")
    own = losses[losses["symbol"] == "BBB"].groupby("model")["loss"].mean()
    assert by_symbol.loc["BBB", "lstm"] == pytest.approx(1 - own["lstm"] / own["random_walk"])
    assert (by_symbol["random_walk"] == 0.0).all()
    against = evidence.skill(losses, "symbol", against="climatology")
    assert against.loc["BBB", "lstm"] == pytest.approx(1 - own["lstm"] / own["climatology"])
    by_step = evidence.skill(losses, "step")
    assert by_step.index.tolist() == list(range(1, HORIZON + 1))
    at_20 = losses[losses["step"] == 20]
    assert by_step.loc[20, "har"] == pytest.approx(evidence.skill(at_20, "symbol")["har"].mean())


def test_coverage_is_counted_by_group_within_its_bootstrap_band(ours: pd.DataFrame) -> None:
    covered = evidence.coverage(ours, ours["step"])
    fifth = ours[ours["step"] == 5]
    assert covered.loc[5, "80%"] == pytest.approx(fifth["actual"].between(fifth["q10"], fifth["q90"]).mean())
    assert covered.loc[5, "95%"] == pytest.approx(fifth["actual"].between(fifth["q025"], fifth["q975"]).mean())
    for band in evidence.BANDS:
        assert (covered[f"{band} low"] <= covered[band]).all()
        assert (covered[band] <= covered[f"{band} high"]).all()
        assert (covered[f"{band} low"] < covered[f"{band} high"]).any()


def test_terciles_split_each_etfs_cutoffs_by_width_and_by_past_volatility(ours: pd.DataFrame, prices: Path) -> None:
    widened = ours.copy()
    late = widened["cutoff"] >= DAYS[FIRST + EVERY * (COUNT - 13)]
    widened.loc[late, "q90"] *= 1.5
    wide = evidence.by_forecast(widened)
    assert (wide[late] == 2).all()
    assert (wide[~late] < 2).all()
    past = evidence.by_past(ours, prices)
    sizes = ours.assign(third=past).drop_duplicates(["symbol", "cutoff"]).groupby(["symbol", "third"]).size()
    assert sizes.between(COUNT // 3, COUNT // 3 + 1).all()
    closes = pd.read_csv(prices / "AAA.csv", parse_dates=["Date"], index_col="Date")["Adj Close"]
    sigma = np.log(closes).diff().rolling(60).std()
    own = ours[ours["symbol"] == "AAA"]
    by_third = sigma.reindex(own["cutoff"]).groupby(past[own.index].to_numpy()).agg(["min", "max"])
    assert by_third["max"].iloc[0] <= by_third["min"].iloc[1]


def test_rivals_are_met_on_one_series_of_dates(losses: pd.DataFrame) -> None:
    rivals = evidence.rivals(losses, 6)
    assert list(rivals.index) == ["har", "random_walk", "drift", "climatology"]
    assert (rivals["dates"] == COUNT).all()
    walk = rivals.loc["random_walk"]
    assert walk["lead"] == pytest.approx(evidence.skill(losses, "symbol")["lstm"].mean())
    assert walk["low"] < walk["lead"] < walk["high"]
    assert walk["statistic"] < -2.5
    assert walk["p"] < 0.01
    assert walk["better"] > 0.8


def test_every_table_is_whole(losses: pd.DataFrame, ours: pd.DataFrame, prices: Path) -> None:
    covered = evidence.coverage(ours, ours["step"])
    printed = {
        "against": (tables.against(losses), 6),
        "doubt": (tables.doubt(evidence.rivals(losses, 6)), 4),
        "steps": (tables.steps(losses, covered), 6),
        "terciles": (tables.terciles(ours, prices), 6),
        "pit": (tables.pit(ours), 3),
    }
    for name, (text, rows) in printed.items():
        lines = text.strip().splitlines()
        assert len(lines) == rows + 2, name
        assert len({line.count("|") for line in lines}) == 1, name
        assert "nan" not in text, name


def test_the_judges_scores_make_the_table_of_skills() -> None:
    own = {"pinball": 1.0, "mae_skill": -0.04, "rmse_skill": 0.0, "pinball_skill": 0.1, "cover80": 0.8, "cover95": 0.9}
    worse = own | {"mae_skill": 0.02, "pinball": 2.0, "pinball_skill": 0.2}
    judged = {"AAA": {"model": own, "climatology": {"pinball": 1.1}}, "BBB": {"model": worse, "climatology": own}}
    line = tables.skills({"lstm": judged}).splitlines()[-1]
    assert line == "| lstm | -0.0100 | 0.0000 | 0.1500 | 0.800 | 0.900 | 1 | AAA -0.040 |"


@pytest.mark.slow
def test_every_picture_is_drawn_as_wide_as_a_phone_shows(
    losses: pd.DataFrame, ours: pd.DataFrame, prices: Path, tmp_path: Path
) -> None:
    covered = evidence.coverage(ours, ours["step"])
    drawn = pictures.draw_all(losses, covered, prices, tmp_path / "images")
    assert [path.stem for path in drawn] == [
        "coverage-by-horizon",
        "coverage-by-volatility",
        "pit",
        "skill-by-horizon",
        "skill-by-etf",
    ]
    for path in drawn:
        with Image.open(path) as image:
            assert image.width == pictures.WIDTH * pictures.DPI
            assert len(image.getcolors(1_000_000) or []) > 20


def test_markdown_has_one_line_per_row() -> None:
    assert markdown(["a", "b"], [["1", "2"]]) == "| a | b |\n| --- | ---: |\n| 1 | 2 |\n"
