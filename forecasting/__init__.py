"""The front door: the names that the bot may use. None of them loads torch, and importing this loads no pandas."""

from forecasting.champion.card import ModelCard, model_card
from forecasting.champion.decisions import Decision
from forecasting.chart.correlations import Matrix, path_correlations, return_correlations
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
from forecasting.models import MODELS, Model
from forecasting.prices.quality.faults import PriceFault, PriceFaults
from forecasting.prices.store.changes import TOLD_FOR, SecurityChange, security_changes
from forecasting.quantiles import COLUMNS, HORIZON, LEVELS, probability_above
from forecasting.record.chain import Head
from forecasting.record.monitoring import Alarm
from forecasting.record.reader import Track
from forecasting.record.record import LiveScores, Record
from forecasting.record.week import WeekOfCloses
from forecasting.report import THEMES, Close, ForecastReport, Scores, Step, Theme, current
from forecasting.reports.publication import Publication
from forecasting.reports.runs import Failure, Run
from forecasting.reports.store import ReportStore
from forecasting.sessions import close_time, is_stale, last_completed_session, next_sessions, sessions_between
from forecasting.settings import Settings
from forecasting.storage.database import Base, UtcDateTime, connect_lazily, migrate, open_database
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
    "Model",
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
