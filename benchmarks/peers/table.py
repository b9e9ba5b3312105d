"""The tables of the comparison: the public judge's scores, and costs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from benchmarks.judging import Protocol, judge, markdown, mean_of, shown
from benchmarks.losses import by_date, relative_loss
from benchmarks.peers.runs import Kept
from forecasting.evaluation.scores import diebold_mariano

FEW = " (few)"
"""Marks our models that were trained on the compared ETFs only, as the peers were."""

BASELINES = ("random_walk", "drift", "climatology")


def heading(frame: pd.DataFrame, folds: str, every: int) -> str:
    symbols = ", ".join(dict.fromkeys(frame["symbol"]))
    cutoffs = frame["cutoff"].nunique()
    return f"{symbols}; folds {folds}; {cutoffs} cut-offs, one every {every} sessions\n"


def scores(frame: pd.DataFrame, done: Sequence[Kept], protocol: Protocol) -> str:
    """One line per model, the best pinball first."""
    cost = {name: _costs(run) for run in done for name in _models(run, frame)}
    judged = {str(model): judge(rows, protocol) for model, rows in frame.groupby("model", sort=False)}
    lines = []
    for model in sorted(judged, key=lambda name: -mean_of(judged[name], "pinball_skill")):
        skills = [f"{mean_of(judged[model], f'{metric}_skill'):.4f}" for metric in ("pinball", "mae", "rmse")]
        covers = [f"{mean_of(judged[model], band):.3f}" for band in ("cover80", "cover95")]
        lines.append([shown(model), *skills, *covers, *cost[model]])
    header = ["skill against no change", "pinball", "MAE", "RMSE", "80%", "95%", "fits", "s per fit"]
    return markdown([*header, "s per forecast", "s in all", "MB"], lines)


def _models(run: Kept, frame: pd.DataFrame) -> list[str]:
    """The models of a run's frame: its own name, or those of our program."""
    models = list(frame["model"].unique())
    if run.name in models:
        return [run.name]
    ours = [model for model in models if str(model).startswith(("lstm", "har", *BASELINES))]
    return [model for model in ours if str(model).endswith(FEW) == (run.name == "own-few")]


def _costs(run: Kept) -> list[str]:
    said = run.details
    if "lent" in said:
        return [""] * 5
    whole = [f"{run.processor_seconds:.0f}", f"{run.peak_megabytes:.0f}"]
    if not said:  # ours: panel, own networks, inner folds, calibration and forecasts are one command
        return ["", "", "", *whole]
    return [str(said["fits"]), f"{said['seconds_per_fit']:.2f}", f"{said['seconds_per_forecast']:.4f}", *whole]


def doubt(frame: pd.DataFrame, prices: Path, overlap: int) -> str:
    """Whether our LSTM's lead over each rival is more than luck."""
    series = by_date(frame.assign(loss=relative_loss(frame, prices)))
    lines = []
    for rival in sorted(set(series.columns) - {"lstm"}, key=lambda name: series[name].mean()):
        statistic, p = diebold_mariano(series["lstm"].to_numpy(), series[rival].to_numpy(), overlap)
        lines.append(
            [shown(str(rival)), f"{statistic:.2f}", f"{p:.3f}", f"{(series['lstm'] < series[rival]).mean():.0%}"]
        )
    return markdown(["lstm against", "Diebold-Mariano (HLN)", "p", "cut-offs at which it was better"], lines)


def origin(done: Sequence[Kept], minutes: float) -> str:
    """When each frame was made, by which versions."""
    versions = next(run.details["versions"] for run in done if "versions" in run.details)
    spent = sum(run.processor_seconds for run in done) / 60
    fresh = [run.name for run in done if not run.reused]
    reused = [f"{run.name} of {run.made_at}{_lender(run)}" for run in done if run.reused]
    lines = [
        f"All models together: {spent:.0f} minutes of processor time, one thread each.",
        f"Made in this call, in {minutes:.0f} minutes: {', '.join(fresh) or 'nothing'}.",
        f"Kept from an earlier call: {', '.join(reused) or 'nothing'}.",
        "Versions of the peers' environment: " + ", ".join(f"{name} {number}" for name, number in versions.items()),
    ]
    return "\n".join(lines)


def _lender(run: Kept) -> str:
    return f" (rows of {run.details['lent']})" if "lent" in run.details else ""
