"""Compares forecasts of portfolios with the portfolio forecast as an ETF of its own, and prints tables.

    python -m benchmarks.portfolios --frame FRAME.csv.gz --prices FOLDER [--vix FILE] [--count 200]

FRAME is what ``etf-forecast backtest`` wrote for the ETFs of the folder: at each cut-off the rows of ``lstm`` are the
forecasts that would have been posted. The dependence is measured on returns up to the cut-off. ``HAR of its own`` is
fitted, forecast and calibrated on the portfolio's own prices (these weights every day) beside SPY and the VIX, exactly
as for an ETF; ``climatology of its own`` is what ``/portfolio`` shows for comparison. All are judged by the value of a
portfolio that is bought at the cut-off and held. Takes about a quarter of an hour.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from benchmarks.bootstrap import block_weights, ratio_band
from benchmarks.evidence import BANDS, BLOCK, DRAWS, SEED
from benchmarks.judging import EVERY, FOLDS, markdown, prices_with_vix
from forecasting.evaluation.scores import diebold_mariano, pinball
from forecasting.model.lifecycle import backtest_symbol, calibrate_frame, fit_fold
from forecasting.prices.history import Array, Panel, PriceHistory
from forecasting.prices.loading import load_panel
from forecasting.prices.sources.csv import CsvPrices
from forecasting.quantiles import COLUMNS, HORIZON, LEVELS
from forecasting.reports.build import past_returns
from forecasting.scenarios.past_returns import PastReturns
from forecasting.scenarios.paths import joint_paths
from forecasting.universe import Symbol

STEPS: Final = (1, 5, 10, 20, 40, 60)
MIX: Final = Symbol("MIX")
MARKET: Final = Symbol("SPY")
OWN: Final = ("har", "climatology")


@dataclass(frozen=True)
class Mix:
    """Two to six ETFs and their weights, which add up to 1."""

    symbols: tuple[Symbol, ...]
    weights: Array


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frame", type=Path, required=True)
    parser.add_argument("--prices", type=Path, required=True)
    parser.add_argument("--vix", type=Path, help="daily VIX, with the columns DATE and CLOSE")
    parser.add_argument("--count", type=int, default=200)
    given = parser.parse_args()
    with prices_with_vix(given.prices, given.vix) as folder:
        source = CsvPrices(folder, as_written=True)
        panel, _ = load_panel(source, source.symbols, date(2199, 12, 31), gated=False)
    frame = pd.read_csv(given.frame, parse_dates=["cutoff", "session"])
    mixes = tuple(random_mixes(tuple(panel), given.count))
    joint = joint_forecasts(frame[frame["model"] == "lstm"], panel, mixes)
    own = pd.concat([own_forecasts(mix, panel).assign(mix=number) for number, mix in enumerate(mixes)])
    judged = own.merge(joint[["mix", "cutoff", "step", "actual"]], on=["mix", "cutoff", "step"])
    print_tables(pd.concat([joint, judged], ignore_index=True))


def random_mixes(symbols: tuple[Symbol, ...], count: int, seed: int = 14) -> Iterator[Mix]:
    """Two to six different ETFs, with weights of a Dirichlet distribution: few are near 0 or 1."""
    random, ordered = np.random.default_rng(seed), sorted(symbols)
    for _ in range(count):
        size = int(random.integers(2, 7))
        chosen = random.choice(len(ordered), size, replace=False)
        yield Mix(tuple(ordered[place] for place in chosen), random.dirichlet(np.full(size, 2.0)))


def joint_forecasts(posted: pd.DataFrame, panel: Panel, mixes: Sequence[Mix]) -> pd.DataFrame:
    """Each portfolio's forecast wherever all parts have one; values are multiples of that at the cut-off."""
    found = []
    for cutoff, rows in posted.sort_values("step").groupby("cutoff"):
        parts = {}
        for symbol, of in rows.groupby("symbol"):
            known = panel[Symbol(str(symbol))].until(pd.Timestamp(str(cutoff)).date())
            values = of[[*COLUMNS, "actual"]].to_numpy(float) / known.adjusted[-1]
            parts[symbol] = values[:, :-1], values[:, -1], past_returns(known)
        alone = Alone({symbol: (fan, past) for symbol, (fan, _, past) in parts.items()})
        for number, mix in enumerate(mixes):
            if not set(mix.symbols) <= set(parts):
                continue
            worth = np.tensordot(mix.weights, alone.paths(mix.symbols), axes=1)
            quantiles = np.quantile(worth, LEVELS, axis=1, method="hazen")
            frame = pd.DataFrame(quantiles.T, columns=list(COLUMNS))
            actual = mix.weights @ np.array([parts[symbol][1] for symbol in mix.symbols])
            found.append(frame.assign(actual=actual, step=np.arange(1, HORIZON + 1), cutoff=cutoff, mix=number))
    return pd.concat(found, ignore_index=True).assign(model="joint")


