"""The settings of both programs: how they are read, and what is wrong with them."""

from forecasting.settings.settings import ForecastSettings, Problems, lines

__all__ = ["ForecastSettings", "Problems", "lines"]
