"""The answer to ``/track``: how the posted forecasts turned out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import discord

from bot.interactions.formats import (
    MAX_ALT_TEXT,
    MAX_DESCRIPTION,
    MAX_FIELD_VALUE,
    add_list,
    answer_embed,
    compact,
    glossary,
    model_name,
    most_that_fit,
    percent,
    session_close,
    shortened,
    small_print,
    source_words,
    table,
)
from bot.texts import Texts
from forecasting import HORIZON, Alarm, Record

ROOM_FOR_WORDS: Final = 700
KINDS: Final = ("live", "replayed")


def track_embed(texts: Texts, records: Sequence[Record], alarms: Sequence[Alarm], head: str) -> discord.Embed:
    """Of all ETFs: a row each, live and replayed records in tables of their own.

    Args:
        records: at least one.
        alarms: what monitoring has found.
        head: of the record's hash chain.
    """
    parts = [_table_of_kind(texts, kind, [r for r in records if r.kind == kind], len(records)) for kind in KINDS]
    embed = answer_embed(
        texts("track.title"),
        f"{''.join(parts)}{texts('track.columns')}\n{glossary(texts, 'mae', 'skill')}",
        warns=bool(alarms),
        footer=_footer(texts, records, head),
    )
    _add_alarms(texts, embed, alarms)
    return embed


def symbol_track_embed(
    texts: Texts, records: Sequence[Record], alarms: Sequence[Alarm], head: str, picture: str | None
) -> discord.Embed:
    """Of one ETF: its live record, its replayed one, or both, in this order.

    Tables count all forecasts of their kind, and the picture some of one kind: the words say so.
    """
    words = []
    if picture is not None:
        words.append(texts(f"track.drawn_{_drawn(records).kind}"))
    if any(record.scores for record in records):
        words.append(
            glossary(texts, "median", "mae", "rmse", "mse", "skill", "coverage", "random_walk", "drift", "promised")
        )
    embed = answer_embed(
        texts("track.title_one", symbol=records[0].symbol),
        "\n".join(words) or None,
        warns=bool(alarms),
        picture=picture,
        footer=_footer(texts, records, head),
    )
    for record in records:
        story = shortened(_story(texts, record), MAX_FIELD_VALUE)
        embed.add_field(name=texts(f"track.{record.kind}"), value=story, inline=False)
    _add_alarms(texts, embed, alarms)
    return embed


def track_alt_text(texts: Texts, records: Sequence[Record]) -> str:
    """What the picture of past forecasts shows, in words; fits Discord's limit.

    Args:
        records: of one ETF.
    """
    record = _drawn(records)
    words = texts(
        "track.alt",
        symbol=record.symbol,
        first=record.first,
        replayed=texts("track.alt_replayed") if record.kind == "replayed" else "",
        source=source_words(texts, record.source),
        counts=_counts(texts, [record]),
        inside=texts("track.alt_inside", share=percent(texts, record.scores["lstm"].cover80)) if record.scores else "",
    )
    return shortened(words, MAX_ALT_TEXT)


def _drawn(records: Sequence[Record]) -> Record:
    """Of one ETF, the record that the picture shows: live once a live forecast has met a close, replayed until then."""
    return next((record for record in records if record.scores), records[0])


def _footer(texts: Texts, records: Sequence[Record], head: str) -> str:
    return texts("track.record", small_print=small_print(texts, records[0].source), head=head)


def _add_alarms(texts: Texts, embed: discord.Embed, alarms: Sequence[Alarm]) -> None:
    add_list(
        texts, embed, texts("track.alarms"), [texts.said(alarm.sentence) for alarm in alarms], MAX_FIELD_VALUE // 2
    )


def _counts(texts: Texts, records: Sequence[Record]) -> str:
    issued, running, final = (sum(getattr(record, name) for record in records) for name in ("issued", "open", "final"))
    return texts.counted("track.counts", issued, open=running, final=final, horizon=HORIZON)


def _table_of_kind(texts: Texts, kind: str, records: Sequence[Record], among: int) -> str:
    scored = [record for record in records if record.scores]
    if not records:
        return ""
    if not scored:
        return f"**{texts(f'track.{kind}')}**\n{_counts(texts, records)}\n{texts('track.unscored')}\n"
    head = ("", texts("track.final"), "MAE %", texts("track.skill"), percent(texts, 0.8), "")
    rows = [_row(texts, record) for record in scored]
    room = (MAX_DESCRIPTION - ROOM_FOR_WORDS) * len(records) // among
    kept = most_that_fit(len(rows), lambda count: len(table([head, *rows[:count]])), room)
    more = texts("and_more", count=len(rows) - kept) + "\n" if kept < len(rows) else ""
    return f"**{texts(f'track.{kind}')}**\n{_counts(texts, records)}\n{table([head, *rows[:kept]])}\n{more}"


def _row(texts: Texts, record: Record) -> tuple[str, ...]:
    scores = record.scores["lstm"]
    promised = f"({percent(texts, record.promise['cover80'])})" if record.promise else ""
    return (
        shortened(record.symbol, 8),
        texts.number(f"{record.final:,}"),
        texts.number(f"{scores.mae_pct:.1f}"),
        texts.number(f"{scores.skill_rw:+.2f}"),
        percent(texts, scores.cover80),
        promised,
    )


def _story(texts: Texts, record: Record) -> str:
    lines = [_counts(texts, [record])]
    if record.scores:
        lines += [_table_of_models(texts, record), texts.counted("track.scored", record.sessions)]
    else:
        lines.append(texts("track.unscored"))
    if record.best is not None and record.worst is not None:
        calls = texts(
            "track.calls",
            best=session_close(record.symbol, record.best.as_of, "D"),
            best_error=texts("percent", number=texts.number(f"{record.best.mae_pct:.1f}")),
            worst=session_close(record.symbol, record.worst.as_of, "D"),
            worst_error=texts("percent", number=texts.number(f"{record.worst.mae_pct:.1f}")),
        )
        lines.append(calls)
    if record.is_thin:
        lines.append(_warning(texts, record))
    if record.late and record.kind == "live":  # every replayed forecast is late
        lines.append(texts("track.late", count=record.late))
    if record.waiting and record.problem:
        lines.append(shortened(texts("track.waiting", count=record.waiting, problem=record.problem), 200))
    return "\n".join(lines)


def _warning(texts: Texts, record: Record) -> str:
    """How few forecasts its figures are based on."""
    how_many = {0: "none", 1: "one"}.get(record.final, "few")
    finals = texts(f"track.{how_many}_final", count=record.final)
    return texts("track.thin" if record.scores else "track.bare", finals=finals)


def _one_decimal(texts: Texts, size: float) -> str:
    return texts.number(f"{size:.1f}")


def _skill(texts: Texts, skill: float) -> str:
    return texts.number(f"{skill:+.2f}")


FIGURES: Final[dict[str, Callable[[Texts, float], str]]] = {
    "mae": compact,
    "rmse": compact,
    "mse": compact,
    "mae_pct": _one_decimal,
    "skill_rw": _skill,
    "skill_drift": _skill,
    "cover80": percent,
    "cover95": percent,
}
"""The rows of the table: attributes of scores, and how each is written."""


def _table_of_models(texts: Texts, record: Record) -> str:
    """A column per model, narrow enough for a phone."""
    rows = [("", *(model_name(texts, model) for model in record.scores), texts("track.promised"))]
    for name, write in FIGURES.items():
        values = (write(texts, getattr(scores, name)) for scores in record.scores.values())
        promised = write(texts, record.promise[name]) if name in record.promise else ""
        rows.append((texts(f"track.figure_{name}"), *values, promised))
    return table(rows)
