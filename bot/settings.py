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
from forecasting import BadSettings, Settings, Theme, Universe


def _as_text(universe: object) -> object:
    """A sequence of entries is as good as the text that ``.env`` holds."""
    if isinstance(universe, Iterable) and not isinstance(universe, str):
        return ",".join(str(entry) for entry in universe)
    return universe


class BotSettings(Settings):
    """What ``python -m bot`` reads.

    The fields up to ``recipe`` are those of a job too: the bot hands them to each one through its environment.
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
    """Minutes after which a job is stopped."""
    time_zone: ZoneInfo = ZoneInfo("America/New_York")
    """Zone of the three times below; the exchange's own by default."""
    retrain_day: Weekday = "sat"
    retrain_time: time = time(8, 0)
    refresh_time: time = time(18, 0)
    watch_limit: int = Field(default=10, ge=0, le=25)
    """ETFs beside the universe that one server may follow."""
    operator_role: int | None = None
    """Id of the role whose members may use /retrain, beside the bot's owner."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("discord_token")
    @classmethod
    def _empty_is_none(cls, token: SecretStr | None) -> SecretStr | None:
        return token if token is not None and token.get_secret_value().strip() else None

    @field_validator("prices")
    @classmethod
    def _names_a_source(cls, prices: str) -> str:
        kind, colon, folder = prices.strip().partition(":")
        if (kind == "csv" and folder) or (kind in ("yahoo", "simulated") and not colon):
            return prices.strip()
        raise ValueError(f"{prices!r} names no source of prices; write yahoo, simulated, or csv:DIR")

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
        """Kind of the price source, which is part of the key of everything stored: ``csv`` of ``csv:DIR``."""
        return self.prices.partition(":")[0]

    @property
    def prices_folder(self) -> Path | None:
        """``DIR`` of ``csv:DIR``, which need not exist yet; None for the other sources."""
        kind, _, folder = self.prices.partition(":")
        return Path(folder).expanduser() if kind == "csv" else None

    def for_jobs(self) -> dict[str, str]:
        """The environment that hands a job the same database, models, prices, universe and recipe."""
        return {
            "DATABASE_URL": self.database_url,
            "MODEL_DIR": str(self.model_dir),
            "PRICES": self.prices,
            "UNIVERSE": self.universe,
            "RECIPE": self.recipe,
        }
