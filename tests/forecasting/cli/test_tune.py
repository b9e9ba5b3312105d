"""``etf-forecast tune`` as people meet it: on the command line, in its tables, and in its picture."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image
from rich.console import Console

from forecasting.champion.recipes import DEFAULT_RECIPE, Recipe, RecipeBook
from forecasting.cli import cli
from forecasting.cli.tune_output import confirmation_table, published, trials_table, verdict, watching
from forecasting.errors import BadSettings
from forecasting.prices.files.folder import write_folder
from forecasting.prices.history import Panel
from forecasting.tuning.chart import draw_trials
from forecasting.tuning.confirmation import Confirmation
from forecasting.tuning.judging import FoldScore
from forecasting.tuning.outcome import Outcome, planned
from forecasting.tuning.search import Trial
from forecasting.tuning.space import configured, parameters_of
from tests.forecasting.tuning.test_search import SESSIONS
from tests.support.panels import SPY, TLT, history

pytestmark = pytest.mark.slow


def _fold(number: int, skill: float) -> FoldScore:
    return FoldScore(date(2013 + 2 * number, 12, 31), skill, -0.0391)


@pytest.fixture
def outcome(tmp_path: Path) -> Outcome:
    """Twelve trials, one of them without a score, all numbers as wide as they come."""
    panel = Panel([history("SPY", SESSIONS, 1), history("TLT", SESSIONS, 2)])
    plan = planned(panel, (SPY, TLT), 1, "calm-owl", RecipeBook(tmp_path))
    plan = replace(plan, search=replace(plan.search, folds=tuple(_fold(n, 0.0).start for n in range(3))))
    wide = {"units": 64, "layers": 2, "lookback": 120, "batch": 512, "epochs": 6}
    tried = [parameters_of(DEFAULT_RECIPE.config), *(wide | {"rate": 3e-4 + n / 1e4} for n in range(11))]
    trials = tuple(
        Trial(n, parameters, -0.0401 + n / 1e4, tuple(_fold(k, -0.0401) for k in range(3)), 75.0)
        for n, parameters in enumerate(tried)
    )
    trials = (*trials[:5], replace(trials[5], score=None, folds=()), *trials[6:])
    found = Confirmation(
        plan.unseen.folds,
        {SPY: -0.0512, TLT: 0.0411},
        {SPY: -0.0502, TLT: 0.0414},
        {SPY: -0.0522, TLT: 0.0410},
        0.00065,
        0.0009,
        0.47,
        98,
    )
    recipe = Recipe("calm-owl", configured(DEFAULT_RECIPE.config, trials[-1].parameters), {"search": {"trials": 12}})
    return Outcome(plan, trials, trials[-1], recipe, found)


def test_the_tables_lose_nothing_on_80_columns(outcome: Outcome) -> None:
    console = Console(file=StringIO(), width=80, color_system=None)
    console.print(trials_table(outcome))
    console.print(confirmation_table(outcome))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "…" not in text
    assert "*11" in text
    assert text.count("-0.0401") == 3 * 11 + 1
    assert "none" in text, "the trial without a score is there too"
    assert "+0.0006" in text or "+0.0007" in text


def test_the_verdict_says_whether_the_gain_holds_and_that_nothing_changes_by_itself(outcome: Outcome) -> None:
    words = verdict(outcome)
    assert words.startswith("Confirmed: no.")
    assert "standard error 0.0009 over 98 dates" in words
    assert "RECIPE=calm-owl" in words
    sure = replace(outcome, confirmation=replace(outcome.confirmation, p=0.01))
    assert verdict(sure).startswith("Confirmed: yes.")
    none = replace(outcome, recipe=replace(outcome.recipe, config=DEFAULT_RECIPE.config))
    assert "No trial beat the default" in verdict(none)


def test_the_json_has_every_trial_with_all_that_was_recorded(outcome: Outcome) -> None:
    shown = json.loads(json.dumps(published(outcome)))
    assert [trial["number"] for trial in shown["trials"]] == list(range(12))
    assert {"units", "layers", "lookback", "batch", "epochs", "rate", "score", "folds"} < set(shown["trials"][3])
    assert shown["trials"][5]["score"] is None
    assert (shown["name"], shown["winner"], shown["symbols"]) == ("calm-owl", 11, ["SPY", "TLT"])


def test_progress_outside_a_terminal_is_a_line_per_trial(outcome: Outcome, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    with watching(outcome.plan, 12, kept=10) as watcher:
        watcher.trial_done(outcome.trials[10])
        watcher.trial_done(outcome.trials[5])
    kept, ahead, eleventh, failed = (record.getMessage() for record in caplog.records)
    assert kept.endswith("stored from before and count: 10.")
    assert ahead.startswith("2 trials to run, each with 3 fits on the panel of 2 ETFs; then 4 fits")
    # One more trial of three folds and the confirmation's four, at 25 seconds a fold.
    assert eleventh == "Trial 11 of 12: score -0.0391, best so far -0.0391; 75 s, about 3 minutes to go."
    assert "score none, best so far -0.0391" in failed


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_picture_is_a_phones_width_and_the_same_every_time(outcome: Outcome, theme: str) -> None:
    first, again = (draw_trials(outcome.trials, (SPY, TLT), "simulated", theme) for _ in range(2))  # type: ignore[arg-type]
    assert first == again
    assert Image.open(BytesIO(first)).width == 1080


def test_one_trial_is_enough_for_a_picture(outcome: Outcome) -> None:
    assert draw_trials(outcome.trials[:1], (SPY,), "csv", "dark")


def test_without_optuna_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(BadSettings, match=r"-m pip install optuna"):
        cli.main(["tune", "SPY"], standalone_mode=False)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--prices", "nosuch"], "is not a price source"),
        (["--chart", "no/such/folder/x.png"], "does not exist"),
        (["--name", "default"], "cannot be called"),
    ],
)
def test_what_cannot_be_done_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadSettings, match=words):
        cli.main(["tune", "SPY", *arguments], standalone_mode=False)
    assert not list(tmp_path.iterdir())


def test_a_search_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One trial, so the default wins; a symbol without prices is named and does not stop the other."""
    write_folder(tmp_path / "prices", {SPY: history("SPY", SESSIONS + 60, 1).frame})
    settings = {"DATABASE_URL": f"sqlite:///{tmp_path}/x.db", "MODEL_DIR": str(tmp_path / "models"), "UNIVERSE": ""}
    command = ["tune", "SPY", "ABSENT", "--prices", f"csv:{tmp_path}/prices", "--trials", "1", "--workers", "1"]
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, [*command, "--chart", "trials.png", "--json"], env=settings, standalone_mode=False)
    assert done.return_value == 1, done.output
    assert "ABSENT failed." in done.stderr
    shown = json.loads(done.stdout)
    assert (tmp_path / "trials.png").read_bytes().startswith(b"\x89PNG")
    assert (shown["winner"], len(shown["trials"])) == (0, 1)
    assert shown["confirmation"]["gain"] == 0.0
    assert not shown["confirmation"]["confirmed"]
    kept = RecipeBook(tmp_path / "models").recipe(shown["name"])
    assert kept.config == DEFAULT_RECIPE.config
    assert kept.evidence["search"] == shown["search"]
