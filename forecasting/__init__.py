"""The front door: the names that the bot uses, and no others.

None of them is a row of a table, and none loads torch. Importing this loads neither numpy, pandas nor matplotlib.
"""

from forecasting.backup import back_up, back_up_before_upgrade, restore
from forecasting.champion.card import ModelCard, model_card
from forecasting.champion.decisions import Decision
from forecasting.chart.correlations import return_correlations
from forecasting.chart.words import PICTURE_WORDS
from forecasting.errors import (
    BadSettings,
    ForecastingError,
    NoForecastYet,
    NoPastReturns,
    NotEnoughHistory,
    StorageCause,
    TooLittleInCommon,
    UnknownSymbol,
)
from forecasting.job.clock import CLOCK_AHEAD
from forecasting.job.parent import ENDS_WITH_STDIN
from forecasting.models import MODELS
from forecasting.prices.sources.registry import find_source, source_named
from forecasting.prices.store.changes import TOLD_FOR, SecurityChange, security_changes
from forecasting.prices.store.faults import PriceFault, PriceFaults
from forecasting.quantiles import COLUMNS, HORIZON, LEVELS, probability_above
from forecasting.record.monitoring import Alarm
from forecasting.record.page import export_page
from forecasting.record.record import Record
from forecasting.record.week import WeekOfCloses
from forecasting.report import (
    THEMES,
    Close,
    ForecastReport,
    Scores,
    Step,
    Theme,
    VolatilityScores,
    currency_sign,
    current,
    price_figure,
)
from forecasting.reports.runs import Failure, Run
from forecasting.reports.store import ReportStore
from forecasting.scenarios.mix import FEWEST_PARTS, MOST_PARTS, WORST, MixForecast, forecast_mix
from forecasting.scenarios.odds import PriceOdds, price_odds
from forecasting.scenarios.past_returns import PastReturns
from forecasting.sessions import (
    NYSE,
    SETTLING,
    close_time,
    closes_before_new_york,
    currency_of,
    exchange_of,
    is_stale,
    last_completed_session,
    newest_completed,
    next_sessions,
    session_on_or_before,
    sessions_between,
)
from forecasting.settings import ForecastSettings, Problems
from forecasting.settings.env_file import exposed_env_file, unused_names
from forecasting.storage.database import NAMING_CONVENTION, UtcDateTime, connect_lazily, database_file, migrate
from forecasting.storage.database import open_database as open_database  # for tests and notebooks
from forecasting.storage.failures import storage_failure
from forecasting.storage.lease import Lease
from forecasting.storage.secrets import environment_without_secrets
from forecasting.universe import Symbol, Universe

__all__ = [
    "CLOCK_AHEAD",
    "COLUMNS",
    "ENDS_WITH_STDIN",
    "FEWEST_PARTS",
    "HORIZON",
    "LEVELS",
    "MODELS",
    "MOST_PARTS",
    "NAMING_CONVENTION",
    "NYSE",
    "PICTURE_WORDS",
    "SETTLING",
    "THEMES",
    "TOLD_FOR",
    "WORST",
    "Alarm",
    "BadSettings",
    "Close",
    "Decision",
    "Failure",
    "ForecastReport",
    "ForecastSettings",
    "ForecastingError",
    "Lease",
    "MixForecast",
    "ModelCard",
    "NoForecastYet",
    "NoPastReturns",
    "NotEnoughHistory",
    "PastReturns",
    "PriceFault",
    "PriceFaults",
    "PriceOdds",
    "Problems",
    "Record",
    "ReportStore",
    "Run",
    "Scores",
    "SecurityChange",
    "Step",
    "StorageCause",
    "Symbol",
    "Theme",
    "TooLittleInCommon",
    "Universe",
    "UnknownSymbol",
    "UtcDateTime",
    "VolatilityScores",
    "WeekOfCloses",
    "back_up",
    "back_up_before_upgrade",
    "close_time",
    "closes_before_new_york",
    "connect_lazily",
    "currency_of",
    "currency_sign",
    "current",
    "database_file",
    "environment_without_secrets",
    "exchange_of",
    "export_page",
    "exposed_env_file",
    "find_source",
    "forecast_mix",
    "is_stale",
    "last_completed_session",
    "migrate",
    "model_card",
    "newest_completed",
    "next_sessions",
    "price_figure",
    "price_odds",
    "probability_above",
    "restore",
    "return_correlations",
    "security_changes",
    "session_on_or_before",
    "sessions_between",
    "source_named",
    "storage_failure",
    "unused_names",
]
