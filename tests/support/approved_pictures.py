"""The pictures and embeds that were looked at and approved, and how to approve them anew: ``make approve``.

A picture is kept at a third of its size, which is that of a phone, and compared with a tolerance: each version of
FreeType rasterises fonts a little differently.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image

from bot.cogs.alerts.message import list_embed
from bot.cogs.compare.message import compare_embed
from bot.cogs.explain.message import explain_embed
from bot.cogs.forecast.message import forecast_embed
from bot.cogs.help.message import help_embed
from bot.cogs.model.message import model_embed
from bot.cogs.ops.message import problems_embed
from bot.cogs.privacy.message import privacy_embed
from bot.cogs.report.weekly import weekly_embed
from bot.cogs.scores.message import scores_embed, symbol_scores_embed
from bot.cogs.status.message import status_embed
from bot.cogs.track.message import symbol_track_embed, track_embed
from bot.texts import Texts
from forecasting import ForecastReport, Symbol
from forecasting.chart import draw_comparison, draw_forecast, draw_overview, draw_past_forecasts, draw_scores
from forecasting.quantiles import GAUSSIAN
from forecasting.record.calibration import Calibration
from forecasting.record.past import Fan, Past
from forecasting.report import Close
from tests.support.example_facts import ALERTS, PROBLEMS, RECORDS, STATUS
from tests.support.reports import TRAINED_AT, made_report

FOLDER: Final = Path(__file__).parents[1] / "approved"
SHRINK: Final = 3
MAX_MEAN_DIFFERENCE: Final = 2.0
"""Of 255, over all pixels and colours. A moved label makes about 1, a missing one more."""
MAX_FAR_OFF: Final = 0.012
"""Share of pixels that differ by more than FAR_OFF in any colour."""
FAR_OFF: Final = 60


def lively_report(symbol: str, last_close: float, volatility: float, drift: float, seed: int) -> ForecastReport:
    """A report whose closes wander, with the market and on their own, and whose bands are normal."""
    report = made_report(symbol, last_close=last_close)
    market, own = random.Random(1), random.Random(seed)  # noqa: S311 - prices, no secrets
    closes, close = [], last_close
    for row in reversed(report.history):
        closes.append(Close(row.session, close))
        close *= math.exp(-volatility * (0.7 * market.gauss(0, 1) + 0.7 * own.gauss(0, 1)))
    forecast = tuple(
        replace(
            step,
            quantiles=tuple(
                last_close * math.exp(drift * step.step + z * volatility * step.step**0.5) for z in GAUSSIAN
            ),
        )
        for step in report.forecast
    )
    scores = {model: replace(of, skill_se=0.02 + 0.005 * seed) for model, of in report.scores.items()}
    return replace(report, history=tuple(reversed(closes)), forecast=forecast, scores=scores)


ARKK = lively_report("ARKK", 51.2, 0.02, 0.001, 1)
REPORTS = (ARKK, lively_report("SPY", 612.0, 0.009, 0.0003, 2), lively_report("FNGU", 24.0, 0.05, -0.0004, 3))


def fan_of(report: ForecastReport, start: int, volatility: float) -> Fan:
    """A forecast of the report's past, from its session number ``start``."""
    origin, ahead = report.history[start], report.history[start + 1 : start + 61]
    low, median, high = (
        tuple(origin.close * math.exp(z * volatility * step**0.5) for step in range(1, len(ahead) + 1))
        for z in (-1.28, 0.0, 1.28)
    )
    return Fan(origin.session, origin.close, tuple(row.session for row in ahead), low, median, high)


PAST = Past(
    "ARKK", "simulated", "live", "USD", ARKK.history, tuple(fan_of(ARKK, at, 0.02) for at in (60, 121, 182)),
    issued=120, inside=2950, met=3700,
    calibration=(Calibration(5, 38, (17, 30, 37)), Calibration(20, 9, (4, 7, 9)), Calibration(60, 3, (1, 2, 3))),
)  # fmt: skip

