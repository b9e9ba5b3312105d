"""The report that a server gets each week: every ETF in one line, in one embed, and what has changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import discord

from bot.cogs.report.changes import Changes
from bot.interactions.formats import (
    AMBER,
    BLUE,
    HIGH,
    LOW,
    MAX_ALT_TEXT,
    MAX_DESCRIPTION,
    MAX_FIELD_VALUE,
    MEDIAN,
    fitting,
    session_close,
    short_price,
    shortened,
    signed_percent,
    skill,
    small_print,
    usd,
)
from bot.interactions.staleness import ROOM_FOR_STALE, stale_badges
from bot.texts import Texts
from forecasting import HORIZON, ForecastReport, Symbol, sessions_between

ROOM_FOR_WORDS: Final = 750 + ROOM_FOR_STALE
ROOM_FOR_LINES: Final = MAX_DESCRIPTION - ROOM_FOR_WORDS
ROOM_FOR_CHANGE: Final = 200
"""Characters of one change."""

NEW_YORK: Final = ZoneInfo("America/New_York")


def weekly_embed(
    texts: Texts,
    reports: Sequence[ForecastReport],
    not_retrained: Collection[Symbol],
    picture: str | None,
    now: datetime,
    changes: Changes | None = None,
) -> discord.Embed:
    """Every ETF's last close, median and 80 % range in 60 sessions, change within a week, and skill where measured.

    Args:
        reports: at least one; the newest of each ETF.
        not_retrained: those whose training of this week failed for good, so that their model is not new.
        picture: name of the attached picture.
        now: when it is posted; prices that end too long before it are called stale.
        changes: what has changed since last week.
    """
    changes = (changes or Changes({})).about({report.symbol for report in reports})
    badge = stale_badges(texts, reports, now)
    old = [report.symbol for report in reports if report.symbol in not_retrained]
    embed = discord.Embed(
        title=texts("weekly.title", horizon=HORIZON),
        colour=AMBER if old or badge else BLUE,
        description=(
            f"{badge}{_record(texts, changes)}{_warning(texts, old, len(reports))}{_as_of(texts, reports, now)}\n\n"
            f"{_lines(texts, reports, old, changes)}\n\n{texts('weekly.more')}"
        ),
    )
    if lines := _changes(texts, changes):
        embed.add_field(name=texts("weekly.changes"), value=fitting(texts, lines, MAX_FIELD_VALUE), inline=False)
    if picture is not None:
        embed.set_image(url=f"attachment://{picture}")
    head = texts("weekly.head", head=changes.head) if changes.head is not None else ""
    return embed.set_footer(text=f"{small_print(texts, reports[0])}{head}")


def weekly_alt_text(texts: Texts, reports: Sequence[ForecastReport]) -> str:
    """What the overview shows, in words; fits Discord's limit."""
    lines = [_in_words(texts, report) for report in reports]
    return fitting(texts, (texts("weekly.alt", horizon=HORIZON), *lines), MAX_ALT_TEXT)


def _as_of(texts: Texts, reports: Sequence[ForecastReport], now: datetime) -> str:
    """Which session is shown, and that there is none on the day of the post."""
    close = session_close(max(report.as_of for report in reports))
    today = now.astimezone(NEW_YORK).date()
    return texts("weekly.as_of" if sessions_between(today, today) else "weekly.as_of_no_session", close=close)


def _record(texts: Texts, changes: Changes) -> str:
    """How last week's forecasts did, which comes first: it says how much to make of the new ones."""
    weeks = changes.week.values()
    if not weeks:
        return ""
    inside, closes = sum(week.inside for week in weeks), sum(week.closes for week in weeks)
    nearer = sum(week.is_nearer for week in weeks)
    return texts("weekly.record", inside=inside, closes=closes, nearer=nearer, etfs=len(weeks)) + "\n"


def _warning(texts: Texts, old: Sequence[Symbol], reports: int) -> str:
    if not old:
        return ""
    if len(old) == reports:
        return texts("weekly.all_old") + "\n"
    return texts("weekly.some_old", symbols=shortened(", ".join(old), 200)) + "\n"


