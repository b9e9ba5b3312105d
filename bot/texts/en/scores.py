"""``/scores``"""

from __future__ import annotations

from typing import Final

TEXTS: Final[dict[str, str]] = {
    "command.scores": "How far off the forecasts were, beside forecasts anybody could make",
    "scores.title": "Errors of the forecasts, beside forecasts that anybody could make",
    "scores.title_one": "{symbol} · errors of its forecasts",
    "scores.basis": "Over all 60 sessions, at past cut-offs that the model had not seen.",
    "scores.basis_one": (
        "Skill is measured against no change. Cut-offs from {first} to {last}, none of which the model had seen."
    ),
    "scores.later": "There will be errors to show when it has traded longer.",
    "scores.none": "No ETF has scores yet.",
    "scores.young": "{symbols}: too young for a backtest of its own.",
    "scores.more": "… and {count} more: name one with `/scores symbol`.",
    "scores.skill": "Skill",
    "scores.alt": "Bar charts of MAE, MSE and RMSE, the model beside its baselines, {source}.",
    "scores.alt_line": (
        "{symbol}: MAE {mae} against {mae_of_walk} of no change, RMSE {rmse} against {rmse_of_walk}; {skill}."
    ),
}
