"""What Discord's client makes of a typed line, and what it suggests on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from standin import Guild, Member, StandIn
from standin.client.lines import Client, Refused
from tests.support.tiny_client import TinyClient


def option(name: str, kind: int = 3, **more: Any) -> dict[str, Any]:
    return {"name": name, "type": kind, "description": f"the {name}"} | more


COMMANDS: list[dict[str, Any]] = [
    {
        "name": "forecast",
        "options": [
            option("symbol", required=True, max_length=20),
            option("horizon", 4, choices=[{"name": "one week", "value": 5}, {"name": "a month", "value": 20}]),
            option("private", 5),
        ],
    },
    {
        "name": "report",
        "default_member_permissions": "32",
        "options": [
            option("here", 1),
            option("to", 1, options=[option("channel", 7, required=True), option("role", 8)]),
            option("zone", 2, options=[option("set", 1, options=[option("name", required=True)])]),
            option("at", 1, options=[option("time", required=True), option("zone"), option("weekend", 5)]),
            option("on", 1, options=[option("day", required=True, choices=[{"name": "Friday", "value": "fri"}])]),
        ],
    },
    {
        "name": "alert",
        "options": [option("price", 10, min_value=0, max_value=100), option("times", 4), option("who", 6)],
    },
]
for number, command in enumerate(COMMANDS):
    command |= {"id": str(number), "type": 1, "description": "d"}
    command.setdefault("default_member_permissions", None)


@dataclass
class Place:
    guild: Guild
    member: Member
    admin: Member

    def data(self, line: str, *, admin: bool = False) -> dict[str, Any]:
        return Client(COMMANDS, self.guild.general, self.admin if admin else self.member).invoke(line)

    def values(self, line: str) -> dict[str, Any]:
        options = self.data(line, admin=True)["options"]
        while options and "value" not in options[0]:
            options = options[0]["options"]
        return {found["name"]: found["value"] for found in options}


@pytest.fixture
async def place() -> Place:
    guild = StandIn().add_guild("Club")
    return Place(guild, guild.add_member("ann"), guild.add_member("boss", manage_guild=True))


@pytest.mark.parametrize(
    ("line", "values"),
    [
        ("/forecast ARKK", {"symbol": "ARKK"}),
        ("/forecast symbol:ARKK horizon:20", {"symbol": "ARKK", "horizon": 20}),
        ("/forecast horizon:5 symbol:ARKK", {"symbol": "ARKK", "horizon": 5}),
        ("/forecast ARKK 20 true", {"symbol": "ARKK", "horizon": 20, "private": True}),
        ("/forecast ARKK one week", {"symbol": "ARKK one week"}),  # a text goes on, as in the client's field
        ('/forecast ARKK horizon:"one week"', {"symbol": "ARKK", "horizon": 5}),
        ('/forecast "ark inn" private:False', {"symbol": "ark inn", "private": False}),
        ("/forecast symbol:ark inn horizon:5", {"symbol": "ark inn", "horizon": 5}),
        ("/forecast symbol:ARKK 20", {"symbol": "ARKK", "horizon": 20}),
        ("/forecast symbol:ARKK horizon:one week private:true", {"symbol": "ARKK", "horizon": 5, "private": True}),
        ("/forecast   SPY  ", {"symbol": "SPY"}),
        ("/forecast https://x.org", {"symbol": "https://x.org"}),
        ("/alert 1.5 3", {"price": 1.5, "times": 3}),
        ("/report zone set 09:30", {"name": "09:30"}),
        ("/report zone set name:Europe/London", {"name": "Europe/London"}),
        ("/report at time:9 pm zone:CET", {"time": "9 pm", "zone": "CET"}),
        ("/report at zone:new york time:9 pm weekend:true", {"time": "9 pm", "zone": "new york", "weekend": True}),
        ("/report at 21:00 CET", {"time": "21:00", "zone": "CET"}),
    ],
)
async def test_values_find_their_options(place: Place, line: str, values: dict[str, Any]) -> None:
    assert place.values(line) == values


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("hello", "begin the line with a slash"),
        ("/", "There is no command /"),
        ("/forcast SPY", "There is no command /forcast here. There are: /forecast, /alert."),
        ("/forecast", "/forecast needs its option symbol: the symbol"),
        ("/forecast SPY window:5", "has no option window; it has: symbol, horizon, private"),
        ("/forecast SPY horizon:7", "one of: one week, a month; not '7'"),
        ("/forecast symbol:A symbol:B", 'got its option symbol twice. Put a value with spaces in quotes: symbol:"…"'),
        ("/forecast xxxxxxxxxxxxxxxxxxxxx", "takes 0 to 20 characters, not 21"),
        ("/alert many", "takes a number, not 'many'"),
        ("/alert 101", "takes 0 to 100, not 101.0"),
        ("/alert 1 2 3", "Unexpected “3”. Usage: /alert [price] [times] [who]"),
        ("/alert who:3", "takes a member like @ann, not '3'"),
        ("/alert 1 2 @ann 4", "Unexpected “4”. Usage: /alert"),
        ("/alert who:@nobody", "there is no @nobody here"),
        ("/report here", "/report is hidden from you: it needs the permission Manage Server"),
    ],
)
async def test_a_line_that_the_client_would_not_send_says_why(place: Place, line: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        place.data(line)
    assert words in str(refused.value)


async def test_without_any_command_a_line_says_why_there_is_none() -> None:
    stand_in = StandIn()
    guild, elsewhere = stand_in.add_guild("Club"), stand_in.add_guild("Elsewhere", has_bot=False)
    starting = stand_in.begin(guild.general, guild.add_member("ann"), "/help")
    assert starting.refusal == "The bot is still starting; try again in a moment."
    absent = stand_in.begin(elsewhere.general, elsewhere.add_member("bob"), "/help")
    assert absent.refusal == "The bot is not in this server, and you have not installed it for yourself."


async def test_subcommands_and_mentions(place: Place) -> None:
    assert place.data("/report here", admin=True)["options"] == [{"name": "here", "type": 1, "options": []}]
    with pytest.raises(Refused, match="/report needs one of: /report here, /report to, /report zone"):
        place.data("/report", admin=True)
    with pytest.raises(Refused, match=r"/report on needs its option day: the day \(one of: Friday\)"):
        place.data("/report on", admin=True)
    role = place.guild.add_role("Traders")
    general = place.guild.general
    data = place.data(f"/report to #general <@&{role.id}>", admin=True)
    assert place.values("/report to #general @Traders") == {"channel": str(general.id), "role": str(role.id)}
    assert set(data["resolved"]) == {"channels", "roles"}
    assert place.data("/alert who:@ann")["resolved"]["users"][str(place.member.id)]["username"] == "ann"


@pytest.fixture
async def served() -> AsyncIterator[tuple[StandIn, Guild, Member]]:
    async with StandIn() as stand_in:
        guild = stand_in.add_guild("Club")
        async with stand_in.running(TinyClient()):
            yield stand_in, guild, guild.add_member("ann")


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("/he", ["/hello "]),
        ("/rep", []),  # hidden from ordinary members
        ("no command", []),
        ("/forecast ", [*(f"/forecast symbol:{s} " for s in ("ARKK", "SPY", "FNGU")), "/forecast horizon:"]),
        ("/forecast sp", ["/forecast symbol:SPY "]),
        ("/forecast symbol:f", ["/forecast symbol:FNGU "]),
        ("/forecast SPY ", [f"/forecast SPY horizon:{n} " for n in (5, 20, 60)]),
        ("/forecast SPY horizon:6", ["/forecast SPY horizon:60 "]),
        ("/forecast nothing:", []),
        ("/forecast ark inn", ["/forecast symbol:\"ARK INN\" "]),
        ("/forecast symbol:ark inn", ["/forecast symbol:\"ARK INN\" "]),
        ("/hello name:bob private:", ["/hello name:bob private:True ", "/hello name:bob private:False "]),
    ],
)  # fmt: skip
async def test_suggestions(served: tuple[StandIn, Guild, Member], typed: str, lines: list[str]) -> None:
    stand_in, guild, ann = served
    found = await stand_in.suggest(guild.general, ann, typed)
    assert [suggestion.line for suggestion in found] == lines


async def test_every_command_is_suggested_and_described_in_the_members_language(
    served: tuple[StandIn, Guild, Member],
) -> None:
    stand_in, guild, ann = served
    bodies = [{"name": f"more-{number}", "type": 1, "description": "One more"} for number in range(60)]
    bodies[0] |= {"description_localizations": {"de": "Noch einer"}, "options": [option("day", choices=[
        {"name": "Friday", "name_localizations": {"de": "Freitag"}, "value": "fri"}
    ])]}  # fmt: skip
    stand_in.commands.overwrite(0, bodies)
    assert len(await stand_in.suggest(guild.general, ann, "/")) == 60
    ann.user.locale = "de"
    (first, *_) = await stand_in.suggest(guild.general, ann, "/more-0")
    assert first.detail == "Noch einer"
    (day,) = await stand_in.suggest(guild.general, ann, "/more-0 day:")
    assert (day.label, day.line) == ("Freitag", "/more-0 day:fri ")
    assert stand_in.commands.of(0)[0]["description"] == "One more", "the bot gets back what it has sent"
