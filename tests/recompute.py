"""The record's figures once more, from CSV files and the issued forecasts alone: plain pandas, none of our code.

    python tests/recompute.py DATABASE.db FOLDER LAST_SESSION

prints what ``etf-forecast track --json`` should say. Written from ``docs/track.md``.
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


def scored_sessions(database: Path, folder: Path, last: str) -> pd.DataFrame:
    """A row for each model and each session up to ``last`` that an issued forecast is scored on."""
    with sqlite3.connect(database) as connection:
        issued = pd.read_sql("SELECT * FROM issued_forecasts ORDER BY number", connection)
    rows = []
    for forecast in issued.to_dict("records"):
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
        for step, (session, quantiles) in enumerate(json.loads(forecast["quantiles"]).items(), 1):
            if session > last or session not in prices:
                continue
            bands = {
                "lstm": quantiles,
                "random_walk": close * np.exp(returns.tail(1260).std(ddof=0) * step**0.5 * np.array(Z)),
                "drift": close * np.exp(returns.mean() * step + (variance * step) ** 0.5 * np.array(Z)),
            }
            actual = close * prices[session] / past.iloc[-1]
            facts = {name: forecast[name] for name in ("number", "symbol", "kind", "as_of")} | {"close": close}
            facts |= {"session": session, "step": step, "actual": actual}
            rows += [facts | {"model": m} | dict(zip(LEVELS, bands[m], strict=True)) | promised for m in MODELS]
    return pd.DataFrame(rows)


def record(frame: pd.DataFrame, issued: int) -> dict[str, Any]:
    """Of the sessions of one ETF and kind."""
    frame = frame.assign(error=(frame["actual"] - frame["q50"]).abs())
    frame["pct"] = 100 * frame["error"] / frame["close"]
    of = {model: frame[frame["model"] == model] for model in MODELS}
    mae = {model: rows["error"].mean() for model, rows in of.items()}
    ours = of["lstm"]
    errors = ours.groupby("number")["pct"].agg(["mean", "size"])
    final = errors[errors["size"] == 60]["mean"]
    return {
        "issued": issued,
        "final": len(final),
        "open": issued - len(final),
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
        "best": None if final.empty else {"number": int(final.idxmin()), "mae_pct": final.min()},
        "worst": None if final.empty else {"number": int(final.idxmax()), "mae_pct": final.max()},
    }


def records(database: Path, folder: Path, last: str) -> dict[tuple[str, str], dict[str, Any]]:
    """By ETF and kind."""
    with sqlite3.connect(database) as connection:
        counts = connection.execute("SELECT symbol, kind, count(*) FROM issued_forecasts GROUP BY symbol, kind")
        issued = {(symbol, kind): count for symbol, kind, count in counts}
    frame = scored_sessions(database, folder, last)
    return {key: record(rows, issued[key]) for key, rows in frame.groupby(["symbol", "kind"])}


if __name__ == "__main__":
    found = records(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
    sys.stdout.write(json.dumps([{"symbol": s, "kind": k, **values} for (s, k), values in found.items()], indent=2))
