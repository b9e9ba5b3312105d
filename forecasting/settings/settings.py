"""Settings from the environment or ``.env``: how both programs read theirs, and those that both have."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self, get_args, get_origin

from pydantic import AfterValidator, BeforeValidator, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from forecasting.errors import BadSettings
from forecasting.job.workers import MOST_PER_CORE, worker_count
from forecasting.model.device import CPU
from forecasting.prices.sources.registry import find_source
from forecasting.settings import places
from forecasting.settings.database_url import checked_database_url
from forecasting.settings.env_file import ENCODING, line_problems, read_env_file, slips
from forecasting.storage.files import path_of
from forecasting.universe import DEFAULT_TEACHERS, Universe, parse_teachers

MAY_BE_BLANK: Final = ("universe", "universe_only", "teachers")
"""A blank one means none. Every other blank setting means its default: compose files pass unset variables so."""

SECRET: Final = ("database_url", "discord_token", "push_url")
"""Their values are never repeated."""

HIGHEST_PORT: Final = 65_535

_DEVICE: Final = re.compile(r"cpu|cuda(:\d{1,2})?")
_SCHEDULER: Final = re.compile(r"(?:tcp|tls)://[^\s/:]+:(\d{1,5})")

logging.getLogger("dotenv.main").setLevel(logging.ERROR)  # what it warns of, line_problems says better

Problems = Mapping[str, str]
"""What is wrong: a sentence by the setting's name in capitals, in the order of the settings."""


class Settings(BaseSettings):
    """A program's settings; each field is the environment variable of the same name in capitals."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding=ENCODING, extra="ignore")

    @classmethod
    def load(cls) -> Self:
        """Read the settings.

        Raises:
            BadSettings: some cannot be understood. Its text has a line for each, which begins with the name.
        """
        settings, problems = cls.examined()
        if problems:
            raise BadSettings(lines(problems))
        return settings

    @classmethod
    def examined(cls) -> tuple[Self, Problems]:
        """The settings, those that can't be understood at their defaults, and what is wrong with these.

        A program whose environment names every setting does not look at ``.env``: a job gets all of them so.
        """
        names = {field.upper(): field for field in cls.model_fields}
        given = {name.upper() for name in os.environ}
        file = cls.model_config.get("env_file")
        path = Path(str(file)) if file and not given.issuperset(names) else None
        problems: dict[str, str] = {}
        try:
            bindings = read_env_file(path) if path else ()
        except BadSettings as error:
            name, _, sentence = str(error).partition(": ")
            problems, bindings, path = {name: sentence}, (), None
        if path:
            problems |= dict(line_problems(bindings, path, names))
        problems |= slips([*(b.key for b in bindings if b.key), *os.environ], names)
        defaults: dict[str, Any] = {
            names[name]: cls.model_fields[names[name]].get_default() for name in problems if name in names
        }
        try:
            settings = cls(**{"_env_file": path, **defaults})
        except ValidationError as error:
            for fault in error.errors():
                field = str(fault["loc"][0])
                problems.setdefault(field.upper(), _sentence(field, cls.model_fields[field], fault))
                defaults[field] = cls.model_fields[field].get_default()
            settings = cls(**{"_env_file": path, **defaults})
        order = [*(name for name in problems if name not in names), *(name for name in names if name in problems)]
        return settings, {name: problems[name] for name in order}

    @classmethod
    def problem_of(cls, field: str, value: str) -> str | None:
        """What is wrong with ``value`` for this field, and what to write; None if it will do."""
        try:
            cls(**{"_env_file": None, field: value})
        except ValidationError as error:
            for fault in error.errors():
                if fault["loc"][0] == field:
                    return _sentence(field, cls.model_fields[field], fault)
        return None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - fixed by pydantic
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, _WithoutBlanks(env_settings), _WithoutBlanks(dotenv_settings)

    @field_validator("*", mode="before")
    @classmethod
    def _as_people_write(cls, value: object, info: ValidationInfo) -> object:
        """Without spaces around it, and a word that can be chosen in any case."""
        if not isinstance(value, str):
            return value
        choices = {str(choice).casefold(): choice for choice in _choices(cls.model_fields[info.field_name or ""])}
        return choices.get(value.strip().casefold(), value.strip())


class ForecastSettings(Settings):
    """The settings of ``etf-forecast``, which ``etf-bot`` has too and gives to its jobs."""

    database_url: str = "sqlite:///var/forecasts.db"
    model_dir: Path = Path("var/models")
    prices: str = "yahoo"
    universe: str = ""
    universe_only: str = ""
    """ETFs in place of the three that are served otherwise."""
    teachers: str = DEFAULT_TEACHERS
    """Extra training ETFs, if the price source has them (Yahoo); none if blank."""
    recipe: Annotated[str, AfterValidator(str.lower)] = "default"
    """Name of the LSTM's configuration, see ``forecasting.champion.recipes``."""
    workers: Annotated[int | None, BeforeValidator(lambda value: _count(value))] = None
    """Processes that a job spreads its symbols over; the number of cores if it is not set."""
    cluster: str | None = None
    """Address of a Dask scheduler on whose workers jobs run, in place of processes of this machine."""
    device: Annotated[str, AfterValidator(str.lower)] = CPU
    """What networks are trained on, here or by each worker of the cluster: ``cpu``, ``cuda`` or ``cuda:1``."""

    @field_validator("database_url")
    @classmethod
    def _is_a_database(cls, text: str) -> str:
        return checked_database_url(text)

    @field_validator("model_dir", mode="before")
    @classmethod
    def _is_a_path(cls, value: object) -> Path:
        return path_of(str(value))

    @field_validator("prices")
    @classmethod
    def _is_a_source(cls, text: str) -> str:
        try:
            source, _ = find_source(text)
        except BadSettings as error:
            raise ValueError(str(error)) from None
        return ":".join((source.name, *text.strip().split(":", 1)[1:]))

    @field_validator("cluster")
    @classmethod
    def _is_a_scheduler(cls, text: str | None) -> str | None:
        found = _SCHEDULER.fullmatch(text or "")
        if text is not None and (found is None or not 1 <= int(found[1]) <= HIGHEST_PORT):
            raise ValueError(
                f"{text[:40]!r} is not the address of a Dask scheduler. Write one like tcp://HOST:8786, or leave it "
                "empty to run trainings on this machine."
            )
        return text

    @field_validator("device")
    @classmethod
    def _is_a_device(cls, text: str) -> str:
        if _DEVICE.fullmatch(text) is None:
            raise ValueError(f"{text[:40]!r} is not a device. Write cpu, cuda for a GPU, or cuda:1 for the second one.")
        return text

    @field_validator("universe", "universe_only", "teachers")
    @classmethod
    def _has_tickers(cls, text: str, info: ValidationInfo) -> str:
        if text.casefold() == "none":
            raise ValueError(f"{text} is not a ticker. Leave it empty for none: {str(info.field_name).upper()}=")
        try:
            (parse_teachers if info.field_name == "teachers" else Universe.parse)(text)
        except BadSettings as error:
            raise ValueError(str(error)) from None
        return text

    @property
    def served(self) -> Universe:
        """The ETFs of the two settings."""
        return Universe.parse(self.universe, self.universe_only)

    @classmethod
    def checked(
        cls, *, prices: str | None = None, recipe: str | None = None, cluster: str | None = None
    ) -> tuple[Self, Problems]:
        """As ``examined``, with what the settings name and a job could not use, such as a folder without write access.

        This changes nothing: what does not exist yet and can be made is fine.

        Args:
            prices, recipe, cluster: those in place of the settings'.
        """
        settings, wrong = cls.examined()
        found = {
            "DATABASE_URL": places.database_problem(settings.database_url),
            "MODEL_DIR": places.models_problem(settings.model_dir),
            "PRICES": places.prices_problem(prices or settings.prices),
            "RECIPE": places.recipe_problem(recipe or settings.recipe, settings.model_dir),
            "CLUSTER": (cls.problem_of("cluster", cluster) if cluster else None)
            or places.cluster_problem(cluster or settings.cluster),
            "DEVICE": None if cluster or settings.cluster else places.device_problem(settings.device),
        }
        return settings, {**wrong, **{name: words for name, words in found.items() if words and name not in wrong}}


