"""The front door: the names that the bot may use. None of them loads torch, and importing this loads no pandas."""

from forecasting.comparison import Matrix, path_correlations, return_correlations
from forecasting.database import Base, UtcDateTime, connect_lazily, migrate, open_database
from forecasting.decisions import Decision
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
from forecasting.prices.changes import TOLD_FOR, SecurityChange, security_changes
from forecasting.prices.faults import PriceFault, PriceFaults
from forecasting.quantiles import COLUMNS, HORIZON, LEVELS, probability_above
from forecasting.report import MODELS, THEMES, Close, ForecastReport, Scores, Step, Theme, current
from forecasting.sessions import close_time, is_stale, last_completed_session, next_sessions, sessions_between
from forecasting.settings import Settings
from forecasting.store import Failure, Publication, ReportStore, Run
from forecasting.universe import Symbol, Universe

__all__ = [
    "COLUMNS",
    "HORIZON",
    "LEVELS",
    "MODELS",
    "THEMES",
    "TOLD_FOR",
    "BadPrices",
    "BadSettings",
    "Base",
    "Close",
    "Decision",
    "Failure",
    "ForecastReport",
    "ForecastingError",
    "JobRunning",
    "Matrix",
    "ModelMissing",
    "NoForecastYet",
    "NotEnoughHistory",
    "PriceFault",
    "PriceFaults",
    "PricesError",
    "PricesNotReady",
    "PricesUnavailable",
    "Publication",
    "ReportStore",
    "Run",
    "Scores",
    "SecurityChange",
    "Settings",
    "Step",
    "Symbol",
    "Theme",
    "Universe",
    "UnknownSymbol",
    "UtcDateTime",
    "close_time",
    "connect_lazily",
    "current",
    "is_stale",
    "last_completed_session",
    "migrate",
    "next_sessions",
    "open_database",
    "path_correlations",
    "probability_above",
    "return_correlations",
    "security_changes",
    "sessions_between",
]
