"""Settings from the environment or ``.env``: how both programs read theirs, and the settings of a job."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from forecasting.errors import BadSettings
from forecasting.universe import DEFAULT_TEACHERS


class Settings(BaseSettings):
    """A program's settings; each field is the environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    @classmethod
    def load(cls) -> Self:
        """Read the settings.

        Raises:
            BadSettings: a value cannot be understood; the first such setting is named.
        """
        try:
            return cls()
        except ValidationError as error:
            first = error.errors()[0]
            name = "_".join(str(part) for part in first["loc"]).upper()
            reason = str(first["msg"]).removeprefix("Value error, ").rstrip(".")
            raise BadSettings(f"The setting {name} is wrong: {reason}. See .env.example for its form.") from None


class ForecastSettings(Settings):
    """The settings that ``python -m forecasting`` reads."""

    database_url: str = "sqlite:///var/forecasts.db"
    model_dir: Path = Path("var/models")
    prices: str = "yahoo"
    universe: str = ""
    teachers: str = DEFAULT_TEACHERS
    """Extra training ETFs, if the price source has them (Yahoo); none if blank."""
    recipe: str = "default"
    """Name of the LSTM's configuration, see ``forecasting.champion.recipes``."""
    workers: Annotated[int | None, Field(ge=1), BeforeValidator(lambda value: value or None)] = None
    """Processes that a job spreads its symbols over; the number of cores if it is not set."""

    @field_validator("database_url", "model_dir", "prices", "recipe", mode="before")
    @classmethod
    def _blank_is_default(cls, value: object, info: ValidationInfo) -> object:
        """Compose files pass unset variables as blanks. A blank UNIVERSE means the three default ETFs only."""
        return cls.model_fields[info.field_name or ""].default if value == "" else value
