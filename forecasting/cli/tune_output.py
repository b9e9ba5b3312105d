"""What ``etf-forecast tune`` prints: progress, tables and verdict, or JSON."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from rich.progress import BarColumn, Progress, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from forecasting.cli.printed_tables import counted, table
from forecasting.cli.progress import bars
from forecasting.prices.sources.registry import source_named

if TYPE_CHECKING:
    from forecasting.tuning.outcome import Outcome, Plan
    from forecasting.tuning.search import Trial, Watcher

log = logging.getLogger(__name__)


@contextmanager
def watching(plan: Plan, trials: int, kept: int) -> Iterator[Watcher]:
    """Reports the progress of a search while the block runs: a bar on a terminal, log lines elsewhere.

    Args:
        trials: their total number.
        kept: how many of them are finished already.
    """
    for symbol in plan.too_young:
        log.info("%s is too young for the search; only the confirmation scores it.", symbol)
    if kept:
        log.info("Trials of this search that are stored from before and count: %d.", min(kept, trials))
    new, inner, unseen = max(trials - kept, 0), len(plan.search.folds), len(plan.unseen.folds)
    log.info(
        "%s to run, each with %s on the panel of %s; then %s for the confirmation. If you stop the search, the same "
        "command continues it.",
        counted(new, "trial"),
        counted(inner, "fit"),
        counted(len(plan.unseen.panel), "ETF"),
        counted(2 * unseen, "fit"),
    )
    with bars("{task.description}", BarColumn(), TimeElapsedColumn(), "left", TimeRemainingColumn()) as bar:
        bar.add_task(f"{kept} of {trials} trials", total=new * inner + 2 * unseen)
        yield _Watcher(trials, inner, unseen, bar)


@dataclass
class _Watcher:
    """Moves a bar and logs a line per trial; people see one of the two."""

    trials: int
    inner: int
    unseen: int
    bar: Progress
    best: float | None = None

    def fold_done(self) -> None:
        self.bar.advance(self.bar.task_ids[0])

    def trial_done(self, trial: Trial) -> None:
        self.best = max((score for score in (self.best, trial.score) if score is not None), default=None)
        done, best = trial.number + 1, _skill(self.best)
        self.bar.update(self.bar.task_ids[0], description=f"{done} of {self.trials} trials, best {best}")
        # A lower bound: the folds of the confirmation are later, so they have more to train on. Winner and default are
        # both walked over them.
        to_come = (self.trials - done) * self.inner + 2 * self.unseen
        log.info(
            "Trial %d of %d: score %s, best so far %s; %.0f s, about %s to go.",
            done,
            self.trials,
            _skill(trial.score),
            best,
            trial.seconds,
            counted(round(to_come * trial.seconds / self.inner / 60), "minute"),
        )


def trials_table(outcome: Outcome) -> Table:
    """Every trial with its parameters and its skill in each inner fold."""
    plan, folds = outcome.plan, outcome.plan.search.folds
    headings = ("trial", "units", "layers", "look\nback", "batch", "epochs", "rate", "score")
    made = table(
        f"Trials · {', '.join(plan.search.symbols)} · {source_named(plan.source).label}",
        (),
        (*headings, *(f"{fold:%Y-%m}" for fold in folds)),
        "score: mean pinball skill against no change over the folds that begin in these months. Trial 0 "
        f"is the default, * marks the best. Total time: "
        f"{counted(round(sum(trial.seconds for trial in outcome.trials) / 60), 'minute')}.",
    )
    for trial in outcome.trials:
        mark = "*" if trial == outcome.winner else ""
        by_start = {fold.start: fold.skill for fold in trial.folds}
        found = [_skill(by_start.get(fold)) for fold in folds]
        p = trial.parameters
        cells = [str(p[name]) for name in ("units", "layers", "lookback", "batch", "epochs")]
        made.add_row(f"{mark}{trial.number}", *cells, f"{p['rate']:.5f}", _skill(trial.score), *found)
    made.add_section()
    har = {fold.start: fold.har for fold in outcome.winner.folds}
    made.add_row("HAR", *[""] * 6, _skill(fmean(har.values())), *(_skill(har.get(fold)) for fold in folds))
    return made


def confirmation_table(outcome: Outcome) -> Table:
    """Default and winner on the folds that the search never saw."""
    found = outcome.confirmation
    days = " and ".join(fold.isoformat() for fold in found.folds)
    made = table(
        "Confirmation · folds that the search never saw",
        ("ETF",),
        ("HAR", "default", outcome.recipe.name, "gain"),
        f"Pinball skill against no change, each refitted before {days}; until {outcome.plan.as_of}.",
    )
    made.min_width = 60
    for symbol in found.start:
        row = (found.har[symbol], found.start[symbol], found.winner[symbol])
        made.add_row(symbol, *map(_skill, row), _signed(row[2] - row[1]))
    made.add_section()
    means = tuple(fmean(by_etf.values()) for by_etf in (found.har, found.start, found.winner))
    made.add_row("mean", *map(_skill, means), _signed(found.gain))
    return made


def verdict(outcome: Outcome) -> str:
    """Whether the gain is confirmed, and how to use the recipe."""
    found, name = outcome.confirmation, outcome.recipe.name
    if outcome.recipe.config == outcome.plan.search.start:
        return f"No trial beat the default on the inner folds. {name} is the default under another name."
    word = "yes" if found.confirmed else "no"
    numbers = (
        f"gain {_signed(found.gain)}, standard error {found.standard_error:.4f} over {found.cutoffs} dates "
        f"(Diebold-Mariano, p {found.p:.2f})"
    )
    return (
        f"Confirmed: {word}. On years that the search never saw: {numbers}. {name} is stored; to use it, set "
        f"RECIPE={name}."
    )


def published(outcome: Outcome) -> dict[str, Any]:
    """Fit for JSON."""
    plan = outcome.plan
    return {
        "name": outcome.recipe.name,
        "study": plan.search.key,
        "source": plan.source,
        "symbols": list(plan.symbols),
        "as_of": plan.as_of.isoformat(),
        "trials": [
            {
                "number": trial.number,
                **trial.parameters,
                "score": trial.score,
                "folds": [fold.as_json() for fold in trial.folds],
                "seconds": round(trial.seconds, 1),
            }
            for trial in outcome.trials
        ],
        "winner": outcome.winner.number,
        **outcome.recipe.evidence,
    }


def _skill(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"


def _signed(value: float) -> str:
    return f"{value:+.4f}"
