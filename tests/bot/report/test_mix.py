"""A member's saved portfolio in a server's reports, through the stand-in."""

from __future__ import annotations

from datetime import timedelta

from forecasting import open_database
from tests.support.bot_env import REPORT_TIME, BotEnv, posts
from tests.support.reports import AS_OF

SET = (
    "/report set #general day:{day} time:9 timezone:America/New_York symbols:ARKK portfolio:{name} language:{language}"
)
HOSTILE = "`@everyone` **[a](b)** <@1> ||"
SHOWN = r"\`\@everyone\` \*\*\[a\](b)\*\* \<\@1\> \|\|"


async def told(env: BotEnv, line: str) -> str:
    return (await env.ask(line, env.ann)).text


async def set_with(env: BotEnv, day: str = "Saturday", name: str = "Home", language: str = "en") -> str:
    """Save a portfolio as the admin, and set a report with it."""
    await told(env, f'/portfolios save name:"{name}" mix:"SPY:60 FNGU:40"')
    return await told(env, SET.format(day=day, name=f'"{name}"', language=language))


async def test_the_weekly_report_shows_the_portfolio_in_words_picture_and_alt_text(env: BotEnv) -> None:
    bot = env.bot()
    async with env.discord.running(bot):
        without = (await env.ask("/report preview", env.ann)).message.files[0]
        answer = await set_with(env)
        preview = await env.ask("/report preview", env.ann)
        status = await told(env, "/report status")
        env.clock.at = REPORT_TIME
        await bot.schedule.run_due()
    includes = "It includes the portfolio **Home** (SPY 60%, FNGU 40%), as it was when the report was set."
    assert includes in answer
    assert includes in status
    words = "**Home** (SPY 60%, FNGU 40%), if bought now and held for 60 trading days: median **+5.3%**"
    (post,) = posts(env.club)
    for text in (preview.text, post.text):
        assert words in text
        assert "80% range −" in text
        assert "chance of a loss **" in text
        assert "not scored on its own" in text
    (file,) = post.files
    assert file.content.startswith(b"\x89PNG")
    assert file.content != without.content
    assert "\nHome: +5.3%" in (file.description or "")


async def test_daily_and_monthly_reports_show_it_too_each_in_its_language(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        await set_with(env, "all", language="de")
        await set_with(env, "1st", language="fr")
        for number in (1, 2):
            await told(env, f"/report test report:{number}")
    daily, monthly = (post.text for post in posts(env.club))
    assert "**Home** (SPY 60\u00a0%, FNGU 40\u00a0%), jetzt gekauft und 5 Handelstage gehalten: Median **+0,5" in daily
    assert "**Home** (SPY 60\u202f%, FNGU 40\u202f%), acheté maintenant et conservé 60 séances" in monthly


async def test_the_copy_stays_when_its_member_removes_the_portfolio_or_all_their_data(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        await set_with(env)
        removed = await told(env, "/portfolios remove home")
        strange = await told(env, SET.format(day="Sunday", name="Home", language="en"))
        await told(env, "/portfolios save name:Other mix:SPY,FNGU")
        asked = await env.ask("/delete-data mine", env.ann)
        deleted = await env.discord.press(asked.message, "Delete permanently", env.ann)
        preview = await told(env, "/report preview")
        about = await told(env, "/privacy")
    assert "Reports and alerts that were set with it keep their own copy." in removed
    assert "You have no saved portfolio called “Home”" in strange
    assert "Deleted." in deleted.text
    assert "**Home** (SPY 60%, FNGU 40%), if bought now" in preview
    assert "keeps a copy of its name and weights, but not whose it was" in about


async def test_a_hostile_name_is_shown_as_it_is_and_only_ones_own_portfolios_are_offered(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        bad = await told(env, '/portfolios save name:"\u202egnirts" mix:"SPY:60 FNGU:40"')
        answer = await set_with(env, name=HOSTILE)
        preview = await told(env, "/report preview")
        line = "/report set #general day:Saturday time:9 timezone:Berlin portfolio:every"
        env.let_everybody_use("report")
        own, others = [
            await env.discord.autocomplete(env.club.general, who, line, "portfolio") for who in (env.ann, env.bob)
        ]
        unknown = await told(env, SET.format(day="Sunday", name='"@here"', language="en"))
    assert "(U+202E)gnirts” can't be used" in bad
    assert f"**{SHOWN}** (SPY 60%, FNGU 40%)" in answer
    assert f"**{SHOWN}** (SPY 60%, FNGU 40%), if bought now" in preview
    assert [choice["value"] for choice in own] == [HOSTILE]
    assert others == []
    assert r"called “\@here”" in unknown


async def test_a_report_without_the_option_and_one_by_here_show_what_they_should(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        await set_with(env)
        here = await told(env, "/report here")
        without = await told(env, "/report set #general day:Saturday time:9 timezone:Berlin")
    assert "It includes the portfolio **Home**" in here
    assert "It includes the portfolio" not in without


async def test_a_portfolio_that_cannot_be_forecast_says_why_and_the_rest_is_posted(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        await set_with(env)
        with open_database(env.database_url).begin() as connection:
            connection.exec_driver_sql("DELETE FROM reports WHERE symbol = 'FNGU'")
        await told(env, "/report test")
        (post,) = posts(env.club)
        env.publish(("FNGU",), as_of=AS_OF - timedelta(days=1))
        older = await told(env, "/report preview")
    assert "**Home** (SPY 60%, FNGU 40%): no forecast this time. FNGU has no forecast yet." in post.text
    assert "**ARKK** $" in post.text
    assert "Home" not in (post.files[0].description or "")
    assert "no forecast this time. The forecasts of these ETFs are of different days" in older
