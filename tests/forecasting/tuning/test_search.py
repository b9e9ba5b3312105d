"""Parameter searches on small panels: what is tried, what is kept, what the search may see, and what comes of it."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

import numpy as np
import optuna
import pandas as pd
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState

from forecasting.champion.recipes import RecipeBook
from forecasting.errors import BadSettings, ForecastingError, JobRunning, NotEnoughHistory
from forecasting.evaluation.walk_forward import MIN_HISTORY
from forecasting.prices.history import Panel
from forecasting.tuning.confirmation import compared
from forecasting.tuning.judging import FoldScore
from forecasting.tuning.outcome import CONFIRMATION, INNER, LONGEST, SHORTEST, Plan, planned, tuned, tuning_folds
from forecasting.tuning.search import (
    DATABASE,
    Search,
    Trial,
    best,
    finished_trials,
    open_study,
    run_trials,
    sampler_of,
)
from forecasting.tuning.space import SPACE as DEFAULT_SPACE
from forecasting.tuning.space import Parameters, configured, parameters_of
from forecasting.universe import Symbol
from tests.support.inline import Broken, Inline
from tests.support.panels import SPY, TINY, TLT, forged_after, history, session

SESSIONS = MIN_HISTORY + 5 * SHORTEST
SPACE = {
    "units": IntDistribution(2, 4),
    "layers": IntDistribution(1, 2),
    "lookback": IntDistribution(15, 60, step=15),
    "batch": CategoricalDistribution((16, 64)),
    "epochs": IntDistribution(1, 2),
    "rate": FloatDistribution(1e-3, 1e-2, log=True),
}
START = replace(TINY, panel=replace(TINY.panel, least=1))
"""Keeps a trained network whatever validation says, so parameters have an effect."""
SCORES = (0.040, 0.042, None, 0.041, 0.042)


class Silent:
    def fold_done(self) -> None: ...

    def trial_done(self, trial: Trial) -> None: ...


class StopsAfter:
    """An operator's Ctrl-C once a number of trials are stored."""

    def __init__(self, trials: int) -> None:
        self.trials = trials

    def fold_done(self) -> None: ...

    def trial_done(self, trial: Trial) -> None:
        if trial.number + 1 == self.trials:
            raise KeyboardInterrupt


class KilledInTrial:
    """A process that is killed in the middle of its first trial."""

    def fold_done(self) -> None:
        raise KeyboardInterrupt

    def trial_done(self, trial: Trial) -> None: ...


def _panel() -> Panel:
    return Panel([history("SPY", SESSIONS, 1), history("TLT", SESSIONS, 2, 0.006)])


def _search(panel: Panel, seed: int = 1) -> Search:
    """The smallest: one ETF, one inner fold."""
    known = Panel([panel[SPY].until(session(panel, 950))])
    return Search((SPY,), known, (session(panel, 800),), seed, START, SPACE, every=20)


def _trials() -> tuple[Trial, ...]:
    """Made up, the third without a score."""
    fold = FoldScore(date(2016, 1, 4), 0.04, 0.039)
    parameters = parameters_of(TINY)
    return tuple(
        Trial(n, parameters | {"units": 2 + n % 3}, score, () if score is None else (fold,), 1.5)
        for n, score in enumerate(SCORES)
    )


def _add(study: optuna.Study, parameters: Parameters, score: float) -> None:
    """Store a finished trial without any training."""
    folds = [FoldScore(date(2016, 1, 4), score, 0.01).as_json()]
    study.add_trial(
        optuna.create_trial(
            value=score, params=dict(parameters), distributions=dict(SPACE), user_attrs={"folds": folds}
        )
    )


@pytest.mark.slow
def test_a_search_that_was_stopped_continues_with_the_same_trials(tmp_path: Path) -> None:
    search = _search(_panel())
    with pytest.raises(KeyboardInterrupt):
        run_trials(search, 3, open_study(search, tmp_path), Inline(), StopsAfter(2))
    stored = finished_trials(open_study(search, tmp_path))
    assert [trial.number for trial in stored] == [0, 1]
    with pytest.raises(KeyboardInterrupt):
        run_trials(search, 3, open_study(search, tmp_path), Inline(), KilledInTrial())
    study = open_study(search, tmp_path)
    continued = run_trials(search, 3, study, Inline(), Silent())
    assert continued[:2] == stored
    assert [trial.state for trial in study.trials].count(TrialState.FAIL) == 1, "the killed one"

    in_one_go = run_trials(search, 3, open_study(search, tmp_path / "elsewhere"), Inline(), Silent())
    assert [replace(trial, seconds=0.0) for trial in continued] == [replace(trial, seconds=0.0) for trial in in_one_go]
    assert continued[0].parameters == parameters_of(START), "the first trial is the configuration it starts from"
    assert len({json.dumps(trial.parameters) for trial in continued}) == 3
    assert len({trial.score for trial in continued}) > 1, "parameters reach the network"
    assert run_trials(search, 2, study, Inline(), StopsAfter(0)) == continued, "no trial is run again"


