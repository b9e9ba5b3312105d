"""Reports as pictures, in English unless ``texts`` has the words of another language, see ``words.Words``.

Matplotlib takes a second or two to load, so it is loaded by the first drawing, not by this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from forecasting.chart.words import Words
from forecasting.quantiles import HORIZON
from forecasting.report import ForecastReport, Theme
from forecasting.scenarios.mix import MixForecast

if TYPE_CHECKING:  # it takes pandas, which the other pictures do without
    from forecasting.record.past import Past


NO_TEXTS: Final[Mapping[str, str]] = MappingProxyType({})


def draw_forecast(
    report: ForecastReport,
    theme: Theme,
    horizon: int = HORIZON,
    price: float | None = None,
    texts: Mapping[str, str] = NO_TEXTS,
) -> bytes:
    """A PNG of past closes, twice as many as what follows: the next ``horizon`` sessions' median and bands.

    A line marks ``price``, if there is one.
    """
    from forecasting.chart.forecast import forecast_sheet

    return forecast_sheet(report, theme, horizon, price, Words(texts)).png()


def draw_comparison(reports: Sequence[ForecastReport], theme: Theme, texts: Mapping[str, str] = NO_TEXTS) -> bytes:
    """A PNG of two to six ETFs' 80% ranges in % from their last closes, and of how their returns are correlated."""
    from forecasting.chart.comparison import comparison_sheet

    return comparison_sheet(reports, theme, Words(texts)).png()


def draw_portfolio(mix: MixForecast, theme: Theme, texts: Mapping[str, str] = NO_TEXTS) -> bytes:
    """A PNG of a mix's past, the bands of its coming sessions, and each ETF's share of its worst losses."""
    from forecasting.chart.portfolio import portfolio_sheet

    return portfolio_sheet(mix, theme, Words(texts)).png()


def draw_overview(reports: Sequence[ForecastReport], theme: Theme, texts: Mapping[str, str] = NO_TEXTS) -> bytes:
    """A PNG with one row for each ETF: median, 50% and 80% band of the last session forecast, in % from its close."""
    from forecasting.chart.overview import overview_sheet

    return overview_sheet(reports, theme, Words(texts)).png()


def draw_scores(reports: Sequence[ForecastReport], theme: Theme, texts: Mapping[str, str] = NO_TEXTS) -> bytes:
    """A PNG of skill against no change and what chance may do to it: every ETF, and every model of up to six.

    Reports without scores are left out, and the picture names them.
    """
    from forecasting.chart.scores import scores_sheet

    return scores_sheet(reports, theme, Words(texts)).png()


def draw_past_forecasts(past: Past, theme: Theme, texts: Mapping[str, str] = NO_TEXTS) -> bytes:
    """A PNG of past forecasts that do not overlap, and the closes that came drawn over them."""
    from forecasting.chart.past_forecasts import past_forecasts_sheet

    return past_forecasts_sheet(past, theme, Words(texts)).png()
