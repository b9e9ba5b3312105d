"""The forecasts against their baselines on a folder of real prices, by the public judge: five tables.

    python benchmarks/accuracy.py --prices FOLDER --judge FOLDER/score.py [--frame FRAME.csv.gz]

Runs ``etf-forecast backtest`` over every ETF of the folder, unless the frame of an earlier run is given.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting.accuracy import diebold_mariano, pinball
from forecasting.quantiles import COLUMNS, HORIZON, LEVELS
from forecasting.report import MODELS

FOLDS = "2017-01-01,2019-01-01,2021-01-01,2023-01-01"
EVERY = 10
SHOWN_STEPS = (1, 5, 10, 20, 40, 60)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prices", type=Path, required=True)
    parser.add_argument("--judge", type=Path, required=True)
    parser.add_argument("--folds", default=FOLDS)
    parser.add_argument("--every", type=int, default=EVERY)
    parser.add_argument("--frame", type=Path, help="a frame that is already there")
    parser.add_argument("--out", type=Path, default=Path("var/benchmark.csv.gz"))
    given = parser.parse_args()
    path = given.frame or run_backtest(given)
    frame = pd.read_csv(path, parse_dates=["cutoff", "session"])
    print(f"{frame['symbol'].nunique()} ETFs, folds {given.folds}, a forecast every {given.every} sessions\n")
    judged = {model: judge(frame[frame["model"] == model], given) for model in MODELS}
    print(skill_table(judged))
    losses = frame.assign(loss=relative_loss(frame, given.prices))
    print(significance_table(losses, HORIZON // given.every))
    print(step_table(losses))
    print(tercile_table(frame[frame["model"] == "lstm"]))
    print(pit_table(frame[frame["model"] == "lstm"]))


def run_backtest(given: argparse.Namespace) -> Path:
    symbols = sorted(path.stem for path in given.prices.glob("*.csv") if path.stem != "dividends")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "forecasting", "backtest", *symbols, "--prices", f"csv:{given.prices}"]
    started = time.monotonic()
    subprocess.run([*command, "--folds", given.folds, "--every", str(given.every), "--out", str(given.out)], check=True)
    print(f"backtest: {(time.monotonic() - started) / 60:.1f} minutes\n")
    return Path(given.out)


def judge(rows: pd.DataFrame, given: argparse.Namespace) -> dict[str, dict[str, dict[str, float]]]:
    """The judge's scores of one model by ETF, with its own baselines beside it."""
    with tempfile.TemporaryDirectory() as folder:
        frame, scores = Path(folder, "frame.csv"), Path(folder, "scores.json")
        rows.to_csv(frame, index=False)
        options = ["--prices", str(given.prices), "--folds", given.folds, "--every", str(given.every)]
        command = [sys.executable, str(given.judge), str(frame), *options, "--json", str(scores)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        table: dict[str, dict[str, dict[str, float]]] = json.loads(scores.read_text())["by_symbol"]
    return table


def markdown(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def skill_table(judged: dict[str, dict[str, dict[str, dict[str, float]]]]) -> str:
    rows = []
    for model, table in judged.items():
        ours = [scores["model"] for scores in table.values()]
        means = [
            f"{np.mean([s[f'{name}_skill'] for s in ours]) + 0.0:.4f}".replace("-0.0000", "0.0000")
            for name in ("mae", "rmse", "pinball")
        ]
        covers = [f"{np.mean([s[name] for s in ours]):.3f}" for name in ("cover80", "cover95")]
        above = sum(s["model"]["pinball"] < s["climatology"]["pinball"] * (1 - 1e-9) for s in table.values())
        worst = min(table, key=lambda symbol: table[symbol]["model"]["mae_skill"])
        rows.append([model, *means, *covers, f"{above}", f"{worst} {table[worst]['model']['mae_skill']:.3f}"])
    header = ["skill against random walk", "MAE", "RMSE", "pinball", "80 %", "95 %", "ETFs above climatology"]
    return markdown([*header, "worst MAE skill"], rows)


def closes_at_cutoffs(frame: pd.DataFrame, prices: Path) -> pd.Series:
    """The adjusted close at each row's cut-off, USD."""
    known = {
        symbol: pd.read_csv(prices / f"{symbol}.csv", parse_dates=["Date"], index_col="Date")["Adj Close"]
        for symbol in frame["symbol"].unique()
    }
    return pd.concat([known[s].reindex(rows["cutoff"]).set_axis(rows.index) for s, rows in frame.groupby("symbol")])


def relative_loss(frame: pd.DataFrame, prices: Path) -> pd.Series:
    """Mean quantile loss of each row as a share of the close at the cut-off."""
    loss = pinball(frame["actual"].to_numpy(float), frame[list(COLUMNS)].to_numpy(float)).mean(axis=1)
    return pd.Series(loss, index=frame.index) / closes_at_cutoffs(frame, prices)


def significance_table(losses: pd.DataFrame, overlap: int) -> str:
    """Each ETF's losses in units of its random walk's mean, averaged over ETFs per date: one series."""
    walk = losses[losses["model"] == "random_walk"].groupby("symbol")["loss"].mean()
    scaled = losses.assign(loss=losses["loss"] / losses["symbol"].map(walk))
    series = scaled.groupby(["model", "cutoff"])["loss"].mean().unstack("model").sort_index()
    rows = []
    for rival in MODELS[1:]:
        statistic, p = diebold_mariano(series["lstm"].to_numpy(), series[rival].to_numpy(), overlap)
        share = float((series["lstm"] < series[rival]).mean())
        rows.append([rival, f"{statistic:.2f}", f"{p:.3f}", f"{share:.0%}", f"{len(series)}"])
    return markdown(["lstm against", "Diebold-Mariano (HLN)", "p", "cut-offs at which it was better", "cut-offs"], rows)


def step_table(losses: pd.DataFrame) -> str:
    walk = losses[losses["model"] == "random_walk"].groupby(["symbol", "step"])["loss"].mean()
    ours = losses[losses["model"] == "lstm"]
    skill = (1 - ours.groupby(["symbol", "step"])["loss"].mean() / walk).groupby("step").mean()
    covered = {
        band: ours["actual"].between(ours[low], ours[high]).groupby(ours["step"]).mean()
        for band, low, high in (("80 %", "q10", "q90"), ("95 %", "q025", "q975"))
    }
    rows = [
        [str(step), f"{skill[step]:.3f}", *(f"{cover[step]:.3f}" for cover in covered.values())] for step in SHOWN_STEPS
    ]
    return markdown(["step", "pinball skill", *covered], rows)


def tercile_table(ours: pd.DataFrame) -> str:
    """Coverage by the width of the 80 % band at the last step: each ETF's calm, usual and troubled cut-offs."""
    last = ours[ours["step"] == HORIZON].set_index(["symbol", "cutoff"])
    width = np.log(last["q90"] / last["q10"])
    third = width.groupby("symbol").rank(pct=True).apply(lambda rank: min(int(rank * 3 - 1e-9), 2))
    keys = pd.MultiIndex.from_frame(ours[["symbol", "cutoff"]])
    group = third.reindex(keys).to_numpy()
    rows = []
    for number, name in enumerate(("calm", "usual", "troubled")):
        part = ours[group == number]
        covers = [part["actual"].between(part[a], part[b]).mean() for a, b in (("q10", "q90"), ("q025", "q975"))]
        rows.append([name, *(f"{cover:.3f}" for cover in covers)])
    return markdown(["forecast volatility (third of each ETF's cut-offs)", "80 %", "95 %"], rows)


def pit_table(ours: pd.DataFrame) -> str:
    """The probability integral transform in the eight bins that seven quantiles make."""
    below = (ours[list(COLUMNS)].to_numpy(float) < ours["actual"].to_numpy(float)[:, None]).sum(axis=1)
    found = np.bincount(below, minlength=len(LEVELS) + 1) / len(ours)
    promised = np.diff([0.0, *LEVELS, 1.0])
    names = [f"below {LEVELS[0]:.1%}", *(f"to {level:.1%}" for level in LEVELS[1:]), "above"]
    return markdown(
        ["share of closes between quantiles", *names],
        [["promised", *(f"{x:.3f}" for x in promised)], ["found", *(f"{x:.3f}" for x in found)]],
    )


if __name__ == "__main__":
    main()
