"""Parameter searches on small panels: what is tried, what is kept, what the search may see, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sqlalchemy import Engine

from forecasting.champion.recipes import RecipeBook
from forecasting.errors import BadSettings, ForecastingError, JobRunning, NotEnoughHistory
from forecasting.evaluation.walk_forward import MIN_HISTORY
from forecasting.prices.history import Panel
from forecasting.storage.database import open_database
from forecasting.tuning.confirmation import compared
from forecasting.tuning.folds import CONFIRMATION, INNER, LONGEST, SHORTEST, tuning_folds
from forecasting.tuning.outcome import Plan, planned, tuned
from forecasting.tuning.proposals import propose
from forecasting.tuning.search import Search, best, run_trials
from forecasting.tuning.space import Space, configured, parameters_of
from forecasting.tuning.trials import FoldScore, Parameters, Trial, TrialStore
from forecasting.universe import Symbol
from tests.support.inline import Broken, Inline
from tests.support.panels import SPY, TINY, TLT, forged_after, history, session

SESSIONS = MIN_HISTORY + 5 * SHORTEST
SPACE = Space(units=(2, 4, 1), lookback=(15, 60, 15), batch=(16, 64), epochs=(1, 2), rate=(1e-3, 1e-2))
START = replace(TINY, panel=replace(TINY.panel, least=1))
"""Keeps a trained network whatever validation says, so that parameters show."""
NOW = datetime(2026, 1, 5, tzinfo=UTC)
SCORES = (0.040, 0.042, None, 0.041, 0.042)


class Silent:
    def fold_done(self) -> None: ...

    def trial_done(self, trial: Trial) -> None: ...


class StopsAfter:
    """An operator's Ctrl-C once a number of trials are kept."""

    def __init__(self, trials: int) -> None:
        self.trials = trials

    def fold_done(self) -> None: ...

    def trial_done(self, trial: Trial) -> None:
        if trial.number + 1 == self.trials:
            raise KeyboardInterrupt


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(f"sqlite:///{tmp_path}/trials.db")
    yield engine
    engine.dispose()


def _panel() -> Panel:
    return Panel([history("SPY", SESSIONS, 1), history("TLT", SESSIONS, 2, 0.006)])


def _search(panel: Panel, seed: int = 1) -> Search:
    """The smallest: one ETF, one inner fold."""
    known = Panel([panel[SPY].until(session(panel, 950))])
    return Search((SPY,), known, (session(panel, 800),), seed, START, SPACE, every=20)


def _trials() -> tuple[Trial, ...]:
    """Made up, as a store would give them back."""
    fold = FoldScore(date(2016, 1, 4), 0.04, 0.039)
    parameters = parameters_of(TINY)
    return tuple(
        Trial(n, replace(parameters, units=2 + n % 3), score, () if score is None else (fold,), 1.5)
        for n, score in enumerate(SCORES)
    )


def test_a_search_that_was_stopped_goes_on_as_if_it_had_not_been(engine: Engine, tmp_path: Path) -> None:
    search, store = _search(_panel()), TrialStore(engine)
    with pytest.raises(KeyboardInterrupt):
        run_trials(search, 3, store, Inline(), lambda: NOW, StopsAfter(2))
    kept = store.of(search.study)
    assert [trial.number for trial in kept] == [0, 1]
    gone_on = run_trials(search, 3, store, Inline(), lambda: NOW, Silent())
    assert gone_on[:2] == kept
    assert store.of(search.study) == gone_on

    elsewhere = TrialStore(open_database(f"sqlite:///{tmp_path}/elsewhere.db"))
    in_one_go = run_trials(search, 3, elsewhere, Inline(), lambda: NOW, Silent())
    assert [replace(trial, seconds=0.0) for trial in gone_on] == [replace(trial, seconds=0.0) for trial in in_one_go]
    assert gone_on[0].parameters == parameters_of(START), "the first trial is the configuration it starts from"
    assert len({trial.parameters for trial in gone_on}) == 3
    assert len({trial.score for trial in gone_on}) > 1, "parameters reach the network"
    assert run_trials(search, 2, store, Inline(), lambda: NOW, StopsAfter(0)) == gone_on, "nothing is made again"


def test_a_search_whose_worker_was_killed_says_so_and_keeps_no_half_trial(engine: Engine) -> None:
    search, store = _search(_panel()), TrialStore(engine)
    with pytest.raises(ForecastingError, match=r"trial-0: a worker process was ended.* start it again"):
        run_trials(search, 1, store, Broken(), lambda: NOW, Silent())
    assert store.of(search.study) == ()


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_trial_is_kept_as_it_was_found_and_only_once(
    request: pytest.FixtureRequest, engine: Engine, database: str
) -> None:
    if database == "postgresql":
        engine = open_database(request.getfixturevalue("postgresql"))
    store, study = TrialStore(engine), _search(_panel()).study
    for trial in _trials():
        store.record(study, trial, NOW)
    assert store.of(study) == _trials()
    with pytest.raises(JobRunning, match="trial 0"):
        store.record(study, _trials()[0], NOW)
    assert store.of(replace(study, key="another")) == ()
    engine.dispose()


