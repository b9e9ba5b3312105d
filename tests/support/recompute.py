"""The record's figures once more, from CSV files and the issued forecasts alone: plain pandas, none of our code.

    python tests/recompute.py DATABASE.db FOLDER LAST_SESSION

prints what ``etf-forecast track --json`` should say. Written from ``docs/record.md``.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

LEVELS = ["q025", "q10", "q25", "q50", "q75", "q90", "q975"]
Z = [-1.959964, -1.281552, -0.674490, 0.0, 0.674490, 1.281552, 1.959964]
MODELS = ("lstm", "random_walk", "drift")


def issued_forecasts(database: Path) -> pd.DataFrame:
    with sqlite3.connect(database) as connection:
        return pd.read_sql("SELECT * FROM issued_forecasts ORDER BY number", connection)


def scored_sessions(database: Path, folder: Path, last: str) -> pd.DataFrame:
    """A row for each model and each session up to ``last`` that an issued forecast is scored on."""
    rows = []
    for forecast in issued_forecasts(database).to_dict("records"):
        prices = pd.read_csv(folder / f"{forecast['symbol']}.csv").set_index("Date")["Adj Close"]
        past, close = prices[: forecast["as_of"]], forecast["raw_close"]
        returns = np.log(past).diff().dropna()
        variance = np.var([0.0, *returns[:59]])  # of the first 60 sessions, the first of which has no return
        for square in [0.0, *returns.pow(2)]:
            variance = 0.94 * variance + 0.06 * square
        promised = {
            f"promised_{name}": value
            for name, value in json.loads(forecast["promise"] if isinstance(forecast["promise"], str) else "{}").items()
        }
        walk, mean = returns.tail(1260).std(ddof=0), returns.mean()
        closes, base = prices.to_dict(), past.iloc[-1]
        for step, (session, quantiles) in enumerate(json.loads(forecast["quantiles"]).items(), 1):
            if session > last or session not in closes:
                continue
            bands = {
                "lstm": quantiles,
                "random_walk": gaussian(close, step, 0.0, walk),
                "drift": gaussian(close, step, mean, variance**0.5),
            }
            actual = close * closes[session] / base
            facts = {name: forecast[name] for name in ("number", "symbol", "kind", "as_of")} | {"close": close}
            facts |= {"session": session, "step": step, "actual": actual}
            rows += [facts | {"model": m} | dict(zip(LEVELS, bands[m], strict=True)) | promised for m in MODELS]
    return pd.DataFrame(rows)


def gaussian(close: float, step: int, mean: float, sigma: float) -> list[float]:
    """Prices at LEVELS after so many sessions; mean and sigma in log returns a session."""
    return [close * np.exp(mean * step + sigma * step**0.5 * z) for z in Z]


def from_export(path: Path) -> pd.DataFrame:
    """The same rows as ``scored_sessions`` from what ``--export FILE.csv`` wrote: neither database nor prices."""
    rows = []
    for row in pd.read_csv(path).rename(columns={"raw_close": "close"}).to_dict("records"):
        bands = {
            "lstm": [row[level] for level in LEVELS],
            "random_walk": gaussian(row["close"], row["step"], 0.0, row["walk_sigma"]),
            "drift": gaussian(row["close"], row["step"], row["drift_mean"], row["drift_sigma"]),
        }
        rows += [row | {"model": model} | dict(zip(LEVELS, bands[model], strict=True)) for model in MODELS]
    return pd.DataFrame(rows)


def counts(issued: pd.DataFrame, folder: Path, last: str) -> dict[str, Any]:
    """What needs no outcome, of the issued forecasts of one ETF and kind."""
    days = pd.read_csv(folder / f"{issued['symbol'].iloc[0]}.csv")["Date"]
    end = min(last, max(pd.read_csv(path)["Date"].max() for path in folder.glob("*.csv")))
    sessions = [list(json.loads(quantiles)) for quantiles in issued["quantiles"]]
    known = set(days)
    missing = [[day for day in of if day <= end and day not in known] for of in sessions]
    bells = [pd.Timestamp(f"{of[0]} 16:00", tz="America/New_York") for of in sessions]
    made = [pd.Timestamp(moment, tz="UTC") for moment in issued["issued_at"]]
    return {
        "source": issued["source"].iloc[0],
        "currency": issued["currency"].iloc[0],
        "issued": len(issued),
        "late": sum(moment >= bell for moment, bell in zip(made, bells, strict=True)),
        "waiting": sum(map(bool, missing)),
        "first_as_of": issued["as_of"].min(),
        "as_of": issued["as_of"].max(),
    }


def record(frame: pd.DataFrame) -> dict[str, Any]:
    """What outcomes say, of the scored sessions of one ETF and kind."""
    frame = frame.assign(error=(frame["actual"] - frame["q50"]).abs())
    frame["pct"] = 100 * frame["error"] / frame["close"]
    of = {model: frame[frame["model"] == model] for model in MODELS}
    mae = {model: rows["error"].mean() for model, rows in of.items()}
    ours = of["lstm"]
    errors = ours.groupby("number")["pct"].agg(["mean", "size"])
    final = errors[errors["size"] == 60]["mean"]
    as_of = ours.groupby("number")["as_of"].first()

    def call(number: int) -> dict[str, Any]:
        return {"number": int(number), "as_of": as_of[number], "mae_pct": final[number]}

    return {
        "final": len(final),
        "sessions": len(ours),
        "scores": {
            model: {
                "mae": mae[model],
                "mse": (rows["error"] ** 2).mean(),
                "rmse": (rows["error"] ** 2).mean() ** 0.5,
                "mae_pct": rows["pct"].mean(),
                "mse_pct": (rows["pct"] ** 2).mean(),
                "rmse_pct": (rows["pct"] ** 2).mean() ** 0.5,
                "skill_rw": 1 - mae[model] / mae["random_walk"],
                "skill_drift": 1 - mae[model] / mae["drift"],
                "cover80": rows["actual"].between(rows["q10"], rows["q90"]).mean(),
                "cover95": rows["actual"].between(rows["q025"], rows["q975"]).mean(),
                "cutoffs": rows["number"].nunique(),
            }
            for model, rows in of.items()
        },
        "backtest": {
            name: ours[f"promised_{name}"].mean()
            for name in ("mae_pct", "rmse_pct", "skill_rw", "skill_drift", "cover80", "cover95")
            if f"promised_{name}" in ours and ours[f"promised_{name}"].notna().any()
        },
        "best": None if final.empty else call(final.idxmin()),
        "worst": None if final.empty else call(final.idxmax()),
    }


def records(database: Path, folder: Path, last: str) -> dict[tuple[str, str], dict[str, Any]]:
    """By ETF and kind."""
    issued = dict(iter(issued_forecasts(database).groupby(["symbol", "kind"])))
    found = {}
    for key, rows in scored_sessions(database, folder, last).groupby(["symbol", "kind"]):
        found[key] = counts(issued[key], folder, last) | record(rows)
        found[key]["open"] = found[key]["issued"] - found[key]["final"]
    return found


if __name__ == "__main__":
    found = records(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    sys.stdout.write(json.dumps([{"symbol": s, "kind": k, **values} for (s, k), values in found.items()], indent=2))
