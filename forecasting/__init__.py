"""The front door: the names that the bot may use. None of them loads torch, and importing this loads no pandas."""

from forecasting.database import Base, UtcDateTime, connect_lazily, migrate, open_database
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
from forecasting.report import MODELS, THEMES, Close, ForecastReport, Scores, Step, Theme
from forecasting.sessions import close_time, last_completed_session, next_sessions, sessions_between
from forecasting.settings import Settings
from forecasting.store import Failure, Publication, ReportStore, Run
from forecasting.universe import Symbol, Universe

__all__ = [
    "HORIZON",
    "LEVELS",
    "MODELS",
    "THEMES",
    "BadPrices",
    "BadSettings",
    "Base",
    "Close",
    "Failure",
    "ForecastReport",
    "ForecastingError",
    "JobRunning",
    "ModelMissing",
    "NoForecastYet",
    "NotEnoughHistory",
    "PricesError",
    "PricesNotReady",
    "PricesUnavailable",
    "Publication",
    "ReportStore",
    "Run",
    "Scores",
    "Settings",
    "Step",
    "Symbol",
    "Theme",
    "Universe",
    "UnknownSymbol",
    "UtcDateTime",
    "close_time",
    "connect_lazily",
    "last_completed_session",
    "migrate",
    "next_sessions",
    "open_database",
    "sessions_between",
]
