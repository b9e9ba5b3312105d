"""The weekly work with nothing left out: real training on simulated prices, in a real child process."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.jobs.worker import COMMAND
from tests.support.bot_env import REPORT_TIME, SATURDAY, UNIVERSE, bot_env, posts

pytestmark = pytest.mark.slow

PNG_HEAD = b"\x89PNG\r\n\x1a\n"


async def test_saturday_trains_and_reports_what_members_then_see(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish()
        library, silent = env.discord.add_guild("Library"), env.discord.add_guild("Silent")
        bot = env.bot(job_command=COMMAND)
        async with env.discord.running(bot):
            await env.ask("/report here", env.ann)
            await env.ask("/report here", library.add_member("cleo", manage_guild=True), library)
            for at in (SATURDAY, REPORT_TIME):
                env.clock.at = at
                await bot.schedule.run_due()
            (post,), (_,) = posts(env.club), posts(library)
            forecast = (await env.ask("/forecast ARKK")).message
            status = (await env.ask("/status")).message
        again = env.bot(job_command=COMMAND)
        async with env.discord.running(again):
            await again.schedule.run_due()
        assert [len(posts(guild)) for guild in (env.club, library, silent)] == [1, 1, 0]
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
    assert "3 succeeded, 0 failed" in status.text
