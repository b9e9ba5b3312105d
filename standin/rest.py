"""REST v10 as far as the bot needs it: login, commands, servers, channels, messages. Interactions: callbacks.py."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from standin.accounts import User
from standin.api_errors import (
    FormErrors,
    Json,
    cannot_send_to_user,
    unknown_application,
    unknown_command,
    unknown_guild,
    unknown_member,
    unknown_user,
)
from standin.command_limits import check_command, check_commands
from standin.guilds import Channel, Guild
from standin.posting import Posting
from standin.recording import Recorded
from standin.world import World

GLOBAL = 0
"""Key of the commands that every server has."""

IN_GUILD, IN_DIRECT = 0, 1  # a command's contexts
WITH_GUILD, WITH_USER = 0, 1  # how an application is installed

Answer = tuple[int, Any]
"""Status and JSON; 204 with None."""
Handler = Callable[[Recorded], Awaitable[Answer]]


class Commands:
    """The application commands that the bot has registered, by server and globally."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._registered: dict[int, dict[str, Json]] = {}
        self.syncs = 0
        """How often the bot replaced a whole list."""

    def overwrite(self, scope: int, commands: list[Json]) -> list[Json]:
        check_commands(commands)
        before = self._registered.get(scope, {})
        self._registered[scope] = {
            command["name"]: self._stored(scope, command, before.get(command["name"])) for command in commands
        }
        self.syncs += 1
        self._world.changes.notify()
        return self.of(scope)

    def upsert(self, scope: int, command: Json) -> tuple[bool, Json]:
        """Add or replace one; whether it is new, and the command. Raises as ``overwrite``."""
        errors = FormErrors()
        check_command(command, errors, ())
        errors.raise_if_any()
        registered = self._registered.setdefault(scope, {})
        before = registered.get(command["name"])
        registered[command["name"]] = self._stored(scope, command, before)
        return before is None, registered[command["name"]]

    def delete(self, scope: int, command_id: str) -> None:
        found = [name for name, command in self._registered.get(scope, {}).items() if command["id"] == command_id]
        if not found:
            raise unknown_command()
        del self._registered[scope][found[0]]

    def of(self, scope: int) -> list[Json]:
        return list(self._registered.get(scope, {}).values())

    def in_channel(self, channel: Channel, user: User | None = None) -> list[Json]:
        """Those that a client offers there: a server's own and the global ones that the place is a context of.

        A command that is installed with a server is offered in servers that have the bot and in its direct messages;
        one that is installed with a user follows ``user`` everywhere.
        """
        context = IN_DIRECT if channel.guild is None else IN_GUILD
        here = {WITH_GUILD} if channel.guild is None or channel.guild.has_bot else set()
        if user is not None and user.takes_bot_along:
            here.add(WITH_USER)
        offered = [
            command
            for command in self.of(GLOBAL)
            if command["contexts"] is None or context in command["contexts"]
            if context == IN_GUILD or command["dm_permission"]
            if here.intersection(command["integration_types"])
        ]
        return offered + (self.of(channel.guild.id) if channel.guild else [])

    def _stored(self, scope: int, command: Json, before: Json | None) -> Json:
        stored = {
            "default_member_permissions": None,
            "type": 1,
            "description": "",
            "dm_permission": True,
            "contexts": None,
            "integration_types": [0],
            "nsfw": False,
        } | {key: value for key, value in command.items() if value is not None}
        if stored["default_member_permissions"] is not None:
            stored["default_member_permissions"] = str(stored["default_member_permissions"])
        stored["id"] = before["id"] if before else str(self._world.snowflakes.next())
        stored["application_id"] = str(self._world.bot.id)
        stored["version"] = str(self._world.snowflakes.next())
        return stored | {"guild_id": str(scope)} if scope != GLOBAL else stored


