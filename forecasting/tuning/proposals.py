"""What to try next: Optuna's tree-structured Parzen estimator (Bergstra and others 2011). Optuna is used here alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

from forecasting.tuning.space import Space
from forecasting.tuning.trials import Parameters, Trial

RANDOM_TRIALS: Final = 4
"""Trials, the first included, before proposals follow from what was found."""

optuna.logging.set_verbosity(optuna.logging.WARNING)  # the command tells of each trial itself


def propose(past: Sequence[Trial], space: Space, seed: int) -> Parameters:
    """The parameters of the trial after ``past``.

    They depend on ``past``, ``space`` and ``seed`` alone: the sampler is made anew for each trial, so that a search
    that was stopped goes on as if it had not been.
    """
    own_seed = int(np.random.SeedSequence([seed, len(past)]).generate_state(1)[0])
    sampler = optuna.samplers.TPESampler(
        seed=own_seed, n_startup_trials=RANDOM_TRIALS, multivariate=True, constant_liar=False
    )
    study = optuna.create_study(direction="maximize", sampler=sampler)
    distributions = _distributions(space)
    for trial in past:
        study.add_trial(_told(trial, distributions))
    return Parameters(**study.ask(dict(distributions)).params)


def _distributions(space: Space) -> Mapping[str, BaseDistribution]:
    units, lookback = space.units, space.lookback
    return {
        "units": IntDistribution(units[0], units[1], step=units[2]),
        "layers": IntDistribution(*space.layers),
        "lookback": IntDistribution(lookback[0], lookback[1], step=lookback[2]),
        "batch": CategoricalDistribution(space.batch),
        "epochs": IntDistribution(*space.epochs),
        "rate": FloatDistribution(*space.rate, log=True),
    }


def _told(trial: Trial, distributions: Mapping[str, BaseDistribution]) -> optuna.trial.FrozenTrial:
    state = optuna.trial.TrialState.FAIL if trial.score is None else optuna.trial.TrialState.COMPLETE
    return optuna.create_trial(
        state=state, value=trial.score, params=asdict(trial.parameters), distributions=dict(distributions)
    )
