"""ForecastReport: everything that a reader needs of one forecast, as plain values without pandas."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any, Final, Literal

from forecasting.quantiles import COLUMNS, HIGH80, LOW80, SESSIONS_PER_YEAR, yearly_volatility
from forecasting.storage.stored_json import from_json
from forecasting.universe import Symbol

Theme = Literal["dark", "light"]
"""The background that a picture is drawn for; Discord has both."""

THEMES: Final[tuple[Theme, ...]] = ("dark", "light")

_SIGNS: Final = MappingProxyType(
    {
        "USD": "$",
        "EUR": "€",
        "GBP": "£",
        "JPY": "¥",
        "KRW": "₩",
        "INR": "₹",
        "BRL": "R$",
        "CNY": "CN¥",
        "CAD": "CA$",
        "AUD": "A$",
        "NZD": "NZ$",
        "HKD": "HK$",
        "SGD": "S$",
        "TWD": "NT$",
        "MXN": "MX$",
    }
)


def currency_sign(currency: str) -> str:
    """``$``, ``€``; the ISO code of a currency without one, such as ``CHF``."""
    return _SIGNS.get(currency, currency)


def priced(figure: str, currency: str) -> str:
    """A figure with its currency: ``$12.30``, ``€12.30``, ``CHF 12.30``, and ``1,230.00p`` for pence (GBp)."""
    sign = currency_sign(currency)
    return f"{figure}p" if currency == "GBp" else f"{sign} {figure}" if sign == currency else f"{sign}{figure}"


def price_figure(amount: float) -> str:
    """Two decimals from 1 up, three significant digits below: less than a cent is not zero."""
    if not 0 < amount < 1:
        return f"{amount:,.2f}"
    rounded = float(f"{amount:.2e}")
    return f"{rounded:.{2 - math.floor(math.log10(rounded))}f}"


SHOWN_FOR: Final = timedelta(days=14)
"""How long after its as-of session, counted to the newest report's, an ETF that is not served stays in overviews."""


@dataclass(frozen=True)
class LiveScores:
    """The scores of one model's issued forecasts over their scored sessions.

    Attributes:
        mae, mse, rmse: errors of the median in USD, USD² and USD: of the report's prices, or of the closes of each
            issued forecast's as-of session.
        mae_pct, mse_pct, rmse_pct: the same of errors in % of the close at the cut-off: %, %² and %.
        skill_rw, skill_drift: 1 - MAE / MAE of no change and of drift; above 0 is better than the baseline.
        cover80, cover95: fraction of closes inside the 80% and 95% bands.
        cutoffs: number of cut-offs; of issued forecasts, those with at least one scored session.
    """

    mae: float
    mse: float
    rmse: float
    mae_pct: float
    mse_pct: float
    rmse_pct: float
    skill_rw: float
    skill_drift: float
    cover80: float
    cover95: float
    cutoffs: int


@dataclass(frozen=True)
class Scores(LiveScores):
    """The scores of one model's backtest: over all steps of forecasts at past cut-offs that it had not seen.

    Attributes:
        pinball: mean of the seven quantile losses as a fraction of the close at the cut-off.
        skill_se: standard error of ``skill_rw``; 0 if there are too few cut-offs to tell, or if it was not measured.
    """

    pinball: float
    skill_se: float = 0.0

    def at_prices(self, factor: float) -> Scores:
        """The same with the USD figures of prices that are ``factor`` times as high; percentages stay."""
        return replace(self, mae=self.mae * factor, mse=self.mse * factor**2, rmse=self.rmse * factor)


VOLATILITY_HORIZONS: Final = (5, 20, 60)
"""Sessions ahead whose volatility is expected and scored: a week, a month and a quarter."""


@dataclass(frozen=True)
class VolatilityScores:
    """The expected volatility of one model's backtest and what came, over ``cutoffs`` past cut-offs.

    Volatilities are of daily log returns, a year, .2 for 20%.

    Attributes:
        sessions: of VOLATILITY_HORIZONS.
        mae: mean distance of realised from expected volatility.
        mae_past: the same if the volatility of as many sessions before each cut-off is expected instead.
    """

    sessions: int
    mae: float
    mae_past: float
    mean_expected: float
    mean_realised: float
    cutoffs: int


