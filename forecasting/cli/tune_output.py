"""How ``etf-forecast tune`` shows a search: progress, tables, a verdict, and the same as JSON."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.logging import RichHandler
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from forecasting.cli.printed_tables import FOR_80_COLUMNS, source_words
from forecasting.tuning.trials import Trial

if TYPE_CHECKING:
    from forecasting.tuning.outcome import Outcome, Plan
    from forecasting.tuning.search import Watcher

log = logging.getLogger(__name__)


@contextmanager
def watching(plan: Plan, trials: int, kept: int) -> Iterator[Watcher]:
    """Shows how a search gets on, for as long as the block lasts: a bar on a terminal, log lines elsewhere.

    Args:
        trials: all that there are to be.
        kept: those of them that were made before.
    """
    for symbol in plan.too_young:
        log.info("%s is too young for the search; the confirmation scores it where it can.", symbol)
    if kept:
        log.info("%d trials of this search are kept from before and count.", min(kept, trials))
    new, inner, unseen = max(trials - kept, 0), len(plan.search.folds), len(plan.folds.confirmation)
    log.info(
        "%d trials to make, %d fits on the panel of %d ETFs each; then %d fits for the confirmation. Stopped, the "
        "same command goes on from the trials that are kept.",
        new,
        inner,
        len(plan.panel),
        2 * unseen,
    )
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(trials, inner, unseen)
        return
    logging.getLogger().handlers = [RichHandler(logging.WARNING, console, show_path=False, show_time=False)]
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console) as bar:
        # Winner and start are both walked over the unseen folds.
        yield _Bar(bar, bar.add_task(f"{kept} of {trials} trials", total=new * inner + 2 * unseen), trials)


@dataclass
class _Bar:
    bar: Progress
    task: TaskID
    trials: int
    best: float | None = None

    def fold_done(self) -> None:
        self.bar.advance(self.task)

    def trial_done(self, trial: Trial) -> None:
        self.best = _better(self.best, trial)
        words = f"{trial.number + 1} of {self.trials} trials, best {_skill(self.best)}"
        self.bar.update(self.task, description=words)


@dataclass
class _Lines:
    trials: int
    inner: int
    unseen: int
    best: float | None = None

    def fold_done(self) -> None:
        """A line per trial is enough."""

    def trial_done(self, trial: Trial) -> None:
        self.best = _better(self.best, trial)
        # The confirmation's folds are later, so longer to train on: this is the least that it takes.
        to_come = (self.trials - trial.number - 1) * self.inner + 2 * self.unseen
        minutes = to_come * trial.seconds / self.inner / 60
        log.info(
            "Trial %d of %d: score %s, best so far %s; %.0f s, about %.0f minutes to come.",
            trial.number + 1,
            self.trials,
            _skill(trial.score),
            _skill(self.best),
            trial.seconds,
            minutes,
        )


def _better(best: float | None, trial: Trial) -> float | None:
    scores = [score for score in (best, trial.score) if score is not None]
    return max(scores, default=None)


def trials_table(outcome: Outcome) -> Table:
    """Every trial with its parameters and its skill in each inner fold."""
    plan, folds = outcome.plan, outcome.plan.search.folds
    table = Table(
        title=f"Trials · {', '.join(plan.search.symbols)} · {source_words(plan.source)}",
        caption="score: mean pinball skill against the random walk over the folds that begin in these months. Trial 0 "
        f"is the default, * marks the best. {_minutes(outcome.trials)} in all.",
        **FOR_80_COLUMNS,
    )
    headings = ("trial", "units", "layers", "look\nback", "batch", "epochs", "rate", "score")
    for heading in (*headings, *(f"{fold:%Y-%m}" for fold in folds)):
        table.add_column(heading, justify="right")
    for trial in outcome.trials:
        mark = "*" if trial == outcome.winner else ""
        by_start = {fold.start: fold.skill for fold in trial.folds}
        found = [_skill(by_start.get(fold)) for fold in folds]
        table.add_row(f"{mark}{trial.number}", *_cells(trial), _skill(trial.score), *found)
    table.add_section()
    har = {fold.start: fold.har for fold in outcome.winner.folds}
    table.add_row("HAR", *[""] * 6, _skill(fmean(har.values())), *(_skill(har.get(fold)) for fold in folds))
    return table


def confirmation_table(outcome: Outcome) -> Table:
    """Default and winner on the folds that the search never saw."""
    found = outcome.confirmation
    days = " and ".join(fold.isoformat() for fold in found.folds)
    table = Table(
        title="Confirmation · folds that the search never saw",
        caption=f"Pinball skill against the random walk, each refitted before {days}; to {outcome.plan.as_of}.",
        min_width=60,
        **FOR_80_COLUMNS,
    )
    table.add_column("ETF")
    for heading in ("HAR", "default", outcome.recipe.name, "gain"):
        table.add_column(heading, justify="right")
    for symbol in found.start:
        row = (found.har[symbol], found.start[symbol], found.winner[symbol])
        table.add_row(symbol, *map(_skill, row), _signed(row[2] - row[1]))
    table.add_section()
    means = tuple(fmean(by_etf.values()) for by_etf in (found.har, found.start, found.winner))
    table.add_row("mean", *map(_skill, means), _signed(found.gain))
    return table


def verdict(outcome: Outcome) -> str:
    """What the confirmation says, and what to do with the recipe."""
    found, name = outcome.confirmation, outcome.recipe.name
    if outcome.recipe.config == outcome.plan.search.start:
        return f"Nothing that was tried beat the default on the inner folds. {name} is the default under another name."
    word = "yes" if found.confirmed else "no"
    numbers = (
        f"gain {_signed(found.gain)}, standard error {found.standard_error:.4f} over {found.cutoffs} dates "
        f"(Diebold-Mariano, p {found.p:.2f})"
    )
    return (
        f"Confirmed: {word}. On years that the search never saw: {numbers}. {name} is kept and nothing uses it "
        f"until RECIPE={name} is set."
    )


def published(outcome: Outcome) -> dict[str, Any]:
    """Fit for JSON."""
    plan = outcome.plan
    return {
        "name": outcome.recipe.name,
        "study": plan.search.study.key,
        "source": plan.source,
        "symbols": list(plan.symbols),
        "as_of": plan.as_of.isoformat(),
        "trials": [_published_trial(trial) for trial in outcome.trials],
        "winner": outcome.winner.number,
        **outcome.recipe.evidence,
    }


def _published_trial(trial: Trial) -> dict[str, Any]:
    folds = [{**asdict(fold), "start": fold.start.isoformat()} for fold in trial.folds]
    return {
        "number": trial.number,
        **asdict(trial.parameters),
        "score": trial.score,
        "folds": folds,
        "seconds": round(trial.seconds, 1),
    }


def _minutes(trials: Sequence[Trial]) -> str:
    return f"{sum(trial.seconds for trial in trials) / 60:.0f} minutes"


def _cells(trial: Trial) -> Sequence[str]:
    p = trial.parameters
    return (str(p.units), str(p.layers), str(p.lookback), str(p.batch), str(p.epochs), f"{p.rate:.5f}")


def _skill(value: float | None) -> str:
    return "none" if value is None else f"{value:.4f}"


def _signed(value: float) -> str:
    return f"{value:+.4f}"
