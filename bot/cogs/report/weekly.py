"""The weekly and the monthly report: one embed with a line per ETF, and what has changed since the one before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import discord

from bot.cogs.report.changes import Changes
from bot.interactions.formats import (
    MAX_ALT_TEXT,
    MAX_DESCRIPTION,
    add_list,
    answer_embed,
    change,
    closed_at,
    fitting,
    moment,
    percent,
    range_of,
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
from forecasting import HORIZON, ForecastReport, Record, Symbol, sessions_between

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
    records: Collection[Record] | None = None,
) -> discord.Embed:
    """Each ETF's last close, median and 80% range in 60 sessions, change within a week, and skill if measured.

    Args:
        reports: at least one; the newest of each ETF.
        not_retrained: the ETFs whose training failed this week, which keep an older model.
        picture: name of the attached picture.
        now: when it is posted; decides which prices are stale.
        changes: what has changed since the report before.
        records: how all earlier forecasts turned out; None makes it the weekly report, else it is the monthly one.
    """
    kind = "weekly" if records is None else "monthly"
    changes = (changes or Changes({})).about({report.symbol for report in reports})
    badge = stale_badges(texts, reports, now)
    old = [report.symbol for report in reports if report.symbol in not_retrained]
    head = texts("weekly.head", head=changes.head) if changes.head is not None else ""
    turned_out = _record(texts, changes) if records is None else _track(texts, reports, records)
    embed = answer_embed(
        texts(f"{kind}.title", horizon=HORIZON),
        f"{badge}{turned_out}{_warning(texts, old, len(reports))}{_as_of(texts, reports, now)}\n\n"
        f"{_lines(texts, reports, old, changes, kind)}\n\n{texts('weekly.more')}",
        warns=bool(old or badge),
        picture=picture,
        footer=f"{small_print(texts, reports[0].source)}{head}",
    )
    add_list(texts, embed, texts(f"{kind}.changes"), _changes(texts, changes), ROOM_FOR_CHANGE)
    return embed


def weekly_alt_text(texts: Texts, reports: Sequence[ForecastReport]) -> str:
    """What the overview shows, in words; fits Discord's limit."""
    lines = [_in_words(texts, report) for report in reports]
    return fitting(texts, (texts("weekly.alt", horizon=HORIZON), *lines), MAX_ALT_TEXT)


def _as_of(texts: Texts, reports: Sequence[ForecastReport], now: datetime) -> str:
    """The session that the report is as of, and whether markets are closed on the day of the post."""
    close = moment(max(map(closed_at, reports)))
    today = now.astimezone(NEW_YORK).date()
    return texts(
        "weekly.as_of" if sessions_between(today, today) else "weekly.as_of_no_session", close=close, horizon=HORIZON
    )


def _record(texts: Texts, changes: Changes) -> str:
    """How last week's forecasts turned out. It comes first, because it shows how far to trust the new ones."""
    weeks = changes.week.values()
    if not weeks:
        return ""
    inside, closes = sum(week.inside for week in weeks), sum(week.closes for week in weeks)
    nearer = sum(week.is_nearer for week in weeks)
    return texts("weekly.record", inside=inside, closes=closes, nearer=nearer, etfs=len(weeks)) + "\n"


def _track(texts: Texts, reports: Sequence[ForecastReport], records: Collection[Record]) -> str:
    """How all live forecasts of these ETFs turned out so far."""
    symbols = {report.symbol for report in reports}
    scored = [r for r in records if r.symbol in symbols and r.kind == "live" and r.scores]
    if not scored:
        return ""
    sessions = sum(record.sessions for record in scored)
    held = sum(record.scores["lstm"].cover80 * record.sessions for record in scored) / sessions
    better = sum(record.scores["lstm"].skill_rw > 0 for record in scored)
    facts = {
        "closes": texts.number(f"{sessions:,}"),
        "held": percent(texts, held),
        "better": better,
        "etfs": len(scored),
    }
    return texts("monthly.record", **facts) + "\n"