def test_a_search_that_was_killed_in_its_first_trial_starts_with_the_default_again(tmp_path: Path) -> None:
    search = _search(_panel())
    with pytest.raises(KeyboardInterrupt):
        run_trials(search, 1, open_study(search, tmp_path), Inline(), KilledInTrial())
    (trial,) = run_trials(search, 1, open_study(search, tmp_path), Inline(), Silent())
    assert (trial.number, trial.parameters) == (0, parameters_of(START))


def test_a_search_whose_worker_was_killed_says_so_and_stores_no_half_trial(tmp_path: Path) -> None:
    search = _search(_panel())
    study = open_study(search, tmp_path)
    with pytest.raises(ForecastingError, match=r"trial-0: a worker process was killed.* start it again"):
        run_trials(search, 1, study, Broken(), Silent())
    assert finished_trials(study) == ()


def test_a_search_that_another_process_takes_over_stops(tmp_path: Path) -> None:
    search = _search(_panel())

    class TakesOver(Silent):
        def fold_done(self) -> None:
            open_study(search, tmp_path)

    with pytest.raises(JobRunning, match="Another process has started the same search"):
        run_trials(search, 1, open_study(search, tmp_path), Inline(), TakesOver())


def test_a_training_that_diverged_counts_as_a_trial_without_score(tmp_path: Path) -> None:
    start = replace(START, panel=replace(START.panel, rate=1e30))
    search = replace(_search(_panel()), start=start, space=SPACE | {"rate": FloatDistribution(1e-3, 1e30, log=True)})
    (trial,) = run_trials(search, 1, open_study(search, tmp_path), Inline(), Silent())
    assert (trial.score, trial.folds) == (None, ())


def test_trials_that_cannot_be_stored_are_a_matter_of_settings(tmp_path: Path) -> None:
    (tmp_path / DATABASE).mkdir()
    with pytest.raises(BadSettings, match="MODEL_DIR"):
        open_study(_search(_panel()), tmp_path)


@pytest.mark.slow
def test_what_is_proposed_follows_from_seed_and_past_trials_and_learns_from_them(tmp_path: Path) -> None:
    space = SPACE | {"units": IntDistribution(2, 40)}
    studies = [open_study(_search(_panel(), seed), tmp_path) for seed in (1, 2)]
    studies.append(open_study(_search(_panel(), 1), tmp_path / "again"))
    tried: list[list[Parameters]] = [[], [], []]
    for study, seed, past in zip(studies, (1, 2, 1), tried, strict=True):
        for number in range(30):
            study.sampler = sampler_of(seed, number)
            trial = study.ask(dict(space))
            study.tell(trial, 0.001 * trial.params["units"])
            past.append(trial.params)
    first, other_seed, again = tried
    assert first == again
    assert first[0] != other_seed[0]
    assert len({json.dumps(parameters) for parameters in first[:4]}) == 4
    assert np.mean([p["units"] for p in first[15:]]) > 23, "more than half, because more units score higher"


def test_parameters_change_nothing_else_in_a_configuration() -> None:
    tried = {"units": 4, "layers": 2, "lookback": 30, "batch": 64, "epochs": 2, "rate": 2e-3}
    config = configured(START, tried)
    assert parameters_of(config) == tried
    assert configured(config, parameters_of(START)) == START


def test_the_best_trial_is_the_first_of_the_highest_score() -> None:
    assert best(_trials()).number == 1


def test_searches_share_trials_only_if_everything_that_decides_is_equal() -> None:
    search = _search(_panel())
    assert search.key == _search(_panel()).key
    others = (
        replace(search, seed=2),
        replace(search, every=10),
        replace(search, start=replace(TINY, dropout=0.5)),
        replace(search, space=DEFAULT_SPACE),
        replace(search, panel=search.panel.until(session(_panel(), 940))),
    )
    assert len({search.key, *(other.key for other in others)}) == 6


@pytest.mark.slow
def test_the_search_knows_nothing_of_the_years_that_confirm_it(tmp_path: Path) -> None:
    panel, book = _panel(), RecipeBook(tmp_path)
    plan = planned(panel, (SPY, TLT), 1, None, book, START, SPACE)
    first_unseen = plan.unseen.folds[0]
    last_seen = max(plan.search.panel[SPY].sessions).date()
    assert last_seen < first_unseen
    forged = planned(forged_after(panel, last_seen), (SPY, TLT), 1, None, book, START, SPACE)
    assert forged.search.key == plan.search.key, "the same prices, to the last bit"
    one_fold = [replace(p.search, folds=p.search.folds[-1:]) for p in (plan, forged)]
    found = [
        run_trials(search, 1, open_study(search, tmp_path / name), Inline(), Silent())
        for search, name in zip(one_fold, ("real", "forged"), strict=True)
    ]
    assert found[0][0].folds == found[1][0].folds


