"""Settings of the bot, and ``.env.example``, which lists them."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.settings import BotSettings
from forecasting import BadSettings, Universe

EXAMPLE = Path(__file__).parents[3] / ".env.example"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in BotSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("universe", ["QQQ=Invesco QQQ Trust,TLT", ["QQQ=Invesco QQQ Trust", "TLT"], ("qqq", "TLT")])
def test_the_universe_is_text_or_a_sequence(universe: object) -> None:
    settings = BotSettings(universe=universe)
    assert Universe.parse(settings.universe).symbols == ("ARKK", "SPY", "FNGU", "QQQ", "TLT")


def test_etfs_instead_of_the_three() -> None:
    Path(".env").write_text("UNIVERSE_ONLY=AGG=US bonds,SPY\nUNIVERSE=TLT\n")
    assert dict(BotSettings.load().served.names) == {
        "AGG": "US bonds",
        "SPY": "SPDR S&P 500 ETF Trust",
        "TLT": "TLT",
    }


def test_settings_come_from_the_environment_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("PRICES=simulated\nUNIVERSE=TLT,QQQ\nRETRAIN_TIME=09:30\nTIME_ZONE=Asia/Kolkata\n")
    monkeypatch.setenv("PRICES", "csv:prices")
    settings = BotSettings.load()
    assert (settings.prices, settings.source) == ("csv:prices", "csv")
    assert settings.universe == "TLT,QQQ"
    assert (settings.retrain_time, settings.time_zone) == (time(9, 30), ZoneInfo("Asia/Kolkata"))


@pytest.mark.parametrize(("text", "ids"), [("", set()), ("12", {12}), (" 12, 2345 ,12", {12, 2345})])
def test_allowed_servers_are_ids_between_commas(text: str, ids: set[int]) -> None:
    Path(".env").write_text(f"ALLOWED_SERVERS={text}\n")
    assert BotSettings.load().allowed_servers == ids


@pytest.mark.parametrize("token", ["", "  "])
def test_an_empty_token_is_none(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", token)
    assert BotSettings.load().discord_token is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("UNIVERSE", "QQQ,=name"),
        ("TIME_ZONE", "Europe/Nowhere"),
        ("RETRAIN_DAY", "0"),
        ("RETRAIN_TIME", "25:00"),
        ("JOB_TIME_LIMIT", "0"),
        ("CHART_THEME", "pink"),
        ("CLUSTER", "10.0.0.5:8786"),
        ("DEVICE", "gpu"),
        ("PRICES", "foo"),
        ("PRICES", "csv"),
        ("PRICES", "csv:"),
        ("PRICES", "yahoo:prices"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_write(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match=rf"^{name}: .* Write |^{name}: .*PRICES or --prices can be"):
        BotSettings.load()


@pytest.mark.parametrize("prices", ["foo", "csv:"])
def test_a_wrong_source_of_prices_is_answered_with_the_right_ones(monkeypatch: pytest.MonkeyPatch, prices: str) -> None:
    monkeypatch.setenv("PRICES", prices)
    with pytest.raises(BadSettings, match=rf"^PRICES: '{prices}' .*: yahoo, csv:DIR, simulated\.$"):
        BotSettings.load()


def test_a_folder_of_prices_may_be_made_later() -> None:
    assert BotSettings(prices=" CSV:~/Later ").prices == "csv:~/Later"


@pytest.mark.parametrize(
    ("name", "value", "field", "meant"),
    [
        ("PRICES", "Yahoo", "prices", "yahoo"),
        ("RETRAIN_DAY", "Saturday", "retrain_day", "sat"),
        ("RETRAIN_DAY", "SUN.", "retrain_day", "sun"),
        ("RETRAIN_TIME", "8", "retrain_time", time(8, 0)),
        ("REFRESH_TIME", "6:30 pm", "refresh_time", time(18, 30)),
        ("LOG_LEVEL", "warning", "log_level", "WARNING"),
        ("CHART_THEME", "Light", "chart_theme", "light"),
        ("TIME_ZONE", "europe/berlin", "time_zone", ZoneInfo("Europe/Berlin")),
        ("TIME_ZONE", "Kolkata", "time_zone", ZoneInfo("Asia/Kolkata")),
        ("TIME_ZONE", "utc", "time_zone", ZoneInfo("UTC")),
        ("WORKERS", " 2 ", "workers", 2),
        ("CLUSTER", " tcp://10.0.0.5:8786 ", "cluster", "tcp://10.0.0.5:8786"),
        ("DEVICE", "CUDA:1", "device", "cuda:1"),
        ("RECIPE", "Default", "recipe", "default"),
        ("DATABASE_URL", "SQLite:///Forecasts.db", "database_url", "sqlite:///Forecasts.db"),
        ("MODEL_DIR", "~/models", "model_dir", Path.home() / "models"),
    ],
)
def test_values_are_understood_as_people_write_them(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, field: str, meant: object
) -> None:
    monkeypatch.setenv(name, value)
    assert getattr(BotSettings.load(), field) == meant


def test_a_blank_variable_leaves_the_word_to_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("PRICES=simulated\nTEACHERS=\nREFRESH_TIME=\n")
    monkeypatch.setenv("PRICES", "")
    settings = BotSettings.load()
    assert (settings.prices, settings.teachers, settings.refresh_time) == ("simulated", "", time(18, 0))


def test_jobs_get_the_settings_that_they_have_in_common_with_the_bot() -> None:
    settings = BotSettings(
        database_url="sqlite:///x.db",
        model_dir="m",
        prices="csv:p",
        universe=["TLT"],
        universe_only="AGG",
        teachers="SPY",
        recipe="owl",
    )
    assert settings.for_jobs() == {
        "DATABASE_URL": "sqlite:///x.db",
        "MODEL_DIR": "m",
        "PRICES": "csv:p",
        "UNIVERSE": "TLT",
        "UNIVERSE_ONLY": "AGG",
        "TEACHERS": "SPY",
        "RECIPE": "owl",
        "WORKERS": "",
        "CLUSTER": "",
        "DEVICE": "cpu",
    }


def test_the_example_lists_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = dict(re.findall(r"^#? ?([A-Z_]+)=(.*)$", EXAMPLE.read_text(), flags=re.MULTILINE))
    assert {name.upper() for name in BotSettings.model_fields} <= set(lines)
    for name in BotSettings.model_fields:
        monkeypatch.setenv(name.upper(), lines[name.upper()])
    assert BotSettings.load() == BotSettings()
