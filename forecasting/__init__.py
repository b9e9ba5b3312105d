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
from forecasting.modelcards import ModelCard, model_card
from forecasting.prices.changes import TOLD_FOR, SecurityChange, security_changes
from forecasting.prices.faults import PriceFault, PriceFaults
from forecasting.publication import Publication
from forecasting.quantiles import COLUMNS, HORIZON, LEVELS, probability_above
from forecasting.report import MODELS, THEMES, Close, ForecastReport, Scores, Step, Theme, current
from forecasting.runs import Failure, Run
from forecasting.sessions import close_time, is_stale, last_completed_session, next_sessions, sessions_between
from forecasting.settings import Settings
from forecasting.store import ReportStore
from forecasting.track.book import Track
from forecasting.track.chain import Head
from forecasting.track.monitoring import Alarm
from forecasting.track.record import LiveScores, Record
from forecasting.track.week import WeekOfCloses
from forecasting.universe import Symbol, Universe

__all__ = [
    "COLUMNS",
    "HORIZON",
    "LEVELS",
    "MODELS",
    "THEMES",
    "TOLD_FOR",
    "Alarm",
    "BadPrices",
    "BadSettings",
    "Base",
    "Close",
    "Decision",
    "Failure",
    "ForecastReport",
    "ForecastingError",
    "Head",
    "JobRunning",
    "LiveScores",
    "Matrix",
    "ModelCard",
    "ModelMissing",
    "NoForecastYet",
    "NotEnoughHistory",
    "PriceFault",
    "PriceFaults",
    "PricesError",
    "PricesNotReady",
    "PricesUnavailable",
    "Publication",
    "Record",
    "ReportStore",
    "Run",
    "Scores",
    "SecurityChange",
    "Settings",
    "Step",
    "Symbol",
    "Theme",
    "Track",
    "Universe",
    "UnknownSymbol",
    "UtcDateTime",
    "WeekOfCloses",
    "close_time",
    "connect_lazily",
    "current",
    "is_stale",
    "last_completed_session",
    "migrate",
    "model_card",
    "next_sessions",
    "open_database",
    "path_correlations",
    "probability_above",
    "return_correlations",
    "security_changes",
    "sessions_between",
]