class Alone:
    """As ``joint_paths`` of one cut-off: the paths of an ETF serve all portfolios of ETFs with the same sessions."""

    def __init__(self, parts: Mapping[str, tuple[Array, PastReturns]]) -> None:
        self._parts = parts
        self._known: dict[str, Array] = {}

    def paths(self, symbols: Sequence[str]) -> Array:
        sessions = {self._parts[symbol][1].sessions for symbol in symbols}
        if len(sessions) > 1:
            fans, pasts = zip(*(self._parts[symbol] for symbol in symbols), strict=True)
            return joint_paths(fans, pasts)
        for symbol in symbols:
            if symbol not in self._known:
                fan, past = self._parts[symbol]
                self._known[symbol] = joint_paths([fan], [past])[0]
        return np.stack([self._known[symbol] for symbol in symbols])


def own_forecasts(mix: Mix, panel: Panel) -> pd.DataFrame:
    """The portfolio forecast as an ETF of its own; values are multiples of that at the cut-off."""
    closes = pd.concat([panel[symbol].frame["adjusted"] for symbol in mix.symbols], axis=1, join="inner")
    growth = 1.0 + closes.pct_change().fillna(0.0).to_numpy() @ mix.weights
    worth = pd.DataFrame({"adjusted": 100.0 * np.cumprod(growth)}, index=closes.index)
    pair = Panel([PriceHistory.of(MIX, "mix", worth), panel[MARKET]], panel.vix)
    folds = tuple(date.fromisoformat(fold) for fold in FOLDS.split(","))
    fold_models = [fit_fold(pair, folds, k, EVERY, models=OWN) for k in range(len(folds))]
    frame = calibrate_frame(backtest_symbol(MIX, pair, fold_models, EVERY, models=OWN), fold_models, pair)
    last = worth["adjusted"].reindex(frame["cutoff"]).to_numpy()
    frame[list(COLUMNS)] = frame[list(COLUMNS)].to_numpy(float) / last[:, None]
    return frame[["model", "cutoff", "step", *COLUMNS]]


def print_tables(frame: pd.DataFrame) -> None:
    losses = frame.assign(
        loss=pinball(frame["actual"].to_numpy(float), frame[list(COLUMNS)].to_numpy(float)).mean(axis=1)
    )
    for band, (low, high) in BANDS.items():
        losses[band] = frame["actual"].between(frame[low], frame[high])
    cutoffs = frame.loc[frame["model"] == "joint", ["mix", "cutoff"]].drop_duplicates()
    print(f"{frame['mix'].nunique()} portfolios, {len(cutoffs):,} forecasts on {cutoffs['cutoff'].nunique()} dates\n")
    by_model = losses.groupby("model")[["loss", *BANDS]].mean()
    names = {"joint": "joint", "har": "HAR of its own", "climatology": "climatology of its own"}
    header = ["", "pinball, % of the value", "80% band held", "95% band held"]
    print(markdown(header, [[name, *_figures(by_model.loc[model])] for model, name in names.items()]))
    by_step = losses[losses["model"] == "joint"].groupby("step")[["loss", *BANDS]].mean()
    print(markdown(["joint, sessions ahead", *header[1:]], [[str(s), *_figures(by_step.loc[s])] for s in STEPS]))
    # Portfolios of volatile ETFs would decide alone: each counts relative to its own mean loss.
    scaled = losses.assign(loss=losses["loss"] / losses["mix"].map(losses.groupby("mix")["loss"].mean()))
    by_date = scaled.groupby(["model", "cutoff"])["loss"].mean().unstack("model").sort_index()
    weights, rows = block_weights(len(by_date), BLOCK, DRAWS, SEED), []
    for rival in OWN:
        ours, theirs = by_date["joint"].to_numpy(float), by_date[rival].to_numpy(float)
        low, high = ratio_band((theirs - ours)[:, None], np.ones((len(by_date), 1)), weights)
        statistic, p = diebold_mariano(ours, theirs, HORIZON // EVERY)
        lead = f"{(theirs - ours).mean():.4f}"
        rows.append([names[rival], lead, f"{low[0]:.4f} to {high[0]:.4f}", f"{statistic:.2f}", f"{p:.3f}"])
    print(markdown(["joint against", "lead in relative pinball", "95% band", "Diebold-Mariano", "p"], rows))


def _figures(means: pd.Series[float]) -> list[str]:
    return [f"{100 * means['loss']:.4f}", f"{means['80%']:.3f}", f"{means['95%']:.3f}"]


if __name__ == "__main__":
    main()