class Rest:
    """The handlers of the bot's own routes; each takes what was read of the request and gives status and JSON."""

    def __init__(self, world: World, commands: Commands, posting: Posting, gateway_url: str) -> None:
        self._world, self._commands, self._posting, self._gateway_url = world, commands, posting, gateway_url

    def routes(self) -> list[tuple[str, str, Handler]]:
        application = "/applications/{application}/commands"
        in_guild = "/applications/{application}/guilds/{guild}/commands"
        messages = "/channels/{channel}/messages"
        return [
            ("GET", "/users/@me", self.me),
            ("GET", "/users/{user}", self.user),
            ("GET", "/oauth2/applications/@me", self.application),
            ("GET", "/applications/@me", self.application),
            ("GET", "/gateway", self.gateway),
            ("GET", "/gateway/bot", self.gateway_bot),
            *((method, path, self.commands) for path in (application, in_guild) for method in ("GET", "PUT", "POST")),
            *(("DELETE", f"{path}/{{command}}", self.delete_command) for path in (application, in_guild)),
            ("GET", "/guilds/{guild}", self.guild),
            ("GET", "/guilds/{guild}/channels", self.guild_channels),
            ("GET", "/guilds/{guild}/members/{user}", self.member),
            ("POST", "/users/@me/channels", self.open_direct),
            ("GET", "/channels/{channel}", self.channel),
            ("POST", "/channels/{channel}/typing", self.typing),
            ("GET", messages, self.history),
            ("POST", messages, self.post_message),
            ("GET", f"{messages}/{{message}}", self.message),
            ("PATCH", f"{messages}/{{message}}", self.edit_message),
            ("DELETE", f"{messages}/{{message}}", self.delete_message),
        ]

    async def me(self, _asked: Recorded) -> Answer:
        return 200, self._world.bot.payload() | {"mfa_enabled": True, "locale": "en-US", "verified": True}

    async def user(self, asked: Recorded) -> Answer:
        user = self._world.users.get(asked.number("user"))
        if user is None:
            raise unknown_user()
        return 200, user.payload()

    async def application(self, _asked: Recorded) -> Answer:
        bot = self._world.bot
        return 200, {
            "id": str(bot.id), "name": bot.name, "icon": None, "description": "", "type": None, "bot": bot.payload(),
            "verify_key": "0" * 64, "flags": 0, "flags_new": "0", "redirect_uris": [],
            "interactions_endpoint_url": None,
            "role_connections_verification_url": None, "owner": bot.payload() | {"bot": False}, "team": None,
            "approximate_guild_count": len(self._world.guilds), "approximate_user_install_count": 0,
            "approximate_user_authorization_count": 0, "explicit_content_filter": 0, "eligible_oauth2_scopes": [],
            "bot_public": True, "bot_require_code_grant": False,
        }  # fmt: skip

    async def gateway(self, _asked: Recorded) -> Answer:
        return 200, {"url": self._gateway_url}

    async def gateway_bot(self, _asked: Recorded) -> Answer:
        limit = {"total": 1000, "remaining": 1000, "reset_after": 86_400_000, "max_concurrency": 1}
        return 200, {"url": self._gateway_url, "session_start_limit": limit, "shards": 1}

    async def commands(self, asked: Recorded) -> Answer:
        scope = self._scope(asked)
        if asked.method == "PUT":
            return 200, self._commands.overwrite(scope, asked.body or [])
        if asked.method == "POST":
            new, command = self._commands.upsert(scope, asked.body or {})
            return (201 if new else 200), command
        return 200, self._commands.of(scope)

    async def delete_command(self, asked: Recorded) -> Answer:
        self._commands.delete(self._scope(asked), asked.params["command"])
        return 204, None

    async def guild(self, asked: Recorded) -> Answer:
        return 200, self._guild(asked).payload()

    async def guild_channels(self, asked: Recorded) -> Answer:
        return 200, [channel.payload() for channel in self._guild(asked).channels.values()]

    async def member(self, asked: Recorded) -> Answer:
        member = self._guild(asked).members.get(asked.number("user"))
        if member is None:
            raise unknown_member()
        return 200, member.payload()

    async def open_direct(self, asked: Recorded) -> Answer:
        user = self._world.users.get(int((asked.body or {}).get("recipient_id") or 0))
        if user is None:
            raise unknown_user()
        return 200, self._world.direct_channel(user).payload()

    async def channel(self, asked: Recorded) -> Answer:
        return 200, self._posting.allowed_channel(asked.number("channel")).payload()

    async def typing(self, asked: Recorded) -> Answer:
        self._posting.allowed_channel(asked.number("channel"), body={})
        return 204, None

    async def history(self, asked: Recorded) -> Answer:
        channel = self._posting.allowed_channel(asked.number("channel"))
        shown = [m for m in channel.messages.values() if not m.deleted and not m.ephemeral]
        before = int(asked.query.get("before", 1 << 63))
        newest_first = [m.payload() for m in reversed(shown) if m.id < before]
        return 200, newest_first[: int(asked.query.get("limit", 50))]

    async def post_message(self, asked: Recorded) -> Answer:
        body = asked.body or {}
        channel = self._posting.allowed_channel(asked.number("channel"), body, len(asked.files))
        if channel.recipient is not None and not channel.recipient.accepts_direct:
            raise cannot_send_to_user()
        body = body | {"flags": (body.get("flags") or 0) & ~(1 << 6)}  # only interactions answer in private
        return 200, self._posting.create(channel, body, asked.files).payload()

    async def message(self, asked: Recorded) -> Answer:
        channel = self._posting.allowed_channel(asked.number("channel"))
        return 200, self._posting.message(channel, asked.number("message")).payload()

    async def edit_message(self, asked: Recorded) -> Answer:
        channel = self._posting.allowed_channel(asked.number("channel"))
        message = self._posting.own_message(channel, asked.number("message"))
        return 200, self._posting.edit(message, asked.body or {}, asked.files).payload()

    async def delete_message(self, asked: Recorded) -> Answer:
        channel = self._posting.allowed_channel(asked.number("channel"))
        self._posting.delete(self._posting.own_message(channel, asked.number("message")))
        return 204, None

    def _scope(self, asked: Recorded) -> int:
        if asked.number("application") != self._world.bot.id:
            raise unknown_application()
        return self._guild(asked).id if "guild" in asked.params else GLOBAL

    def _guild(self, asked: Recorded) -> Guild:
        guild = self._world.guilds.get(asked.number("guild"))
        if guild is None or self._world.bot.id not in guild.members:
            raise unknown_guild()
        return guild
