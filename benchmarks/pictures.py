"""Draws the pictures of docs/model.md: readable on a phone, and without colours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from benchmarks import evidence
from benchmarks.bootstrap import PROMISED, bins_met, block_weights, histogram
from forecasting.quantiles import COLUMNS, LEVELS

WIDTH, DPI = 5.0, 160
"""Inches and dots per inch: 800 pixels, with letters that are readable at 360."""

STYLE: dict[str, Any] = {
    "font.size": 11,
    "axes.titlesize": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#dddddd",
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
}

LOOKS: dict[str, dict[str, Any]] = {
    "lstm": {"color": "#0072B2", "marker": "o", "linestyle": "-"},
    "har": {"color": "#E69F00", "marker": "s", "linestyle": "--"},
    "climatology": {"color": "#009E73", "marker": "^", "linestyle": "-."},
    "drift": {"color": "#CC79A7", "marker": "v", "linestyle": ":"},
}
"""Colours of the Okabe-Ito palette, made for colour-blind readers; each model also has its own marker and line."""

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#555555"


def draw_all(losses: pd.DataFrame, covered: pd.DataFrame, prices: Path, folder: Path) -> list[Path]:
    """Write every picture into ``folder``; returns their paths.

    Args:
        losses: all models, from ``evidence.with_losses``.
        covered: coverage of ``lstm`` by step.
    """
    ours = losses[losses["model"] == "lstm"]
    drawings: dict[str, Callable[[Figure], None]] = {
        "coverage-by-horizon": lambda figure: coverage_by_horizon(figure, covered),
        "coverage-by-volatility": lambda figure: coverage_by_volatility(figure, ours, prices),
        "pit": lambda figure: pit(figure, ours),
        "skill-by-horizon": lambda figure: skill_by_horizon(figure, losses),
        "skill-by-etf": lambda figure: skill_by_etf(figure, losses),
    }
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, draw in drawings.items():
        with rc_context(STYLE):
            figure = Figure(figsize=(WIDTH, 3.9), dpi=DPI, facecolor="white")
            draw(figure)
            paths.append(folder / f"{name}.png")
            figure.savefig(paths[-1])
    return paths


def coverage_by_horizon(figure: Figure, covered: pd.DataFrame) -> None:
    axes = figure.add_subplot()
    for band, color, marker in (("95%", ORANGE, "s"), ("80%", BLUE, "o")):
        axes.fill_between(covered.index, covered[f"{band} low"], covered[f"{band} high"], color=color, alpha=0.2, lw=0)
        axes.plot(covered.index, covered[band], color=color, marker=marker, markevery=10, label=f"{band} band")
        axes.axhline(float(band.rstrip("%")) / 100, color=color, linestyle=":", linewidth=1.5)
    axes.set(xlabel="sessions ahead", ylabel="share of closes inside", xlim=(1, 60), ylim=(0.6, 1.0))
    axes.set_title("Coverage by horizon, LSTM", loc="left")
    axes.legend(loc="lower left", ncols=2)
    _note(figure, "Dotted: promised. Shaded: 95% block bootstrap.")


def coverage_by_volatility(figure: Figure, ours: pd.DataFrame, prices: Path) -> None:
    axes = figure.add_subplot()
    ways = (
        ("by forecast", evidence.by_forecast(ours), -0.12, "o"),
        ("by past 60 sessions", evidence.by_past(ours, prices), 0.12, "s"),
    )
    for way, group, shift, marker in ways:
        covered = evidence.coverage(ours, group)
        for band, color in (("95%", ORANGE), ("80%", BLUE)):
            middle = covered[band]
            reach = np.abs(covered[[f"{band} low", f"{band} high"]].to_numpy(float).T - middle.to_numpy(float))
            filled = color if marker == "o" else "white"
            label = way if band == "80%" else None
            at = np.arange(3) + shift
            axes.errorbar(
                at, middle, yerr=reach, color=color, marker=marker, mfc=filled, capsize=4, linestyle="", label=label
            )
    for promised, color in ((0.95, ORANGE), (0.80, BLUE)):
        axes.axhline(promised, color=color, linestyle=":", linewidth=1.5)
        axes.annotate(f"{100 * promised:.0f}%", (2.52, promised), color=color, va="center", annotation_clip=False)
    axes.set(ylabel="share of closes inside", xlim=(-0.5, 2.5), ylim=(0.6, 1.0))
    axes.set_xticks(range(3), evidence.TERCILES)
    axes.set_title("Coverage by volatility, LSTM", loc="left")
    axes.legend(loc="lower left", ncols=2, columnspacing=1.0, handletextpad=0.3)
    _note(figure, "Thirds of each ETF's cut-offs. Bars: 95% block bootstrap.")


def pit(figure: Figure, ours: pd.DataFrame) -> None:
    axes = figure.add_subplot()
    met = bins_met(ours["actual"].to_numpy(float), ours[list(COLUMNS)].to_numpy(float))
    ratio = histogram(met) / PROMISED
    counts = pd.crosstab(ours["cutoff"], met).reindex(columns=range(len(PROMISED)), fill_value=0).to_numpy(float)
    weights = block_weights(len(counts), evidence.BLOCK, evidence.DRAWS, evidence.SEED)
    drawn = (weights @ counts) / (weights @ counts).sum(axis=1, keepdims=True) / PROMISED
    reach = np.abs(np.quantile(drawn, [0.025, 0.975], axis=0) - ratio)
    axes.bar(range(len(ratio)), ratio, yerr=reach, color=BLUE, ecolor=GREY, capsize=4, width=0.8)
    axes.axhline(1.0, color=ORANGE, linestyle=":", linewidth=2)
    edges = [f"{100 * level:g}" for level in LEVELS]
    names = [f"<{edges[0]}", *(f"{a}–{b}" for a, b in pairwise(edges)), f">{edges[-1]}"]
    axes.set_xticks(range(len(ratio)), names, rotation=35, ha="right", rotation_mode="anchor")
    axes.set(xlabel="quantiles between which the close fell, %", ylabel="found / promised share")
    axes.set_title("Where closes fell in the forecast, LSTM", loc="left")
    axes.grid(visible=False, axis="x")
    _note(figure, "1: calibrated. Bars: 95% block bootstrap.")


def skill_by_horizon(figure: Figure, losses: pd.DataFrame) -> None:
    axes = figure.add_subplot()
    skill = evidence.skill(losses, "step")
    low, high = _skill_band(losses[losses["model"].isin(["lstm", "random_walk"])])
    axes.fill_between(low.index, low, high, color=BLUE, alpha=0.15, lw=0)
    for model, look in LOOKS.items():
        axes.plot(skill.index, skill[model], label=model, markevery=10, **look)
    axes.axhline(0.0, color=GREY, linewidth=1)
    axes.set(xlabel="sessions ahead", ylabel="pinball skill", xlim=(1, 60))
    axes.set_title("Skill against no change", loc="left")
    bottom, top = axes.get_ylim()
    axes.set_ylim(bottom=bottom - 0.25 * (top - bottom))  # room for the legend below the lines
    axes.legend(loc="lower center", ncols=2)
    _note(figure, "Mean over ETFs. Shaded: 95% block bootstrap of lstm.")


def _skill_band(losses: pd.DataFrame) -> tuple[pd.Series[float], pd.Series[float]]:
    """95% band of ``lstm``'s skill by step, mean over ETFs; a date is resampled with all its ETFs and steps."""
    sums = losses.pivot(index="cutoff", columns=["model", "symbol", "step"], values="loss")
    weights = block_weights(len(sums), evidence.BLOCK, 400, evidence.SEED)
    drawn = {model: weights @ sums[model].fillna(0.0).to_numpy(float) for model in ("lstm", "random_walk")}
    columns = sums["lstm"].columns
    walk = drawn["random_walk"]  # 0 for an ETF without a cut-off in the draw: it has no skill there
    ratio = np.divide(drawn["lstm"], walk, out=np.full_like(walk, np.nan), where=walk > 0.0)
    skill = 1.0 - pd.DataFrame(ratio, columns=columns).T.groupby("step").mean()
    return skill.quantile(0.025, axis=1), skill.quantile(0.975, axis=1)


def skill_by_etf(figure: Figure, losses: pd.DataFrame) -> None:
    skill = evidence.skill(losses, "symbol").sort_values("lstm")
    figure.set_size_inches(WIDTH, 1.4 + 0.2 * len(skill))
    axes = figure.add_subplot()
    at = np.arange(len(skill))
    for model in ("climatology", "har", "lstm"):
        look = LOOKS[model]
        size = 42 if model == "lstm" else 26
        filled = look["color"] if model == "lstm" else "none"
        axes.scatter(skill[model], at, s=size, marker=look["marker"], fc=filled, ec=look["color"], lw=1.4, label=model)
    axes.axvline(0.0, color=GREY, linewidth=1)
    axes.set_yticks(at, skill.index, fontsize=9)
    axes.set(xlabel="pinball skill against no change", ylim=(-0.8, len(skill) - 0.2))
    axes.set_title("Skill by ETF", loc="left")
    _legend_first(axes, ("lstm", "har", "climatology"))


def _legend_first(axes: Axes, order: Sequence[str]) -> None:
    handles = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    axes.legend([handles[name] for name in order], order, loc="lower right")


def _note(figure: Figure, text: str) -> None:
    figure.supxlabel(text, fontsize=9, color=GREY, x=0.02, ha="left")
