"""Settings of the bot, and ``.env.example``, which lists them."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.settings import BotSettings
from forecasting import BadSettings, Universe

EXAMPLE = Path(__file__).parents[2] / ".env.example"


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in BotSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("universe", ["QQQ=Invesco QQQ Trust,TLT", ["QQQ=Invesco QQQ Trust", "TLT"], ("qqq", "TLT")])
def test_the_universe_is_text_or_a_sequence(universe: object) -> None:
    settings = BotSettings(universe=universe)
    assert Universe.parse(settings.universe).symbols == ("ARKK", "SPY", "FNGU", "QQQ", "TLT")


def test_settings_come_from_the_environment_before_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("PRICES=simulated\nUNIVERSE=TLT,QQQ\nRETRAIN_TIME=09:30\nTIME_ZONE=Asia/Kolkata\n")
    monkeypatch.setenv("PRICES", "csv:prices")
    settings = BotSettings.load()
    assert (settings.prices, settings.source) == ("csv:prices", "csv")
    assert settings.universe == "TLT,QQQ"
    assert (settings.retrain_time, settings.time_zone) == (time(9, 30), ZoneInfo("Asia/Kolkata"))


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
        ("PRICES", "foo"),
        ("PRICES", "csv"),
        ("PRICES", "csv:"),
        ("PRICES", "yahoo:prices"),
    ],
)
def test_a_wrong_value_is_named_with_where_to_look(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings, match=rf"The setting {name} is wrong: .*\.env\.example"):
        BotSettings.load()


@pytest.mark.parametrize("prices", ["foo", "csv:"])
def test_a_wrong_source_of_prices_is_answered_with_the_right_ones(monkeypatch: pytest.MonkeyPatch, prices: str) -> None:
    monkeypatch.setenv("PRICES", prices)
    with pytest.raises(BadSettings, match=rf"PRICES is wrong: '{prices}' .*: yahoo, csv:DIR, simulated\. See"):
        BotSettings.load()


def test_a_folder_of_prices_may_be_made_later() -> None:
    settings = BotSettings(prices=" csv:~/later ")
    assert (settings.prices, settings.prices_folder) == ("csv:~/later", Path("~/later").expanduser())
    assert BotSettings(prices="yahoo").prices_folder is None


def test_jobs_get_the_same_database_models_prices_universe_and_recipe() -> None:
    settings = BotSettings(database_url="sqlite:///x.db", model_dir="m", prices="csv:p", universe=["TLT"], recipe="owl")
    assert settings.for_jobs() == {
        "DATABASE_URL": "sqlite:///x.db",
        "MODEL_DIR": "m",
        "PRICES": "csv:p",
        "UNIVERSE": "TLT",
        "RECIPE": "owl",
    }


def test_the_example_lists_every_setting_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = dict(re.findall(r"^#? ?([A-Z_]+)=(.*)$", EXAMPLE.read_text(), flags=re.MULTILINE))
    assert {name.upper() for name in BotSettings.model_fields} <= set(lines)
    for name in BotSettings.model_fields:
        monkeypatch.setenv(name.upper(), lines[name.upper()])
    assert BotSettings.load() == BotSettings()