def _warning(texts: Texts, old: Sequence[Symbol], reports: int) -> str:
    if not old:
        return ""
    if len(old) == reports:
        return texts("weekly.all_old") + "\n"
    return texts("weekly.some_old", symbols=shortened(", ".join(old), 200)) + "\n"


def _lines(
    texts: Texts, reports: Sequence[ForecastReport], old: Collection[Symbol], changes: Changes, kind: str
) -> str:
    """A line per ETF; shorter lines if there are too many ETFs."""
    newest = max(report.as_of for report in reports)
    for is_short in (False, True):
        lines = [
            _line(
                texts,
                report,
                changes.before.get(report.symbol),
                kind,
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
    kind: str,
    *,
    is_old: bool,
    is_behind: bool,
    is_short: bool,
) -> str:
    prices = (report.last_close, *range_of(report.forecast[-1]))
    write = short_price if is_short else usd
    last, low, median, high = (write(texts, price, report.currency) for price in prices)
    remarks = [_skill(texts, report, is_short=is_short)]
    if (since_last_week := change_of_median(report, before)) is not None:
        remarks.insert(0, texts(f"{kind}.since", change=signed_percent(texts, since_last_week)))
    if is_behind:
        remarks.append(texts("weekly.behind", session=session_close(report.symbol, report.as_of, "d")))
    if is_old:
        remarks.append(texts("weekly.not_new"))
    return (
        f"**{report.symbol}** {last} → **{median}** "
        f"({change(texts, report, prices[2])}) [{low} {texts('weekly.to')} {high}] · {' · '.join(remarks)}"
    )


def change_of_median(report: ForecastReport, before: ForecastReport | None) -> float | None:
    """By which share this forecast's last median is above that of an earlier forecast, both in today's prices.

    The earlier one is scaled by what splits and dividends have since done to its as-of close. None if there is no
    earlier one, or if the report's history no longer reaches back to its as-of session.
    """
    if before is None or (unit := unit_change(report, before)) is None:
        return None
    _, old_median, _ = range_of(before.forecast[-1])
    _, median, _ = range_of(report.forecast[-1])
    return median / (old_median * unit) - 1.0


def unit_change(report: ForecastReport, before: ForecastReport) -> float | None:
    """By what a price of an earlier forecast is multiplied to be one of today: splits and dividends change that.

    None if the report's history no longer reaches back to the earlier one's as-of session.
    """
    then = next((close.close for close in report.history if close.session == before.as_of), None)
    return None if then is None else then / before.last_close


def _skill(texts: Texts, report: ForecastReport, *, is_short: bool) -> str:
    if not report.scores:
        return texts("weekly.young_short" if is_short else "weekly.young")
    scores = report.scores["lstm"]
    if not is_short:
        return skill(texts, scores)
    size = percent(texts, abs(scores.skill_rw))
    sign = "−" if scores.skill_rw < -0.005 else "+" if scores.skill_rw > 0.005 else "±"
    return texts("weekly.skill", skill=f"{sign}{size}")


def _changes(texts: Texts, changes: Changes) -> list[str]:
    """The most serious first."""
    lines = [texts.said(change.sentence) for change in changes.securities]
    lines += [
        texts("weekly.failed", symbol=failure.symbol, message=texts.said(failure.message)) for failure in changes.failed
    ]
    if changes.faults:
        faults = ", ".join(f"{fault.symbol} {fault.session} ({fault.kind})" for fault in changes.faults)
        lines.append(texts("weekly.faults", faults=faults))
    if changes.promoted:
        lines.append(texts("weekly.promoted", symbols=", ".join(sorted(changes.promoted))))
    return lines


def _in_words(texts: Texts, report: ForecastReport) -> str:
    low, median, high = (change(texts, report, price) for price in range_of(report.forecast[-1]))
    return texts("weekly.alt_line", symbol=report.symbol, median=median, low=low, high=high)
