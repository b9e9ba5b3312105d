"""What ``etf-forecast track`` prints: pure functions of records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.table import Table

from forecasting.cli.printed_tables import FOR_80_COLUMNS, source_words
from forecasting.models import MODELS
from forecasting.record.monitoring import Alarm
from forecasting.record.record import LiveScores, Record
from forecasting.record.totals import TRACKED


def counts_table(records: Sequence[Record]) -> Table:
    """How many forecasts were issued, and how far they are."""
    table = Table(
        title=f"Issued forecasts · {_sources(records)}",
        caption="final: all 60 sessions have closed. late: issued when the first session was over, so no proof.",
        **FOR_80_COLUMNS,
    )
    for heading in ("ETF", "kind"):
        table.add_column(heading, no_wrap=True)
    for heading in ("issued", "open", "final", "late", "waiting", "scored sessions", "first", "last"):
        table.add_column(heading, justify="right")
    for record in records:
        counts = (record.issued, record.open, record.final, record.late, record.waiting, record.sessions)
        table.add_row(record.symbol, record.kind, *map(str, counts), record.first.isoformat(), record.last.isoformat())
    return table


def record_table(records: Sequence[Record]) -> Table:
    """Errors and coverage over all scored sessions: the issued forecast, its baselines, and what was promised."""
    table = Table(
        title=f"How they did · {_sources(records)}",
        caption="vs: 1 − MAE / MAE of that baseline, above 0 is better. $: of each forecast's as-of session.",
        **FOR_80_COLUMNS,
    )
    for heading in ("ETF", "", "MAE $", "MSE $²", "RMSE $", "MAE %", "RMSE %", "vs walk", "vs drift", "80 %", "95 %"):
        table.add_column(heading, justify="left" if heading in ("ETF", "") else "right", no_wrap=heading == "ETF")
    for record in records:
        for model in TRACKED if record.scores else ():
            name = _name(record) if model == TRACKED[0] else ""
            table.add_row(name, MODELS[model].label, *_cells(record.scores[model]))
        if record.scores:
            table.add_row("", "promised", *_promised(record.promise), end_section=True)
    return table


def call_lines(records: Sequence[Record]) -> Iterator[str]:
    """The best and the worst call of each record, and how little it stands on where that is so."""
    for record in records:
        if record.best is not None and record.worst is not None:
            yield (
                f"{_name(record)}: best call as of {record.best.as_of}, off by {record.best.mae_pct:.2f} % on average; "
                f"worst as of {record.worst.as_of}, {record.worst.mae_pct:.2f} %."
            )
        if record.is_thin:
            yield f"{_name(record)}: only {record.final} final so far, so these figures say little."
        if record.problem:
            yield f"{_name(record)}: {record.waiting} wait for a price. {record.problem}"


def alarm_lines(alarms: Sequence[Alarm], records: Sequence[Record]) -> Iterator[str]:
    """What monitoring says of these ETFs."""
    shown = {record.symbol for record in records}
    return (f"Warning: {alarm.sentence}" for alarm in alarms if alarm.symbol in shown)


def _sources(records: Sequence[Record]) -> str:
    return ", ".join(sorted({source_words(record.source) for record in records}))


def _name(record: Record) -> str:
    return record.symbol if record.kind == "live" else f"{record.symbol} (replayed)"


def _cells(scores: LiveScores) -> tuple[str, ...]:
    return (
        f"{scores.mae:.2f}",
        f"{scores.mse:.2f}",
        f"{scores.rmse:.2f}",
        f"{scores.mae_pct:.2f}",
        f"{scores.rmse_pct:.2f}",
        f"{scores.skill_rw:+.3f}",
        f"{scores.skill_drift:+.3f}",
        f"{scores.cover80:.1%}",
        f"{scores.cover95:.1%}",
    )


def _promised(promise: Mapping[str, float]) -> tuple[str, ...]:
    if not promise:
        return ("", "", "", "-", "-", "-", "-", "-", "-")
    return (
        "",
        "",
        "",
        f"{promise['mae_pct']:.2f}",
        f"{promise['rmse_pct']:.2f}",
        f"{promise['skill_rw']:+.3f}",
        f"{promise['skill_drift']:+.3f}",
        f"{promise['cover80']:.1%}",
        f"{promise['cover95']:.1%}",
    )
