"""The front door: the names that the bot may use. None of them loads torch, and importing this loads no pandas."""

from forecasting.database import Base, open_database
from forecasting.errors import (
    BadPrices,
    BadSettings,
    ForecastingError,
    JobRunning,
    ModelMissing,
    NoForecastYet,
    NotEnoughHistory,
    PricesError,
    PricesNotReady,
    PricesUnavailable,
    UnknownSymbol,
)
from forecasting.quantiles import HORIZON, LEVELS
from forecasting.report import MODELS, Close, ForecastReport, Scores, Step
from forecasting.sessions import close_time, last_completed_session, next_sessions, sessions_between
from forecasting.universe import Symbol, Universe

__all__ = [
    "HORIZON",
    "LEVELS",
    "MODELS",
    "BadPrices",
    "BadSettings",
    "Base",
    "Close",
    "ForecastReport",
    "ForecastingError",
    "JobRunning",
    "ModelMissing",
    "NoForecastYet",
    "NotEnoughHistory",
    "PricesError",
    "PricesNotReady",
    "PricesUnavailable",
    "Scores",
    "Step",
    "Symbol",
    "Universe",
    "UnknownSymbol",
    "close_time",
    "last_completed_session",
    "next_sessions",
    "open_database",
    "sessions_between",
]
