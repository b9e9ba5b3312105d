"""Recipes: kept and found by name, refused in words, and used by a training that RECIPE tells to."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from forecasting.champion.recipes import DEFAULT_RECIPE, Recipe, RecipeBook
from forecasting.champion.registry import ModelRegistry
from forecasting.cli import cli
from forecasting.errors import BadSettings
from forecasting.model.config import LstmConfig
from forecasting.prices.files.folder import write_folder
from tests.support.panels import SPY, TINY, history

EVIDENCE = {"search": {"study": "abc", "score": 0.05}, "confirmation": {"confirmed": False, "gain": -0.001}}
OWL = Recipe("owl", replace(TINY, lookback=40, layers=2), EVIDENCE)


@pytest.fixture
def book(tmp_path: Path) -> RecipeBook:
    book = RecipeBook(tmp_path)
    book.save(OWL)
    return book


def test_a_recipe_comes_back_as_it_was_kept(book: RecipeBook) -> None:
    assert book.recipe("owl") == OWL
    assert book.recipe("owl").evidence == EVIDENCE
    assert book.names() == ("default", "owl")
    assert [path.name for path in book.folder.iterdir()] == ["owl.json"], "nothing half-written stays"


def test_the_default_needs_no_file(tmp_path: Path) -> None:
    assert RecipeBook(tmp_path / "nowhere").recipe("default") == DEFAULT_RECIPE == Recipe("default", LstmConfig())


def test_an_unknown_name_is_answered_with_those_there_are(book: RecipeBook) -> None:
    with pytest.raises(BadSettings, match=r"no recipe 'eagle'.*RECIPE.*default, owl"):
        book.recipe("eagle")
    with pytest.raises(BadSettings, match="no recipe"):
        book.recipe("../recipes/owl")


@pytest.mark.parametrize("name", ["default", "", "Owl", "a/b", "-x", "x" * 41])
def test_a_name_that_no_recipe_may_have_is_refused(book: RecipeBook, name: str) -> None:
    with pytest.raises(BadSettings, match="cannot be called"):
        book.save(replace(OWL, name=name))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"units": 0}, "config.units"),
        ({"units": "32"}, "config.units"),
        ({"layers": 1.5}, "config.layers"),
        ({"dropout": 1.0}, "config.dropout"),
        ({"colour": "red"}, "config.colour"),
        ({"panel": {**asdict(TINY.panel), "rate": float("nan")}}, "config.panel.rate"),
        ({"own": {**asdict(TINY.own), "shares": []}}, "config.own.shares"),
        ({"own": {"epochs": 1}}, "config.own.least"),
    ],
)
def test_a_file_that_holds_no_recipe_is_refused_by_the_field(
    book: RecipeBook, change: dict[str, Any], named: str
) -> None:
    content = {"name": "owl", "config": {**asdict(TINY), **change}, "evidence": {}}
    (book.folder / "owl.json").write_text(json.dumps(content))
    with pytest.raises(BadSettings, match=rf"recipe owl cannot be used: {named}: .*owl\.json"):
        book.recipe("owl")


@pytest.mark.parametrize(
    ("text", "reason"),
    [("{", "Expecting"), ("[]", "its content"), ('{"name": 1}', "name"), ("[" * 100_000, "maximum recursion")],
)
def test_a_damaged_file_is_refused_in_words(book: RecipeBook, text: str, reason: str) -> None:
    (book.folder / "owl.json").write_text(text)
    with pytest.raises(BadSettings, match=rf"recipe owl cannot be used: {reason}"):
        book.recipe("owl")


def test_a_file_under_another_name_is_refused(book: RecipeBook) -> None:
    (book.folder / "eagle.json").write_bytes((book.folder / "owl.json").read_bytes())
    with pytest.raises(BadSettings, match="it calls itself owl"):
        book.recipe("eagle")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: RecipeBook) -> Path:
    """Prices of one ETF, and settings that point to them and to the book."""
    frame = history("SPY", 1000, 1).frame
    write_folder(tmp_path / "prices", {SPY: frame})
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/x.db", "MODEL_DIR": str(tmp_path), "UNIVERSE": ""}
    for name, value in (settings | {"PRICES": f"csv:{tmp_path}/prices", "WORKERS": "1"}).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
def test_a_retrain_trains_the_recipe_that_the_setting_names(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECIPE", "owl")
    assert cli.main(["retrain", "SPY", "--json"], standalone_mode=False) == 0
    recipe = ModelRegistry(home).champion("csv", SPY).card["recipe"]
    assert recipe["name"] == "owl"
    assert (recipe["lstm"]["units"], recipe["lstm"]["lookback"], recipe["lstm"]["layers"]) == (3, 40, 2)


@pytest.mark.parametrize(
    "command", [["retrain", "SPY"], ["backtest", "SPY", "--folds", "2018-01-02", "--every", "10", "--out", "x.csv"]]
)
def test_a_setting_that_names_no_recipe_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("RECIPE", "eagle")
    with pytest.raises(BadSettings, match="eagle"):
        cli.main(command, standalone_mode=False)
