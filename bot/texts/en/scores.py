"""``/scores``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.scores": "How far off past forecasts were, compared with simple methods",
    "scores.title": "Forecast errors compared with simple methods",
    "scores.title_one": "{symbol} · forecast errors",
    "scores.basis": "Averages over 60 trading days, on past test dates that were not used in training.",
    "scores.basis_one": (
        "Skill 0 = no better than assuming no change, 1 = perfect. Test dates {first} to {last}, none of them used in "
        "training."
    ),
    "scores.later": "It will get one once it has traded longer.",
    "scores.none": "No ETF has scores yet.",
    "scores.young": "Too young for a backtest: {symbols}.",
    "scores.more": "… and {count} more. Name an ETF to see it: `/scores symbol`.",
    "scores.skill": "Skill",
    "scores.alt": "Chart of skill: how much smaller errors were than when assuming no change. Based on {source}.",
    "scores.alt_line": (
        "{symbol}: {skill}{chance}; MAE {mae} ({mae_of_walk} when assuming no change), RMSE {rmse} ({rmse_of_walk})."
    ),
    "scores.alt_chance": ", give or take {size}",
}
