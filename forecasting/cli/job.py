"""What ``retrain`` and ``refresh`` share: the jobs that write reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from forecasting.cli.context import Context, last_known_session
from forecasting.cli.printed_tables import scores_table
from forecasting.cli.progress import JsonLines, failure_of, listening, print_failures
from forecasting.errors import BadSettings, ForecastingError
from forecasting.reports.runs import Failure
from forecasting.universe import Symbol

JSON_HELP = "Print progress as JSON lines on stdout; the last line has the event done."


@dataclass(frozen=True)
class Job:
    """What the command line asks for, see the options of ``retrain``."""

    kind: Literal["retrain", "refresh"]
    texts: Sequence[str]
    as_of: date | None
    workers: int | None
    cluster: str | None = None
    only_funds: bool = False

    def run(self, context: Context, *, as_json: bool) -> int:
        """Run the job, print its result, and return the exit code."""
        try:
            ok, failed = self._run(context, as_json=as_json)
        except ForecastingError as error:
            if as_json:
                JsonLines().done([], [failure_of(text, error) for text in self._asked(context)])
            raise
        if as_json:
            JsonLines().done(ok, failed)
            return 1 if failed else 0
        if ok:
            reports = [report for report in context.store.all_latest(context.source) if report.symbol in ok]
            context.console.print(scores_table(reports))
        return print_failures(failed)

    def _asked(self, context: Context) -> Sequence[str]:
        """The symbols that the job was to do: those named, or the universe if that can be read."""
        try:
            return self.texts or context.universe.symbols
        except BadSettings:
            return ()

    def _run(self, context: Context, *, as_json: bool) -> tuple[tuple[Symbol, ...], list[Failure]]:
        symbols, refused = context.spelt(self.texts)
        until = last_known_session(self.as_of, context.source)
        context.registry.check_writable()
        context.engine  # noqa: B018 - a database that cannot be opened is reported before anything else
        if not symbols:
            return (), refused
        with context.lock(self.kind) as lock:
            source = context.open_source()
            context.recipe  # noqa: B018 - the same for a recipe that does not exist
            with context.workers(self.workers, self.cluster) as executor, listening(as_json=as_json) as listener:
                pipeline = context.pipeline(source, lock, executor, context.registry, only_funds=self.only_funds)
                steps = pipeline.retrain if self.kind == "retrain" else pipeline.refresh
                run = steps(symbols, until, listener)
        return run.ok, [*run.failed, *refused]
