"""The weekly work with nothing left out: real training on simulated prices, in a real child process."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.jobs.worker import COMMAND
from tests.support.town import REPORT_TIME, SATURDAY, UNIVERSE, posts, small_town

PNG_HEAD = b"\x89PNG\r\n\x1a\n"


async def test_saturday_trains_and_reports_what_members_then_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with small_town(tmp_path, monkeypatch) as town:
        town.publish()
        library, silent = town.discord.add_guild("Library"), town.discord.add_guild("Silent")
        bot = town.bot(job_command=COMMAND)
        async with town.discord.running(bot):
            await town.ask("/report here", town.ann)
            await town.ask("/report here", library.add_member("cleo", manage_guild=True), library)
            for at in (SATURDAY, REPORT_TIME):
                town.clock.at = at
                await bot.schedule.run_due()
            (post,), (_,) = posts(town.club), posts(library)
            forecast = (await town.ask("/forecast ARKK")).message
            status = (await town.ask("/status")).message
        again = town.bot(job_command=COMMAND)
        async with town.discord.running(again):
            await again.schedule.run_due()
        assert [len(posts(guild)) for guild in (town.club, library, silent)] == [1, 1, 0]
        reports = {report.symbol: report for report in await again.forecasts.all_latest()}

    assert set(reports) == set(UNIVERSE)
    assert {report.as_of for report in reports.values()} == {date(2026, 11, 20)}
    for symbol, report in reports.items():
        assert f"**{symbol}** ${report.last_close:,.2f}" in post.text
    assert f"Last close **${reports['ARKK'].last_close:,.2f}**" in forecast.text
    for message in (post, forecast):
        (file,) = message.files
        assert file.content.startswith(PNG_HEAD)
        assert len(file.content) > 10_000
        assert file.description
    assert "3 done, 0 failed" in status.text