PICTURES: Final[dict[str, Callable[[], bytes]]] = {
    "forecast-dark": lambda: draw_forecast(ARKK, "dark"),
    "forecast-light": lambda: draw_forecast(ARKK, "light"),
    "forecast-20-dark": lambda: draw_forecast(ARKK, "dark", 20),
    "forecast-5-light": lambda: draw_forecast(ARKK, "light", 5),
    "compared-dark": lambda: draw_comparison(REPORTS, "dark"),
    "compared-light": lambda: draw_comparison(REPORTS, "light"),
    "overview-dark": lambda: draw_overview(REPORTS, "dark"),
    "overview-light": lambda: draw_overview(REPORTS, "light"),
    "scores-dark": lambda: draw_scores(REPORTS, "dark"),
    "scores-light": lambda: draw_scores(REPORTS, "light"),
    "scores-of-25-dark": lambda: draw_scores([replace(ARKK, symbol=Symbol(f"ETF{n}")) for n in range(25)], "dark"),
    "track-dark": lambda: draw_past_forecasts(PAST, "dark"),
    "track-light": lambda: draw_past_forecasts(PAST, "light"),
}

EMBEDS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "forecast": lambda: dict(forecast_embed(Texts(), ARKK, "forecast.png", TRAINED_AT).to_dict()),
    "scores": lambda: dict(scores_embed(Texts(), REPORTS, "scores.png", TRAINED_AT).to_dict()),
    "scores-symbol": lambda: dict(symbol_scores_embed(Texts(), ARKK, "scores.png", TRAINED_AT).to_dict()),
    "compared": lambda: dict(compare_embed(Texts(), REPORTS, "compared.png", TRAINED_AT).to_dict()),
    "model": lambda: dict(model_embed(Texts(), ARKK, None, TRAINED_AT).to_dict()),
    "weekly": lambda: dict(weekly_embed(Texts(), REPORTS, (), "overview.png", TRAINED_AT, None).to_dict()),
    "weekly-german": lambda: dict(weekly_embed(Texts("de"), REPORTS, (), "overview.png", TRAINED_AT, None).to_dict()),
    "explain": lambda: dict(explain_embed(Texts()).to_dict()),
    "forecast-german": lambda: dict(forecast_embed(Texts("de"), ARKK, "forecast.png", TRAINED_AT).to_dict()),
    "scores-german": lambda: dict(scores_embed(Texts("de"), REPORTS, "scores.png", TRAINED_AT).to_dict()),
    "track": lambda: dict(track_embed(Texts(), RECORDS, (), "64:9f86d081884c7d65").to_dict()),
    "track-symbol": lambda: dict(
        symbol_track_embed(Texts(), RECORDS, (), "64:9f86d081884c7d65", "track.png").to_dict()
    ),
    "status": lambda: dict(status_embed(Texts(), STATUS).to_dict()),
    "status-german": lambda: dict(status_embed(Texts("de"), STATUS).to_dict()),
    "ops": lambda: dict(problems_embed(Texts(), PROBLEMS).to_dict()),
    "alerts": lambda: dict(list_embed(Texts(), ALERTS).to_dict()),
    "privacy": lambda: dict(privacy_embed(Texts(), {"alerts": 2}, {}).to_dict()),
    "help": lambda: dict(help_embed(Texts(), [("command.forecast", "forecast symbol")]).to_dict()),
}


def shrunk(png: bytes) -> Image.Image:
    """As a phone shows it."""
    image = Image.open(BytesIO(png)).convert("RGB")
    return image.resize((image.width // SHRINK, image.height // SHRINK), Image.Resampling.LANCZOS)


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Mean difference of 255, and the share of pixels that are far off; infinite where the sizes differ."""
    if one.size != other.size:
        return math.inf, math.inf
    off = np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float))
    return float(off.mean()), float((off.max(axis=2) > FAR_OFF).mean())


def approve() -> None:
    """Write what is drawn and said now. Look at it before it is committed."""
    FOLDER.mkdir(exist_ok=True)
    for name, draw in PICTURES.items():
        shrunk(draw()).quantize(256, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
    for name, say in EMBEDS.items():
        text = json.dumps(say(), indent=1, ensure_ascii=False, sort_keys=True)
        (FOLDER / f"{name}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    approve()
