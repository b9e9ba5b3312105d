"""Settings of the bot, from the environment or ``.env``; ``.env.example`` lists each with its default."""

from __future__ import annotations

import errno
import os
import re
import socket
from collections.abc import Iterable
from datetime import time
from ipaddress import ip_address
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode

from bot.calendar.weektime import WEEKDAYS, Weekday, time_of_day
from bot.calendar.zones import search_zones, zone_named
from bot.settings.shards import Shards
from forecasting import ForecastSettings, Problems, Theme, find_source

RECORD_HOST: Final = "127.0.0.1"
"""Where the page of the record is shown: to this machine alone."""

COPY_TOKEN: Final = "Copy the token from your application's page at Discord (Bot, Reset Token)"  # noqa: S105
NO_TOKENS: Final = (
    (re.compile(r"\d{1,20}"), "this is a number, such as the application's id, and no bot token"),
    (re.compile(r"[0-9a-f]{64}"), "this is the application's public key and no bot token"),
    (re.compile(r"[\w-]{32}"), "this is the application's client secret and no bot token"),
    (re.compile(r"Bot\s.*", re.IGNORECASE), 'the token has the word "Bot" before it, which is no part of it'),
    (re.compile(r".*[^!#-;=?-~].*"), "the token has a space, a quote or another character that no token has"),
)
"""What people paste instead of the token, which has three parts with dots between them."""


def _as_text(universe: object) -> object:
    """Accept a sequence of entries too, and join it into the text that ``.env`` would hold."""
    if isinstance(universe, Iterable) and not isinstance(universe, str):
        return ",".join(str(entry) for entry in universe)
    return universe


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.port != 0
            and not re.search(r"\s", text)
        )
    except ValueError:
        return False


def _is_of_this_machine(host: str) -> bool:
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as opened:
            opened.bind((host, 0))
    except OSError:
        return False
    return True