def test_what_is_proposed_follows_from_seed_and_past_trials_alone() -> None:
    past = _trials()
    assert propose(past, SPACE, 1) == propose(past, SPACE, 1)
    assert propose(past[:1], SPACE, 1) != propose(past[:1], SPACE, 2)
    assert propose(past[:1], SPACE, 1) != propose(past[:2], SPACE, 1), "each trial draws anew"


def test_what_is_proposed_lies_in_the_space_and_leaves_everything_else() -> None:
    space = replace(SPACE, units=(2, 40, 1))
    past = list(_trials()[:1])
    while len(past) < 30:
        found = propose(past, space, 3)
        past.append(Trial(len(past), found, 0.001 * found.units, past[0].folds, 1.0))
    tried = [trial.parameters for trial in past[1:]]
    assert all(1e-3 <= p.rate <= 1e-2 and p.lookback in (15, 30, 45, 60) and p.batch in (16, 64) for p in tried)
    assert {p.layers for p in tried} == {1, 2}
    assert np.mean([p.units for p in tried[15:]]) > 23, "where more units score higher, more than half are tried"
    config = configured(START, tried[0])
    assert parameters_of(config) == tried[0]
    assert configured(config, parameters_of(START)) == START


def test_the_best_trial_is_the_first_of_the_highest_score() -> None:
    assert best(_trials()).number == 1


def test_a_study_is_another_where_anything_that_decides_is_another() -> None:
    search = _search(_panel())
    assert search.study == _search(_panel()).study
    others = (
        replace(search, seed=2),
        replace(search, every=10),
        replace(search, start=replace(TINY, dropout=0.5)),
        replace(search, space=Space()),
        replace(search, panel=search.panel.until(session(_panel(), 940))),
    )
    assert len({search.study.key, *(other.study.key for other in others)}) == 6


def test_the_search_knows_nothing_of_the_years_that_confirm_it(engine: Engine, tmp_path: Path) -> None:
    panel, book = _panel(), RecipeBook(tmp_path)
    plan = planned(panel, (SPY, TLT), 1, None, book, START, SPACE)
    first_unseen = plan.folds.confirmation[0]
    last_seen = max(plan.search.panel[SPY].sessions).date()
    assert last_seen < first_unseen
    forged = planned(forged_after(panel, last_seen), (SPY, TLT), 1, None, book, START, SPACE)
    assert forged.search.study == plan.search.study, "the same prices, to the last bit"
    one_fold = [replace(p.search, folds=p.search.folds[-1:]) for p in (plan, forged)]
    stores = [TrialStore(engine), TrialStore(open_database(f"sqlite:///{tmp_path}/forged.db"))]
    found = [run_trials(s, 1, t, Inline(), lambda: NOW, Silent()) for s, t in zip(one_fold, stores, strict=True)]
    assert found[0][0].folds == found[1][0].folds


def test_folds_lie_in_order_and_leave_three_years_before_them() -> None:
    long = history("SPY", MIN_HISTORY + 5 * LONGEST + 300, 1)
    folds = tuning_folds([long, history("TLT", 100, 2)])
    dates = (*folds.inner, *folds.confirmation)
    at = [int(long.sessions.searchsorted(pd.Timestamp(day))) for day in dates]
    assert (len(folds.inner), len(folds.confirmation)) == (INNER, CONFIRMATION)
    assert at == [MIN_HISTORY + 300 + LONGEST * k for k in range(5)]


def test_a_history_too_short_for_the_folds_is_named() -> None:
    tuning_folds([history("SPY", SESSIONS, 1)])
    with pytest.raises(NotEnoughHistory, match=r"SPY has only 1349 sessions.* a parameter search needs at least 1350"):
        tuning_folds([history("SPY", SESSIONS - 1, 1)])


def test_an_etf_too_young_for_the_search_waits_for_the_confirmation(tmp_path: Path) -> None:
    young = history("NEW", SESSIONS, 3)
    panel = Panel([*_panel().values(), replace(young, frame=young.frame.iloc[400:])])
    plan = planned(panel, (SPY, Symbol("NEW")), 1, None, RecipeBook(tmp_path), START, SPACE)
    assert plan.search.symbols == (SPY,)
    assert plan.too_young == ("NEW",)


def test_the_winner_becomes_a_recipe_with_its_numbers(engine: Engine, tmp_path: Path) -> None:
    """Of two trials, the second kept with a score that no first one can reach, the second wins."""
    plan, book, store = _small_plan(tmp_path), RecipeBook(tmp_path), TrialStore(engine)
    start = Trial(0, parameters_of(TINY), 0.01, (FoldScore(plan.folds.inner[0], 0.01, 0.01),), 1.0)
    high = Trial(1, Parameters(4, 2, 20, 16, 2, 0.01), 0.9, (FoldScore(plan.folds.inner[0], 0.9, 0.01),), 1.0)
    for trial in (start, high):
        store.record(plan.search.study, trial, NOW)
    outcome = tuned(plan, 2, store, book, Inline(), lambda: NOW, Silent())
    kept = book.recipe("owl")
    assert kept.config == configured(START, high.parameters)
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
    return replace(plan, folds=replace(plan.folds, confirmation=plan.folds.confirmation[-1:]))


def test_a_gain_counts_only_where_luck_alone_hardly_gives_it() -> None:
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