def _lines(texts: Texts, reports: Sequence[ForecastReport], old: Collection[Symbol], changes: Changes) -> str:
    """One for each ETF. Where there are too many, each says the same in fewer characters."""
    newest = max(report.as_of for report in reports)
    for is_short in (False, True):
        lines = [
            _line(
                texts,
                report,
                changes.before.get(report.symbol),
                is_old=report.symbol in old,
                is_behind=report.as_of < newest,
                is_short=is_short,
            )
            for report in reports
        ]
        if len("\n".join(lines)) <= ROOM_FOR_LINES:
            break
    return fitting(texts, lines, ROOM_FOR_LINES)


def _line(
    texts: Texts,
    report: ForecastReport,
    before: ForecastReport | None,
    *,
    is_old: bool,
    is_behind: bool,
    is_short: bool,
) -> str:
    quantiles = report.forecast[-1].quantiles
    prices = (report.last_close, quantiles[LOW], quantiles[MEDIAN], quantiles[HIGH])
    write = short_price if is_short else usd
    last, low, median, high = (write(price, report.currency) for price in prices)
    remarks = [_skill(texts, report, is_short=is_short)]
    if (change := change_of_median(report, before)) is not None:
        remarks.insert(0, texts("weekly.week", change=signed_percent(change)))
    if is_behind:
        remarks.append(texts("weekly.behind", session=session_close(report.as_of, "d")))
    if is_old:
        remarks.append(texts("weekly.not_new"))
    return (
        f"**{report.symbol}** {last} → **{median}** "
        f"({signed_percent(quantiles[MEDIAN] / report.last_close - 1.0)}) [{low} {texts('weekly.to')} {high}] · "
        f"{' · '.join(remarks)}"
    )


def change_of_median(report: ForecastReport, before: ForecastReport | None) -> float | None:
    """By which share this forecast's last median is above that of an earlier one, both in today's units.

    A split or a dividend in between has changed the closes that both know, and so it changes the earlier median.
    None where there is no earlier one, or the report no longer knows its session.
    """
    if before is None:
        return None
    then = next((close.close for close in report.history if close.session == before.as_of), None)
    if then is None:
        return None
    median = before.forecast[-1].quantiles[MEDIAN] * then / before.last_close
    return report.forecast[-1].quantiles[MEDIAN] / median - 1.0


def _skill(texts: Texts, report: ForecastReport, *, is_short: bool) -> str:
    if not report.scores:
        return texts("weekly.young_short" if is_short else "weekly.young")
    if not is_short:
        return skill(texts, report.scores["lstm"])
    share = report.scores["lstm"].skill_rw
    size = round(abs(share) * 100)
    return texts("weekly.skill", skill=f"{'−' if share < 0 and size else '+' if size else '±'}{size} %")


def _changes(texts: Texts, changes: Changes) -> list[str]:
    """What has changed beside the prices, the gravest first."""
    lines = [shortened(change.sentence, ROOM_FOR_CHANGE) for change in changes.securities]
    lines += [
        shortened(texts("weekly.failed", symbol=failure.symbol, message=failure.message), ROOM_FOR_CHANGE)
        for failure in changes.failed
    ]
    if changes.faults:
        faults = ", ".join(f"{fault.symbol} {fault.session} ({fault.kind})" for fault in changes.faults)
        lines.append(shortened(texts("weekly.faults", faults=faults), ROOM_FOR_CHANGE))
    if changes.promoted:
        lines.append(shortened(texts("weekly.promoted", symbols=", ".join(sorted(changes.promoted))), ROOM_FOR_CHANGE))
    return lines


def _in_words(texts: Texts, report: ForecastReport) -> str:
    quantiles = report.forecast[-1].quantiles
    low, median, high = (signed_percent(quantiles[level] / report.last_close - 1.0) for level in (LOW, MEDIAN, HIGH))
    return texts("weekly.alt_line", symbol=report.symbol, median=median, low=low, high=high)
