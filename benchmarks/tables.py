"""The tables of the forecasts against their baselines, in Markdown."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks import evidence
from benchmarks.bootstrap import PROMISED, bins_met, histogram
from benchmarks.judging import Judged, markdown, mean_of, shown
from forecasting.quantiles import COLUMNS, LEVELS

SHOWN_STEPS = (1, 5, 10, 20, 40, 60)
BASELINES = ("random_walk", "drift", "climatology")


def skills(judged: Mapping[str, Judged]) -> str:
    """The judge's scores, one line per model."""
    rows = []
    for model, table in judged.items():
        means = [f"{mean_of(table, f'{metric}_skill'):.4f}" for metric in ("mae", "rmse", "pinball")]
        covers = [f"{mean_of(table, band):.3f}" for band in ("cover80", "cover95")]
        above = sum(each["model"]["pinball"] < each["climatology"]["pinball"] * (1 - 1e-9) for each in table.values())
        worst = min(table, key=lambda symbol: table[symbol]["model"]["mae_skill"])
        rows.append([shown(model), *means, *covers, str(above), f"{worst} {table[worst]['model']['mae_skill']:.3f}"])
    header = ["skill against no change", "MAE", "RMSE", "pinball", "80%", "95%", "ETFs above climatology"]
    return markdown([*header, "worst MAE skill"], rows)


def against(losses: pd.DataFrame) -> str:
    """Skill of the two models against each baseline, by three losses."""
    rows = []
    for model in ("lstm", "har"):
        for name, column in (("pinball", "loss"), ("CRPS", "crps"), ("MAE in %", "error")):
            found = [
                evidence.skill(losses, "symbol", against=baseline, loss=column)[model].mean() for baseline in BASELINES
            ]
            rows.append([f"{model}, {name}", *(f"{value:.4f}" for value in found)])
    return markdown(["skill against", "no change", "drift", "climatology"], rows)


def doubt(rivals: pd.DataFrame) -> str:
    rows = [
        [
            shown(str(rival)),
            f"{row['lead']:.4f}",
            f"{row['low']:.4f} to {row['high']:.4f}",
            f"{row['statistic']:.2f}",
            f"{row['p']:.3f}",
            f"{row['better']:.0%}",
            f"{row['dates']:.0f}",
        ]
        for rival, row in rivals.iterrows()
    ]
    header = ["lstm against", "lead in pinball skill", "95% band", "Diebold-Mariano (HLN)", "p"]
    return markdown([*header, "cut-offs at which it was better", "cut-offs"], rows)


def steps(losses: pd.DataFrame, covered: pd.DataFrame) -> str:
    skill = evidence.skill(losses, "step")["lstm"]
    rows = [[str(step), f"{skill[step]:.3f}", *_bands(covered.loc[step])] for step in SHOWN_STEPS]
    return markdown(["step", "pinball skill", *evidence.BANDS], rows)


def terciles(ours: pd.DataFrame, prices: Path) -> str:
    """Coverage in each ETF's calm, usual and troubled cut-offs, by two measures of volatility."""
    rows = []
    for way, group in (("forecast", evidence.by_forecast(ours)), ("past", evidence.by_past(ours, prices))):
        covered = evidence.coverage(ours, group)
        rows += [[f"{name}, by {way}", *_bands(covered.loc[k])] for k, name in enumerate(evidence.TERCILES)]
    return markdown(["volatility (third of each ETF's cut-offs)", *evidence.BANDS], rows)


def _bands(row: pd.Series[float]) -> list[str]:
    return [f"{row[band]:.3f} ({row[f'{band} low']:.3f} to {row[f'{band} high']:.3f})" for band in evidence.BANDS]


def pit(ours: pd.DataFrame) -> str:
    """The probability integral transform in the eight bins that seven quantiles make."""
    found = histogram(bins_met(ours["actual"].to_numpy(float), ours[list(COLUMNS)].to_numpy(float)))
    names = [f"below {LEVELS[0]:.1%}", *(f"to {level:.1%}" for level in LEVELS[1:]), "above"]
    rows = [
        ["promised", *(f"{share:.3f}" for share in PROMISED)],
        ["found", *(f"{share:.3f}" for share in found)],
        ["found / promised", *(f"{ratio:.2f}" for ratio in np.divide(found, PROMISED))],
    ]
    return markdown(["share of closes between quantiles", *names], rows)