def _port_problem(host: str, port: int) -> str | None:
    """Why nothing can ever be served at this port; None if it can, or if somebody has it at the moment."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as opened:
            opened.bind((host, port))
    except OSError as error:
        if error.errno not in (errno.EADDRINUSE, errno.EADDRNOTAVAIL):
            return f"{host}:{port} cannot be opened ({os.strerror(error.errno or 0)}). Write another one above 1023."
    return None


class BotSettings(ForecastSettings):
    """The settings of ``etf-bot``. Every job gets those of ``ForecastSettings`` through its environment.

    Raises:
        BadSettings: from ``load``; its text has a line for each wrong setting.
    """

    universe: Annotated[str, NoDecode, BeforeValidator(_as_text)] = ""

    discord_token: SecretStr | None = None
    chart_theme: Theme = "dark"
    job_time_limit: float = Field(default=60.0, gt=0, le=10_080)
    """Minutes before a job is stopped."""
    time_zone: ZoneInfo = ZoneInfo("America/New_York")
    """Time zone of the three settings below; by default the exchange's."""
    retrain_day: Weekday = "sat"
    retrain_time: time = time(8, 0)
    refresh_time: time = time(18, 0)
    watch_limit: int = Field(default=10, ge=0, le=25)
    """How many ETFs outside the universe one server may follow."""
    report_limit: int = Field(default=5, ge=0, le=5)
    """How many reports one server may have."""
    alert_limit: int = Field(default=500, ge=0, le=100_000)
    """How many alerts the members of one server may have there, all together."""
    max_symbols: int = Field(default=200, ge=1, le=2000)
    """How many ETFs the bot trains, those that servers follow included."""
    shard_count: int | None = Field(default=None, ge=1, le=10_000)
    """In how many shards all processes together divide the servers; not at all if it is not set."""
    shard_ids: Annotated[tuple[int, ...], NoDecode] = ()
    """Those of this process, from 0; empty for all."""
    allowed_servers: Annotated[frozenset[int], NoDecode] = frozenset()
    """Ids of the servers that the bot stays in; empty for all."""
    operator_role: int | None = None
    """Id of the role whose members may use /retrain; the bot's owner always may."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["text", "json"] = "text"
    health_port: int | None = Field(default=None, ge=1, le=65535)
    """Where /healthz and /metrics are served; nowhere if it is not set."""
    health_host: str = "127.0.0.1"
    record_port: int | None = Field(default=None, ge=1, le=65535)
    """Where this machine is shown the record as a web page; nowhere if it is not set."""
    push_url: SecretStr | None = None
    """An address that is asked for every minute while the bot is well."""

    @field_validator("discord_token", mode="before")
    @classmethod
    def _is_a_token(cls, token: object) -> object:
        if not isinstance(token, str):
            return token
        text = token.strip()
        for form, what in NO_TOKENS:
            if form.fullmatch(text):
                raise ValueError(f"{what}. {COPY_TOKEN}.")
        return text or None

    @field_validator("health_host")
    @classmethod
    def _is_an_address(cls, text: str) -> str:
        try:
            return str(ip_address(text))
        except ValueError:
            raise ValueError(
                f"{text[:40]!r} is not an IP address of this machine. Write 127.0.0.1 to be asked by this machine "
                "alone, or 0.0.0.0 in a container."
            ) from None

    @field_validator("push_url")
    @classmethod
    def _is_a_web_address(cls, url: SecretStr | None) -> SecretStr | None:
        text = "" if url is None else url.get_secret_value()
        if text and not _is_web_address(text):
            raise ValueError(
                "this is not a web address. Copy it from your monitor; it begins with https:// or http://."
            )
        return url if text else None

    @field_validator("time_zone", mode="before")
    @classmethod
    def _is_a_zone(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        named = {name.casefold(): name for name in available_timezones()}.get(value.casefold())
        zone = ZoneInfo(named) if named else zone_named(value)
        if zone is None:
            near = search_zones(value, 3) or ("America/New_York", "Europe/Berlin", "UTC")
            raise ValueError(f"{value[:40]!r} is not a time zone. Write one like {', '.join(near)}.")
        return zone

    @field_validator("retrain_day", mode="before")
    @classmethod
    def _is_a_day(cls, value: object) -> object:
        text = str(value).strip().casefold().rstrip(".")
        full = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
        if text not in (*WEEKDAYS, *full):
            raise ValueError(f"{str(value)[:40]!r} is not a day of the week. Write one of {', '.join(WEEKDAYS)}.")
        return text[:3]

    @field_validator("retrain_time", "refresh_time", mode="before")
    @classmethod
    def _is_a_time(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        found = time_of_day(value)
        if found is None:
            raise ValueError(f"{value[:40]!r} is not a time of the day. Write it like 08:00 or 6 pm.")
        return found

    @field_validator("shard_ids", mode="before")
    @classmethod
    def _are_shards(cls, value: object, info: ValidationInfo) -> object:
        if not isinstance(value, str):
            return value
        count: int | None = info.data.get("shard_count")
        if count is None:
            raise ValueError("it needs SHARD_COUNT, the number of shards of all processes together. Write both.")
        ids: list[int] = []
        for part in filter(None, re.split(r"[,\s]+", value.strip())):
            found = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", part)
            first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
            if first > last:
                raise ValueError(f"{part[:40]!r} is not the number of a shard. Write 0,2 or 0-3.")
            if last >= count:
                raise ValueError(
                    f"there is no shard {last}: with SHARD_COUNT={count} they are numbered from 0 to {count - 1}."
                )
            ids += range(first, last + 1)
        if len(set(ids)) < len(ids):
            raise ValueError(f"{value[:40]!r} names a shard twice. Name each once.")
        return tuple(ids)

    @field_validator("allowed_servers", mode="before")
    @classmethod
    def _are_ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        ids = [part for part in re.split(r"[,\s]+", value.strip()) if part]
        for part in ids:
            if not re.fullmatch(r"[1-9]\d{0,19}", part):
                raise ValueError(
                    f"{part[:40]!r} is not the id of a server, which is a number. Separate several by commas. In "
                    "Discord switch on Developer Mode (User Settings, Advanced), then right-click the server and "
                    "choose Copy Server ID."
                )
        return ids

    @field_validator("operator_role", mode="before")
    @classmethod
    def _is_an_id(cls, value: object) -> object:
        if isinstance(value, str) and not re.fullmatch(r"[1-9]\d{0,19}", value):
            raise ValueError(
                f"{value[:40]!r} is not the id of a role, which is a number. In Discord switch on Developer Mode "
                "(User Settings, Advanced), then right-click the role and choose Copy Role ID."
            )
        return value

    @classmethod
    def checked(cls, **instead: str | None) -> tuple[Self, Problems]:
        """As for ``ForecastSettings``, with the ports. One that is in use is fine: the bot itself may run."""
        settings, wrong = super().checked(**instead)
        ports = {
            "HEALTH_PORT": (settings.health_host, settings.health_port),
            "RECORD_PORT": (RECORD_HOST, settings.record_port),
        }
        found = {name: _port_problem(host, port) for name, (host, port) in ports.items() if port is not None}
        if settings.health_port is not None and not _is_of_this_machine(settings.health_host):
            found["HEALTH_HOST"] = (
                f"{settings.health_host} is not an address of this machine. Write 127.0.0.1, or 0.0.0.0 in a container."
            )
        if settings.health_port == settings.record_port is not None:
            found["RECORD_PORT"] = "HEALTH_PORT has the same port. Write another one."
        return settings, {**wrong, **{name: words for name, words in found.items() if words and name not in wrong}}

    @property
    def shards(self) -> Shards:
        """Those of this process."""
        return Shards(self.shard_count, self.shard_ids)

    @property
    def source(self) -> str:
        """The kind of price source, for example ``csv`` of ``csv:DIR``; part of the key of everything stored."""
        return find_source(self.prices)[0].name

    def for_jobs(self) -> dict[str, str]:
        """Environment variables that give a job the settings that it has in common with the bot."""
        values = {name: getattr(self, name) for name in ForecastSettings.model_fields}
        return {name.upper(): "" if value is None else str(value) for name, value in values.items()}
