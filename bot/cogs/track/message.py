"""The answer to ``/track``: how the forecasts that were posted have done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import discord

from bot.interactions.formats import (
    AMBER,
    BLUE,
    MAX_ALT_TEXT,
    MAX_DESCRIPTION,
    MAX_FIELD_VALUE,
    MAX_TITLE,
    compact,
    fitting,
    model_name,
    percent,
    session_close,
    shortened,
    small_print_of,
    source_words,
    table,
)
from bot.texts import Texts
from forecasting import HORIZON, Alarm, LiveScores, Record

ROOM_FOR_WORDS: Final = 700
KINDS: Final = ("live", "replayed")


def track_embed(texts: Texts, records: Sequence[Record], alarms: Sequence[Alarm], head: str) -> discord.Embed:
    """Of every ETF, a row each; live and replayed ones in tables of their own."""
    parts = [_table_of_kind(texts, kind, [r for r in records if r.kind == kind], len(records)) for kind in KINDS]
    embed = discord.Embed(
        title=texts("track.title"),
        colour=AMBER if alarms else BLUE,
        description=f"{''.join(parts)}{texts('track.columns')}",
    )
    return _finished(texts, embed, records, alarms, head)


def symbol_track_embed(
    texts: Texts, records: Sequence[Record], alarms: Sequence[Alarm], head: str, picture: str | None
) -> discord.Embed:
    """Of one ETF: its live record, its replayed one, or both, in this order."""
    embed = discord.Embed(
        title=shortened(texts("track.title_one", symbol=records[0].symbol), MAX_TITLE),
        colour=AMBER if alarms else BLUE,
    )
    for record in records:
        story = shortened(_story(texts, record), MAX_FIELD_VALUE)
        embed.add_field(name=texts(f"track.{record.kind}"), value=story, inline=False)
    if picture is not None:
        embed.set_image(url=f"attachment://{picture}")
    return _finished(texts, embed, records, alarms, head)


def track_alt_text(texts: Texts, records: Sequence[Record]) -> str:
    """What the picture of past forecasts shows, in words; fits Discord's limit.

    Args:
        records: of one ETF. The picture shows live forecasts once one has met a close, and replayed ones until then.
    """
    record = next((record for record in records if record.scores), records[0])
    words = texts(
        "track.alt",
        symbol=record.symbol,
        first=record.first,
        replayed=texts("track.alt_replayed") if record.kind == "replayed" else "",
        source=source_words(texts, record.source),
        counts=_counts(texts, [record]),
        inside=texts("track.alt_inside", share=percent(record.scores["lstm"].cover80)) if record.scores else "",
    )
    return shortened(words, MAX_ALT_TEXT)


def _finished(
    texts: Texts, embed: discord.Embed, records: Sequence[Record], alarms: Sequence[Alarm], head: str
) -> discord.Embed:
    if alarms:
        warnings = [shortened(alarm.sentence, MAX_FIELD_VALUE // 2) for alarm in alarms]
        embed.add_field(name=texts("track.alarms"), value=fitting(texts, warnings, MAX_FIELD_VALUE), inline=False)
    printed = small_print_of(texts, records[0].source)
    return embed.set_footer(text=texts("track.record", small_print=printed, head=head))


def _counts(texts: Texts, records: Sequence[Record]) -> str:
    issued, still_open, final = (
        sum(getattr(record, name) for record in records) for name in ("issued", "open", "final")
    )
    return texts("track.counts", issued=issued, open=still_open, final=final, horizon=HORIZON)


def _table_of_kind(texts: Texts, kind: str, records: Sequence[Record], among: int) -> str:
    scored = [record for record in records if record.scores]
    if not records:
        return ""
    if not scored:
        return f"**{texts(f'track.{kind}')}**\n{_counts(texts, records)}\n{texts('track.unscored')}\n"
    head = ("", texts("track.final"), "MAE %", texts("track.skill"), "80 %", "")
    rows = [_row(record) for record in scored]
    room = (MAX_DESCRIPTION - ROOM_FOR_WORDS) * len(records) // among
    kept = len(rows)
    while kept and len(table([head, *rows[:kept]])) > room:
        kept -= 1
    more = texts("and_more", count=len(rows) - kept) + "\n" if kept < len(rows) else ""
    return f"**{texts(f'track.{kind}')}**\n{_counts(texts, records)}\n{table([head, *rows[:kept]])}\n{more}"


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


def _story(texts: Texts, record: Record) -> str:
    lines = [_counts(texts, [record])]
    if record.scores:
        lines += [_table_of_models(texts, record), texts("track.scored", sessions=record.sessions)]
    else:
        lines.append(texts("track.unscored"))
    if record.best is not None and record.worst is not None:
        calls = texts(
            "track.calls",
            best=session_close(record.best.as_of, "D"),
            best_error=f"{record.best.mae_pct:.1f}",
            worst=session_close(record.worst.as_of, "D"),
            worst_error=f"{record.worst.mae_pct:.1f}",
        )
        lines.append(calls)
    if record.is_thin:
        lines.append(_warning(texts, record))
    if record.late and record.kind == "live":  # a replay is late by its nature, and called by its name
        lines.append(texts("track.late", count=record.late))
    if record.waiting and record.problem:
        lines.append(shortened(texts("track.waiting", count=record.waiting, problem=record.problem), 200))
    return "\n".join(lines)


def _warning(texts: Texts, record: Record) -> str:
    """How little its figures stand on."""
    how_many = {0: "none", 1: "one"}.get(record.final, "few")
    finals = texts(f"track.{how_many}_final", count=record.final)
    return texts("track.thin" if record.scores else "track.bare", finals=finals)


FIGURES: Final[tuple[tuple[str, Callable[[LiveScores], str], str | None], ...]] = (
    ("MAE", lambda scores: compact(scores.mae), None),
    ("RMSE", lambda scores: compact(scores.rmse), None),
    ("MSE", lambda scores: compact(scores.mse), None),
    ("MAE %", lambda scores: f"{scores.mae_pct:.1f}", "mae_pct"),
    ("skill", lambda scores: f"{scores.skill_rw:+.2f}", "skill_rw"),
    ("drift", lambda scores: f"{scores.skill_drift:+.2f}", "skill_drift"),
    ("80 %", lambda scores: percent(scores.cover80), "cover80"),
    ("95 %", lambda scores: percent(scores.cover95), "cover95"),
)
"""A row each: its name (or what is translated), how it is written, and the name of what was promised."""
TRANSLATED: Final = ("skill", "drift")


def _table_of_models(texts: Texts, record: Record) -> str:
    """Models side by side, so that a phone shows it without turning it."""
    head = ("", *(model_name(texts, model) for model in record.scores), texts("track.promised"))
    rows = []
    for name, write, promised in FIGURES:
        told = texts(f"track.figure_{name}") if name in TRANSLATED else name
        rows.append((told, *map(write, record.scores.values()), _promise(record, promised)))
    return table([head, *rows])


def _promise(record: Record, name: str | None) -> str:
    if name is None or name not in record.promise:
        return ""
    value = record.promise[name]
    if name.startswith("cover"):
        return percent(value)
    return f"{value:.1f}" if name == "mae_pct" else f"{value:+.2f}"
