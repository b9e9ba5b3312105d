"""ForecastReport: all that a reader needs of one forecast. Plain values, so that the bot can hold it without pandas."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal

from forecasting.quantiles import COLUMNS, HORIZON
from forecasting.universe import Symbol

Theme = Literal["dark", "light"]
"""The background that a picture is drawn for; Discord has both."""

THEMES: Final[tuple[Theme, ...]] = ("dark", "light")


FORGOTTEN_AFTER: Final = timedelta(days=14)
"""Age, beside the newest report, at which one of an ETF that is not served leaves the overviews."""


@dataclass(frozen=True)
class Scores:
    """How the forecasts of one model did at past cut-offs that it had not seen.

    Attributes:
        mae, mse, rmse: of the median against the close, over all steps and cut-offs, in USD, USD² and USD of the
            report's prices.
        mae_pct, mse_pct, rmse_pct: the same of errors as a share of the close at the cut-off, in %, %² and %.
        pinball: mean of the seven quantile losses as a share of the close at the cut-off.
        skill_rw, skill_drift: 1 - MAE / MAE of the random walk and of the drift; above 0 is better than they.
        cover80, cover95: share of closes inside the 80 % and 95 % bands.
        cutoffs: number of cut-offs.
    """

    mae: float
    mse: float
    rmse: float
    mae_pct: float
    mse_pct: float
    rmse_pct: float
    pinball: float
    skill_rw: float
    skill_drift: float
    cover80: float
    cover95: float
    cutoffs: int


PUBLISHED_SCORES: Final = ("mae", "mse", "rmse", "mae_pct", "skill_rw", "skill_drift", "cover80", "cover95", "cutoffs")
"""The fields of Scores in the command line's JSON, which others rely on."""


@dataclass(frozen=True)
class Close:
    """A session's close in the report's prices, USD."""

    session: date
    close: float


@dataclass(frozen=True)
class Step:
    """The forecast of one coming session: its quantiles at LEVELS in the report's prices, USD, non-decreasing."""

    step: int
    session: date
    quantiles: tuple[float, ...]


PAST_PER_SESSION: Final = 252 / HORIZON
"""Sessions of the past that are shown for each one ahead: a year beside 60, a month beside 5."""


@dataclass(frozen=True)
class ForecastReport:
    """One forecast with what it stands on.

    All prices are in closes of the as-of session: dividends before it count as reinvested, and so do those after it.

    Attributes:
        symbol, name: the ETF's ticker, and the name people know it by.
        source: kind of the price source: ``yahoo``, ``csv`` or ``simulated``.
        as_of: last session whose close the forecast knows.
        trained_at: when the model was trained (aware).
        model_version: name of the trained model in the registry.
        last_close: close of the as-of session as quoted.
        currency: ISO code.
        history: about a year of closes up to the as-of session, oldest first.
        forecast: the coming 60 sessions.
        scores: by model of MODELS, all on the same cut-offs.
        backtest_from, backtest_to: first and last cut-off behind the scores.
        notes: sentences that a reader must know, such as a short history.
    """

    symbol: Symbol
    name: str
    source: str
    as_of: date
    trained_at: datetime
    model_version: str
    last_close: float
    currency: str
    history: tuple[Close, ...]
    forecast: tuple[Step, ...]
    scores: Mapping[str, Scores]
    backtest_from: date
    backtest_to: date
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        """The form in which the store keeps a report; ``from_json`` gives it back."""
        return json.dumps(asdict(self), default=_iso, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> ForecastReport:
        raw: dict[str, Any] = json.loads(text)
        raw["as_of"] = date.fromisoformat(raw["as_of"])
        raw["trained_at"] = datetime.fromisoformat(raw["trained_at"])
        raw["backtest_from"] = date.fromisoformat(raw["backtest_from"])
        raw["backtest_to"] = date.fromisoformat(raw["backtest_to"])
        raw["history"] = tuple(Close(date.fromisoformat(row["session"]), row["close"]) for row in raw["history"])
        raw["forecast"] = tuple(
            Step(row["step"], date.fromisoformat(row["session"]), tuple(row["quantiles"])) for row in raw["forecast"]
        )
        raw["scores"] = {model: Scores(**values) for model, values in raw["scores"].items()}
        raw["notes"] = tuple(raw["notes"])
        return cls(**{field.name: raw[field.name] for field in fields(cls)})

    def nearby(self, horizon: int) -> ForecastReport:
        """What a picture of so many sessions shows: with a nearer end less of the past too, to see enough."""
        past = max(2, round(horizon * PAST_PER_SESSION))
        return replace(self, history=self.history[-past:], forecast=self.forecast[:horizon])

    def published(self) -> dict[str, Any]:
        """The object that ``show --json`` prints. Other programs rely on its names."""
        return {
            "symbol": self.symbol,
            "source": self.source,
            "as_of": self.as_of.isoformat(),
            "trained_at": self.trained_at.isoformat(),
            "model_version": self.model_version,
            "last_close": self.last_close,
            "currency": self.currency,
            "history": [{"session": row.session.isoformat(), "close": row.close} for row in self.history],
            "forecast": [
                {"step": row.step, "session": row.session.isoformat(), **dict(zip(COLUMNS, row.quantiles, strict=True))}
                for row in self.forecast
            ],
            "scores": self.published_scores(),
        }

    def published_scores(self) -> dict[str, dict[str, float]]:
        """The scores by model, with the names that other programs rely on."""
        return {
            model: {name: getattr(scores, name) for name in PUBLISHED_SCORES} for model, scores in self.scores.items()
        }


def current(reports: Iterable[ForecastReport], served: Collection[Symbol]) -> tuple[ForecastReport, ...]:
    """What an overview of all ETFs shows: those served, and others while somebody still has them forecast.

    A report of an ETF that left the universe stays on record; two weeks behind the newest it is no news any more.
    """
    found = tuple(reports)
    newest = max((report.as_of for report in found), default=date.min)
    return tuple(report for report in found if report.symbol in served or newest - report.as_of <= FORGOTTEN_AFTER)


def _iso(value: object) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"{value!r} has no JSON form")