def skill(error: float, reference: float) -> float:
    """1 - error / reference; 0 if the reference makes no error."""
    return 1.0 - error / reference if reference > 0.0 else 0.0


PUBLISHED_SCORES: Final = ("mae", "mse", "rmse", "mae_pct", "skill_rw", "skill_drift", "cover80", "cover95", "cutoffs")
"""The fields of Scores in the command line's JSON, which other programs rely on."""


@dataclass(frozen=True)
class Close:
    """A session's close in the report's prices, USD.

    Attributes:
        close: dividends since then count as reinvested.
        quoted: the same without dividends, which only a split re-bases; None if the source has no such closes.
    """

    session: date
    close: float
    quoted: float | None = None


@dataclass(frozen=True)
class Step:
    """The forecast of one coming session: its quantiles at LEVELS in the report's prices, USD, non-decreasing."""

    step: int
    session: date
    quantiles: tuple[float, ...]


PAST_PER_SESSION: Final = 2
"""Past sessions that are shown per session ahead, so that the future takes a third of a picture."""


@dataclass(frozen=True)
class ForecastReport:
    """One forecast and what it is based on.

    All prices are in closes of the as-of session; dividends before and after it count as reinvested.

    Attributes:
        symbol, name: the ETF's ticker and its common name.
        source: kind of the price source: ``yahoo``, ``csv`` or ``simulated``.
        as_of: last session whose close the forecast knows.
        trained_at: when the model was trained (aware).
        model_version: name of the trained model in the registry.
        last_close: close of the as-of session as quoted.
        currency: ISO code.
        history: about a year of closes up to the as-of session, oldest first.
        forecast: the coming 60 sessions.
        scores: by name of the model, all on the same cut-offs.
        backtest_from, backtest_to: first and last cut-off behind the scores.
        notes: sentences that a reader must know, such as about a short history.
        volatility: scores at VOLATILITY_HORIZONS; empty without scores, and of a model that an older program trained.
        vix: close of the VIX as of this session, in % a year: of SPY's reports where the source has it.
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
    volatility: tuple[VolatilityScores, ...] = ()
    vix: float | None = None

    def to_json(self) -> str:
        """The form in which the store keeps a report; ``from_json`` gives it back."""
        return json.dumps(vars(self), default=_plain, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> ForecastReport:
        """Raises ValueError if ``text`` is no report."""
        return from_json(cls, text)

    def expected_volatility(self, sessions: int) -> float:
        """The volatility expected over the coming ``sessions``, per year, .2 for 20%; see ``yearly_volatility``."""
        quantiles = self.forecast[sessions - 1].quantiles
        return yearly_volatility(quantiles[LOW80], quantiles[HIGH80], sessions)

    def realised_volatility(self, sessions: int) -> float | None:
        """Root mean square of the last ``sessions`` daily log returns, per year; None if the history is shorter."""
        closes = [row.close for row in self.history[-sessions - 1 :]]
        if len(closes) <= sessions:
            return None
        squares = sum(math.log(b / a) ** 2 for a, b in pairwise(closes))
        return math.sqrt(squares / sessions * SESSIONS_PER_YEAR)

    def nearby(self, horizon: int) -> ForecastReport:
        """The report for a picture of the first ``horizon`` sessions, with less of the past for fewer of them."""
        past = horizon * PAST_PER_SESSION
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


def current(reports: Iterable[ForecastReport], served: Sequence[Symbol]) -> tuple[ForecastReport, ...]:
    """The reports for an overview of all ETFs: of those served, in their order, then of others at most two weeks older.

    Text and picture of an overview are in this order.
    """
    found = sorted(reports, key=lambda report: report.symbol)
    newest = max((report.as_of for report in found), default=date.min)
    by_symbol = {report.symbol: report for report in found}
    others = (r for r in found if r.symbol not in served and newest - r.as_of <= SHOWN_FOR)
    return (*(by_symbol[symbol] for symbol in served if symbol in by_symbol), *others)


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if is_dataclass(value):
        return vars(value)
    raise TypeError(f"{value!r} has no JSON form")