def test_folds_lie_in_order_and_leave_three_years_before_them() -> None:
    long = history("SPY", MIN_HISTORY + 5 * LONGEST + 300, 1)
    inner, unseen = tuning_folds([long, history("TLT", 100, 2)])
    dates = (*inner, *unseen)
    at = [int(long.sessions.searchsorted(pd.Timestamp(day))) for day in dates]
    assert (len(inner), len(unseen)) == (INNER, CONFIRMATION)
    assert at == [MIN_HISTORY + 300 + LONGEST * k for k in range(5)]


def test_a_history_too_short_for_the_folds_is_named() -> None:
    tuning_folds([history("SPY", SESSIONS, 1)])
    with pytest.raises(
        NotEnoughHistory, match=r"SPY has prices for only 1349 trading days, and a parameter search needs at least 1350"
    ):
        tuning_folds([history("SPY", SESSIONS - 1, 1)])


def test_an_etf_too_young_for_the_search_waits_for_the_confirmation(tmp_path: Path) -> None:
    young = history("NEW", SESSIONS, 3)
    panel = Panel([*_panel().values(), replace(young, frame=young.frame.iloc[400:])])
    plan = planned(panel, (SPY, Symbol("NEW")), 1, None, RecipeBook(tmp_path), START, SPACE)
    assert plan.search.symbols == (SPY,)
    assert plan.too_young == ("NEW",)


@pytest.mark.slow
def test_the_winner_becomes_a_recipe_with_its_numbers(tmp_path: Path) -> None:
    """Of two stored trials, the second has a score that the first cannot reach, so it wins."""
    plan, book = _small_plan(tmp_path), RecipeBook(tmp_path)
    study = open_study(plan.search, book.folder)
    high = {"units": 4, "layers": 2, "lookback": 30, "batch": 16, "epochs": 2, "rate": 0.01}
    for parameters, score in ((parameters_of(START), 0.01), (high, 0.9)):
        _add(study, parameters, score)
    outcome = tuned(plan, 2, study, book, Inline(), Silent())
    kept = book.recipe("owl")
    assert kept.config == configured(START, high)
    assert kept.evidence["search"]["score_of_start"] == 0.01
    found = outcome.confirmation
    assert set(found.start) == set(found.winner) == {SPY}
    assert found.gain == pytest.approx(found.winner[SPY] - found.start[SPY])
    assert found.gain != 0.0, "winner and start forecast differently"
    assert kept.evidence["confirmation"] == json.loads(json.dumps(kept.evidence["confirmation"]))
    assert kept.evidence["confirmation"]["confirmed"] is found.confirmed
    with pytest.raises(BadSettings, match="another search"):
        planned(_panel(), (TLT,), 1, "owl", book, START, SPACE)


def _small_plan(tmp_path: Path) -> Plan:
    plan = planned(_panel(), (SPY,), 1, "owl", RecipeBook(tmp_path), START, SPACE)
    return replace(plan, unseen=replace(plan.unseen, folds=plan.unseen.folds[-1:]))


def test_a_gain_is_confirmed_only_if_it_is_hardly_luck() -> None:
    rng = np.random.default_rng(5)
    days = pd.bdate_range("2019-01-01", periods=60, freq="10B")
    index = pd.MultiIndex.from_product([["SPY", "TLT"], days], names=["symbol", "cutoff"]).append(
        pd.MultiIndex.from_product([["NEW"], days[40:]], names=["symbol", "cutoff"])
    )
    walk = rng.uniform(0.8, 1.2, len(index))
    before = pd.DataFrame({"lstm": 0.96 * walk, "har": walk, "random_walk": walk}, index=index)
    noise = 0.02 * rng.standard_normal(len(index))
    better = before.assign(lstm=before["lstm"] * (0.95 + noise))
    lucky = before.assign(lstm=before["lstm"] * (0.9995 + 5 * noise))
    real, luck, worse = (compared(before, after, (), 10) for after in (better, lucky, before * [1.1, 1.0, 1.0]))
    assert real.gain == pytest.approx(np.mean([real.winner[s] - real.start[s] for s in real.start]))
    assert real.confirmed
    assert real.gain > 3 * real.standard_error
    assert not luck.confirmed
    assert not worse.confirmed
    assert compared(before, before, (), 10).gain == 0.0
    assert asdict(real)["cutoffs"] == 60
