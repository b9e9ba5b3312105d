"""Settings of the bot, from the environment or ``.env``; ``.env.example`` lists each with its default."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import NoDecode, SettingsConfigDict

from bot.calendar.weektime import Weekday
from forecasting import BadSettings, Settings, Theme, Universe, find_source


def _as_text(universe: object) -> object:
    """Accept a sequence of entries too, and join it into the text that ``.env`` would hold."""
    if isinstance(universe, Iterable) and not isinstance(universe, str):
        return ",".join(str(entry) for entry in universe)
    return universe


class BotSettings(Settings):
    """The settings of ``etf-bot``. Every job gets those up to ``recipe`` through its environment.

    Raises:
        BadSettings: from ``load``; its text names the wrong setting.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True)

    database_url: str = "sqlite:///var/forecasts.db"
    model_dir: Path = Path("var/models")
    prices: str = "yahoo"
    universe: Annotated[str, NoDecode, BeforeValidator(_as_text)] = ""
    recipe: str = "default"

    discord_token: SecretStr | None = None
    chart_theme: Theme = "dark"
    job_time_limit: float = Field(default=60.0, gt=0)
    """Minutes before a job is stopped."""
    time_zone: ZoneInfo = ZoneInfo("America/New_York")
    """Time zone of the three settings below; by default the exchange's."""
    retrain_day: Weekday = "sat"
    retrain_time: time = time(8, 0)
    refresh_time: time = time(18, 0)
    watch_limit: int = Field(default=10, ge=0, le=25)
    """How many ETFs outside the universe one server may follow."""
    operator_role: int | None = None
    """Id of the role whose members may use /retrain; the bot's owner always may."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("discord_token")
    @classmethod
    def _empty_is_none(cls, token: SecretStr | None) -> SecretStr | None:
        return token if token is not None and token.get_secret_value().strip() else None

    @field_validator("prices")
    @classmethod
    def _is_a_source(cls, prices: str) -> str:
        try:
            find_source(prices)
        except BadSettings as error:
            raise ValueError(str(error)) from None
        return prices.strip()

    @field_validator("universe")
    @classmethod
    def _has_tickers(cls, universe: str) -> str:
        try:
            Universe.parse(universe)
        except BadSettings as error:
            raise ValueError(str(error)) from None
        return universe

    @property
    def source(self) -> str:
        """The kind of price source, for example ``csv`` of ``csv:DIR``; part of the key of everything stored."""
        return find_source(self.prices)[0].name

    @property
    def prices_folder(self) -> Path | None:
        """``DIR`` of ``csv:DIR``, which may not exist yet; None for other sources."""
        return find_source(self.prices)[1]

    def for_jobs(self) -> dict[str, str]:
        """Environment variables that give a job the same database, models, prices, universe and recipe."""
        return {
            "DATABASE_URL": self.database_url,
            "MODEL_DIR": str(self.model_dir),
            "PRICES": self.prices,
            "UNIVERSE": self.universe,
            "RECIPE": self.recipe,
        }
