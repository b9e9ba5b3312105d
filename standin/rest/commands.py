"""The application commands that the bot has registered."""

from __future__ import annotations

from standin.errors import UNKNOWN_COMMAND, ApiError, Json
from standin.limits.commands import check_commands
from standin.model import Channel, User
from standin.world import World

GLOBAL = 0
"""Scope of the commands that every server has; the scope of a server's own commands is its id."""

IN_GUILD, IN_DIRECT = 0, 1  # a command's contexts
WITH_GUILD, WITH_USER = 0, 1  # how an application is installed

DEFAULTS: Json = {
    "default_member_permissions": None, "type": 1, "description": "", "dm_permission": True, "contexts": None,
    "integration_types": [WITH_GUILD], "nsfw": False,
}  # fmt: skip


class Commands:
    """The registered commands by scope and name."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._registered: dict[int, dict[str, Json]] = {}
        self.syncs = 0
        """How often the bot replaced a whole list."""

    def overwrite(self, scope: int, commands: list[Json]) -> list[Json]:
        """Replace all commands of ``scope``; a name that was there keeps its id.

        Raises:
            ApiError: a command breaks a limit.
        """
        check_commands(commands)
        before = self._registered.get(scope, {})
        self._registered[scope] = {
            command["name"]: self._stored(scope, command, before.get(command["name"])) for command in commands
        }
        self.syncs += 1
        self._world.changes.notify()
        return self.of(scope)

    def delete(self, scope: int, command_id: str) -> None:
        for command in self.of(scope):
            if command["id"] == command_id:
                del self._registered[scope][command["name"]]
                return
        raise ApiError(*UNKNOWN_COMMAND)

    def of(self, scope: int) -> list[Json]:
        return list(self._registered.get(scope, {}).values())

    def in_channel(self, channel: Channel, user: User | None = None) -> list[Json]:
        """The commands that a client offers in ``channel``: the server's own, and the global ones for such a place.

        A command installed with a server is offered in servers that have the bot and in its direct messages; a command
        installed with a user follows ``user`` everywhere.
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
        stored = DEFAULTS | {key: value for key, value in command.items() if value is not None}
        if stored["default_member_permissions"] is not None:
            stored["default_member_permissions"] = str(stored["default_member_permissions"])
        stored["id"] = before["id"] if before else str(self._world.new_id())
        stored["application_id"] = str(self._world.bot.id)
        stored["version"] = str(self._world.new_id())
        return stored | {"guild_id": str(scope)} if scope != GLOBAL else stored


def in_language(body: Json, locale: str) -> Json:
    """A command, an option or a choice with the description, or a choice's name, that a client of ``locale`` shows."""
    shown = dict(body)
    for key in ("description", "name") if "value" in body else ("description",):
        shown[key] = (body.get(f"{key}_localizations") or {}).get(locale, body.get(key))
    for key in ("options", "choices"):
        if body.get(key):
            shown[key] = [in_language(each, locale) for each in body[key]]
    return shown
