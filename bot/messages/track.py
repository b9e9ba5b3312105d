"""The answer to ``/track``: how the forecasts that were posted have done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import discord

from bot.messages.formats import (
    AMBER,
    BLUE,
    MAX_ALT_TEXT,
    MAX_DESCRIPTION,
    MAX_FIELD_VALUE,
    MAX_TITLE,
    MODEL_NAMES,
    NOT_ADVICE,
    REINVESTED,
    compact,
    fitting,
    percent,
    session_close,
    shortened,
    source_words,
    table,
)
from forecasting import HORIZON, Alarm, LiveScores, Record

ROOM_FOR_WORDS: Final = 700
KINDS: Final = {"live": "Live", "replayed": "Replayed from past prices"}
PROMISED: Final = "Promised"


def track_embed(records: Sequence[Record], alarms: Sequence[Alarm], head: str) -> discord.Embed:
    """Of every ETF, a row each; live and replayed ones in tables of their own."""
    parts = [_table_of_kind(kind, [r for r in records if r.kind == kind], len(records)) for kind in KINDS]
    embed = discord.Embed(
        title="How the posted forecasts did",
        colour=AMBER if alarms else BLUE,
        description=(
            f"{''.join(parts)}MAE in % of the close at the start, skill against no change, share "
            "of closes inside the 80 % band; in brackets what the backtest promised. Name an ETF for its record: "
            "`/track symbol`."
        ),
    )
    return _finished(embed, records, alarms, head)


def symbol_track_embed(
    records: Sequence[Record], alarms: Sequence[Alarm], head: str, picture: str | None
) -> discord.Embed:
    """Of one ETF: its live record, its replayed one, or both, in this order."""
    embed = discord.Embed(
        title=shortened(f"{records[0].symbol} · how its forecasts did", MAX_TITLE), colour=AMBER if alarms else BLUE
    )
    for record in records:
        embed.add_field(name=KINDS[record.kind], value=shortened(_story(record), MAX_FIELD_VALUE), inline=False)
    if picture is not None:
        embed.set_image(url=f"attachment://{picture}")
    return _finished(embed, records, alarms, head)


def track_alt_text(records: Sequence[Record]) -> str:
    """What the picture of past forecasts shows, in words; fits Discord's limit.

    Args:
        records: of one ETF. The picture shows live forecasts once one has met a close, and replayed ones until then.
    """
    record = next((record for record in records if record.scores), records[0])
    replayed = ", replayed on past prices" if record.kind == "replayed" else ""
    inside = f" {percent(record.scores['lstm'].cover80)} of closes were inside the 80 % band." if record.scores else ""
    return shortened(
        f"Chart of {record.symbol}: closes, and over them the median and the 80 % band of past forecasts from "
        f"{record.first} on{replayed}, {source_words(record.source)}. {_counts([record])}.{inside}",
        MAX_ALT_TEXT,
    )


def _finished(embed: discord.Embed, records: Sequence[Record], alarms: Sequence[Alarm], head: str) -> discord.Embed:
    if alarms:
        warnings = [shortened(alarm.sentence, MAX_FIELD_VALUE // 2) for alarm in alarms]
        embed.add_field(name="Below what was promised", value=fitting(warnings, MAX_FIELD_VALUE), inline=False)
    source = source_words(records[0].source)
    return embed.set_footer(text=f"Made from {source} · {REINVESTED} · {NOT_ADVICE} · record {head}")


def _counts(records: Sequence[Record]) -> str:
    issued, still_open, final = (
        sum(getattr(record, name) for record in records) for name in ("issued", "open", "final")
    )
    return f"{issued} issued: {still_open} open, {final} final (all {HORIZON} sessions closed)"


def _table_of_kind(kind: str, records: Sequence[Record], among: int) -> str:
    scored = [record for record in records if record.scores]
    if not records:
        return ""
    if not scored:
        return f"**{KINDS[kind]}**\n{_counts(records)}\nNo session is scored yet.\n"
    head = ("", "final", "MAE %", "skill", "80 %", "")
    rows = [_row(record) for record in scored]
    room = (MAX_DESCRIPTION - ROOM_FOR_WORDS) * len(records) // among
    kept = len(rows)
    while kept and len(table([head, *rows[:kept]])) > room:
        kept -= 1
    more = f"… and {len(rows) - kept} more\n" if kept < len(rows) else ""
    return f"**{KINDS[kind]}**\n{_counts(records)}\n{table([head, *rows[:kept]])}\n{more}"


def _row(record: Record) -> tuple[str, ...]:
    scores = record.scores["lstm"]
    promised = f"({percent(record.promise['cover80'])})" if record.promise else ""
    return (
        shortened(record.symbol, 8),
        str(record.final),
        f"{scores.mae_pct:.1f}",
        f"{scores.skill_rw:+.2f}",
        percent(scores.cover80),
        promised,
    )


def _story(record: Record) -> str:
    lines = [_counts([record])]
    if record.scores:
        lines += [_table_of_models(record), f"{record.sessions} sessions scored, USD of each forecast's own start."]
    else:
        lines.append("No session is scored yet.")
    if record.best is not None and record.worst is not None:
        lines.append(
            f"Best call: {session_close(record.best.as_of, 'D')}, off by {record.best.mae_pct:.1f} % on average. "
            f"Worst: {session_close(record.worst.as_of, 'D')}, {record.worst.mae_pct:.1f} %."
        )
    if record.is_thin:
        lines.append(_warning(record))
    if record.late and record.kind == "live":  # a replay is late by its nature, and called by its name
        lines.append(f"{record.late} were made when their first session was over: they prove nothing.")
    if record.waiting and record.problem:
        lines.append(shortened(f"{record.waiting} wait for a price: {record.problem}", 200))
    return "\n".join(lines)


def _warning(record: Record) -> str:
    """How little its figures stand on."""
    finals = f"Only {record.final} {'is' if record.final == 1 else 'are'}" if record.final else "None is"
    return f"{finals} final so far{': these figures say little yet' if record.scores else ''}."


FIGURES: Final[tuple[tuple[str, Callable[[LiveScores], str], str | None], ...]] = (
    ("MAE", lambda scores: compact(scores.mae), None),
    ("RMSE", lambda scores: compact(scores.rmse), None),
    ("MSE", lambda scores: compact(scores.mse), None),
    ("MAE %", lambda scores: f"{scores.mae_pct:.1f}", "mae_pct"),
    ("Skill", lambda scores: f"{scores.skill_rw:+.2f}", "skill_rw"),
    ("vs drift", lambda scores: f"{scores.skill_drift:+.2f}", "skill_drift"),
    ("80 %", lambda scores: percent(scores.cover80), "cover80"),
    ("95 %", lambda scores: percent(scores.cover95), "cover95"),
)
"""A row each: its name, how it is written, and the name of what was promised."""


def _table_of_models(record: Record) -> str:
    """Models side by side, so that a phone shows it without turning it."""
    head = ("", *(MODEL_NAMES[model] for model in record.scores), PROMISED)
    rows = [
        (name, *(write(scores) for scores in record.scores.values()), _promise(record, promised))
        for name, write, promised in FIGURES
    ]
    return table([head, *rows])


def _promise(record: Record, name: str | None) -> str:
    if name is None or name not in record.promise:
        return ""
    value = record.promise[name]
    if name.startswith("cover"):
        return percent(value)
    return f"{value:.1f}" if name == "mae_pct" else f"{value:+.2f}"
