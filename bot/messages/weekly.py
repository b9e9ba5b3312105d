"""The report that a server gets each week: every ETF in one line, in one embed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import discord

from bot.messages.formats import (
    AMBER,
    BLUE,
    HIGH,
    LOW,
    MAX_DESCRIPTION,
    MEDIAN,
    TOO_YOUNG,
    fitting,
    session_close,
    shortened,
    signed_percent,
    skill,
    small_print,
    usd,
)
from bot.messages.staleness import ROOM_FOR_STALE, stale_badges
from forecasting import HORIZON, ForecastReport, Symbol

ROOM_FOR_WORDS: Final = 500 + ROOM_FOR_STALE


def weekly_embed(
    reports: Sequence[ForecastReport], not_retrained: Collection[Symbol], picture: str | None, now: datetime
) -> discord.Embed:
    """Every ETF's last close, median and 80 % range in 60 sessions, and skill where it has been measured.

    Args:
        reports: at least one; the newest of each ETF.
        not_retrained: those whose training of this week failed for good, so that their model is not new.
        picture: name of the attached picture.
        now: when it is posted; prices that end too long before it are called stale.
    """
    badge = stale_badges(reports, now)
    old = [report.symbol for report in reports if report.symbol in not_retrained]
    newest = max(report.as_of for report in reports)
    lines = [_line(report, is_old=report.symbol in old, is_behind=report.as_of < newest) for report in reports]
    embed = discord.Embed(
        title=f"Weekly forecast, {HORIZON} sessions ahead",
        colour=AMBER if old or badge else BLUE,
        description=(
            f"{badge}{_warning(old, len(reports))}"
            f"As of the close of {session_close(newest)}; in brackets the 80 % range.\n\n"
            f"{fitting(lines, MAX_DESCRIPTION - ROOM_FOR_WORDS)}\n\n"
            "`/forecast` shows one of them with its chart, `/scores` how such forecasts did."
        ),
    )
    if picture is not None:
        embed.set_image(url=f"attachment://{picture}")
    return embed.set_footer(text=small_print(reports[0]))


def _warning(old: Sequence[Symbol], reports: int) -> str:
    if not old:
        return ""
    which = "these forecasts are" if len(old) == reports else f"{shortened(', '.join(old), 200)}: the forecast is"
    return f"**Not new:** this week's training failed, and {which} from the model of an earlier week.\n"


def _line(report: ForecastReport, *, is_old: bool, is_behind: bool) -> str:
    quantiles = report.forecast[-1].quantiles
    low, median, high = (usd(quantiles[level], report.currency) for level in (LOW, MEDIAN, HIGH))
    remarks = [skill(report.scores["lstm"]) if report.scores else TOO_YOUNG]
    if is_behind:
        remarks.append(f"as of {session_close(report.as_of, 'd')}")
    if is_old:
        remarks.append("not new")
    return (
        f"**{report.symbol}** {usd(report.last_close, report.currency)} → **{median}** "
        f"({signed_percent(quantiles[MEDIAN] / report.last_close - 1.0)}) [{low} to {high}] · {' · '.join(remarks)}"
    )
