"""The buttons under ``/forecast``: for the asker, for others, after a restart, and when something is wrong."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.interactions.cooldowns import USES, WITHIN
from standin import Exchange, Message
from tests.support.bot_env import BotEnv
from tests.support.reports import PNG, made_report, publish

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
LABELS = ["5 trading days", "20 trading days", "60 trading days", "Light", "Scores", "Past forecasts", "CSV"]


def buttons(message: Message) -> dict[str, dict[str, object]]:
    return {button["label"]: button for row in message.components for button in row["components"]}


def current(message: Message) -> list[str]:
    """The labels of the buttons that are drawn as the present choice."""
    return [label for label, button in buttons(message).items() if button["style"] == 1]


def alt_text(exchange: Exchange) -> str:
    (file,) = exchange.message.files
    return file.description or ""


async def test_a_forecast_has_seven_buttons_and_the_odds(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/forecast ARKK")
    assert list(buttons(exchange.message)) == LABELS
    assert current(exchange.message) == ["60 trading days"]
    assert "Chance of ending higher: **" in exchange.message.text
    assert all("ARKK" in str(button["custom_id"]) for button in buttons(exchange.message).values())


async def test_the_asker_changes_the_message_itself(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        message = (await env.ask("/forecast ARKK")).message
        near = await env.discord.press(message, "5 trading days", env.bob)
        assert near.message is message
        assert current(message) == ["5 trading days"]
        (file,) = message.files
        assert file.content.startswith(PNG_HEAD)
        assert file.content != PNG, "drawn for this horizon"
        assert "the forecast for 5 trading days" in (file.description or "")
        assert "In 20 trading days" not in (file.description or "")
        assert message.embeds[0]["image"]["url"] == file.url

        light = await env.discord.press(message, "Light", env.bob)
        assert light.message is message
        assert "Dark" in buttons(message)
        assert current(message) == ["5 trading days"]
        assert message.files[0].content != file.content

        await env.discord.press(message, "60 trading days", env.bob)
        assert message.files[0].content == PNG, "the job's own picture"
    assert len(message.channel.messages) == 1


async def test_anybody_else_gets_an_answer_of_their_own_and_can_go_on_from_there(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        message = (await env.ask("/forecast ARKK")).message
        before = message.edits
        theirs = await env.discord.press(message, "20 trading days", env.ann)
        assert theirs.ephemeral
        assert theirs.message is not message
        assert current(theirs.message) == ["20 trading days"]
        assert current(message) == ["60 trading days"]
        assert message.edits == before

        again = await env.discord.press(theirs.message, "60 trading days", env.ann)
        assert again.message is theirs.message, "it is hers, so it changes"
        assert current(theirs.message) == ["60 trading days"]


async def test_scores_record_and_quantiles_come_to_the_presser_alone(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        message = (await env.ask("/forecast ARKK")).message
        scores = await env.discord.press(message, "Scores", env.bob)
        record = await env.discord.press(message, "Past forecasts", env.bob)
        file = await env.discord.press(message, "CSV", env.ann)
    assert scores.ephemeral
    assert "ARKK · forecast errors" in scores.text
    assert record.ephemeral
    assert "ARKK" in record.text
    assert file.ephemeral
    (sent,) = file.files
    assert sent.filename == "ARKK-2026-11-13.csv"
    rows = list(csv.DictReader(io.StringIO(sent.content.decode())))
    report = made_report()
    assert len(rows) == 60
    assert rows[59]["session"] == str(report.forecast[59].session)
    names = ("q025", "q10", "q25", "q50", "q75", "q90", "q975")
    assert [float(rows[59][name]) for name in names] == pytest.approx(report.forecast[59].quantiles, rel=1e-4)


async def test_the_buttons_work_after_a_restart_and_show_the_newest_forecast(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        message = (await env.ask("/forecast ARKK")).message
    publish(env.database_url, [made_report("ARKK", as_of=env.clock.at.date(), last_close=77.7)])
    async with env.discord.running(env.bot()):
        own = await env.discord.press(message, "60 trading days", env.bob)
        assert own.message is message
        assert "$77.70" in message.text
        csv_file = await env.discord.press(message, "CSV", env.ann)
        assert csv_file.files[0].filename == "ARKK-2026-11-18.csv"


async def test_a_forecast_may_be_private_and_near_from_the_start(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/forecast symbol:ARKK horizon:20 private:True")
        assert exchange.ephemeral
        assert current(exchange.message) == ["20 trading days"]
        assert "the forecast for 20 trading days" in alt_text(exchange)
        pressed = await env.discord.press(exchange.message, "Light", env.bob)
        assert pressed.message is exchange.message
        assert pressed.ephemeral


async def test_a_press_that_fails_says_why_to_the_presser_alone(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        message = (await env.ask("/forecast ARKK")).message
        row = message.components[0]
        row["components"][0] = row["components"][0] | {"custom_id": "forecast:show:GONE:5:dark"}
        own = await env.discord.press(message, "5 trading days", env.bob)
        other = await env.discord.press(message, "5 trading days", env.ann)
        env.break_reports()
        unforeseen = await env.discord.press(message, "Scores", env.ann)
    for exchange in (own, other):
        assert "I don't know an ETF called “GONE”" in exchange.text
        assert exchange.messages[-1].ephemeral
    assert current(message) == ["60 trading days"], "the message is as it was"
    assert "reference" in unforeseen.text


async def test_a_member_who_asks_all_the_time_is_told_when_again(env: BotEnv) -> None:
    async with env.discord.running(env.bot()):
        message = (await env.ask("/forecast ARKK")).message
        for _ in range(USES - 1):
            await env.ask("/forecast ARKK")
        refused = await env.ask("/forecast ARKK")
        assert refused.ephemeral
        again = int((env.clock.at + WITHIN).timestamp())
        assert f"<t:{again}:R>" in refused.text
        assert (await env.ask("/forecast ARKK", env.ann)).message.embeds, "others may"
        assert (await env.ask("/scores")).message.embeds, "another command may"
        for _ in range(USES):
            await env.discord.press(message, "Past forecasts", env.bob)
        assert f"<t:{again}:R>" in (await env.discord.press(message, "Past forecasts", env.bob)).text
        env.clock.at += WITHIN + timedelta(seconds=1)
        assert (await env.ask("/forecast ARKK")).message.embeds


async def test_long_names_and_huge_prices_fit_the_answer_with_its_buttons(env: BotEnv) -> None:
    report = replace(made_report("ABCDEFGHIJKLMNO", last_close=987_654_321.12), name="N" * 100, notes=("n" * 900,) * 3)
    publish(env.database_url, [report])
    async with env.discord.running(env.bot()):
        exchange = await env.ask("/forecast symbol:abcdefghijklmno")
        for label in LABELS:
            pressed = await env.discord.press(exchange.message, label, env.bob)
            assert pressed.messages, label