def lines(problems: Problems) -> str:
    """A line for each problem: ``WORKERS: 'abc' is not …``."""
    return "\n".join(f"{name}: {sentence}" for name, sentence in problems.items())


class _WithoutBlanks(PydanticBaseSettingsSource):
    """Environment or ``.env`` without what they leave blank, so that the next source or the default counts."""

    def __init__(self, source: PydanticBaseSettingsSource) -> None:
        super().__init__(source.settings_cls)
        self._source = source

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return self._source.get_field_value(field, field_name)

    def __call__(self) -> dict[str, Any]:
        return {name: value for name, value in self._source().items() if str(value).strip() or name in MAY_BE_BLANK}


def _count(value: object) -> object:
    """Raises ValueError if ``value`` is not a number of processes that this machine can run at once."""
    if value is None:
        return None
    cores = worker_count(None)
    most = MOST_PER_CORE * cores
    try:
        count = int(str(value))
    except ValueError:
        count = 0
    if not 1 <= count <= most:
        raise ValueError(
            f"{str(value)[:40]!r} is not a number of processes from 1 to {most}, which is {MOST_PER_CORE} per core of "
            "this machine. Write such a number, or leave it empty for one per core."
        )
    return count


def _choices(field: FieldInfo) -> tuple[object, ...]:
    return get_args(field.annotation) if get_origin(field.annotation) is Literal else ()


def _sentence(name: str, field: FieldInfo, fault: Mapping[str, Any]) -> str:
    """What is wrong with the value of a field, and what to write, from pydantic's error."""
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    value = "the value" if name in SECRET else repr(str(fault["input"])[:40])
    default = field.get_default()
    if choices := _choices(field):
        return f"{value} cannot be chosen. Write {' or '.join(map(str, choices))}, or leave it out for {default}."
    least = next((f"from {m.ge:,g}" for m in field.metadata if hasattr(m, "ge")), None)
    least = least or next((f"above {m.gt:,g}, up" for m in field.metadata if hasattr(m, "gt")), "")
    most = next((f"to {m.le:,g}" for m in field.metadata if hasattr(m, "le")), "")
    kind = "number" if field.annotation is float else "whole number"
    form = " ".join(filter(None, (kind, least, most)))
    or_default = "" if default is None else f", or leave it out for {default:g}"
    return f"{value} is not a {form}. Write a {form}{or_default}."
