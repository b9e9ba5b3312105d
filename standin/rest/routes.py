"""The part of REST v10 that the bot needs: login, commands, servers, channels and messages."""

from __future__ import annotations

from collections.abc import Callable

from standin import errors
from standin.content import CROSSPOSTED, EPHEMERAL
from standin.errors import ApiError, FormErrors, Json
from standin.limits.messages import check_message, check_not_empty
from standin.model import ANNOUNCEMENTS, FORUM, Channel, Guild, Message, User
from standin.rest.commands import GLOBAL, Commands
from standin.rest.server import Answer, Recorded, Routes
from standin.world import World

MAX_THREAD_NAME = 100  # characters


class BotRoutes:
    """The handlers of the routes that need the bot's token. Interactions: callbacks.py."""

    def __init__(
        self, world: World, commands: Commands, gateway_url: str, session_start_limit: Callable[[], Json]
    ) -> None:
        self._world, self._commands, self._gateway_url = world, commands, gateway_url
        self._session_start_limit = session_start_limit

    def routes(self) -> Routes:
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
            *((method, path, self.commands) for path in (application, in_guild) for method in ("GET", "PUT")),
            *(("DELETE", f"{path}/{{command}}", self.delete_command) for path in (application, in_guild)),
            ("GET", "/guilds/{guild}", self.guild),
            ("GET", "/guilds/{guild}/channels", self.guild_channels),
            ("GET", "/guilds/{guild}/members/{user}", self.member),
            ("GET", "/guilds/{guild}/threads/active", self.active_threads),
            ("DELETE", "/users/@me/guilds/{guild}", self.leave),
            ("POST", "/users/@me/channels", self.open_direct),
            ("GET", "/channels/{channel}", self.channel),
            ("POST", "/channels/{channel}/typing", self.typing),
            ("GET", messages, self.history),
            ("POST", messages, self.post_message),
            ("GET", f"{messages}/{{message}}", self.message),
            ("PATCH", f"{messages}/{{message}}", self.edit_message),
            ("DELETE", f"{messages}/{{message}}", self.delete_message),
            ("POST", f"{messages}/{{message}}/crosspost", self.crosspost),
            ("POST", "/channels/{channel}/threads", self.post_in_forum),
        ]

    async def me(self, _asked: Recorded) -> Answer:
        return 200, self._world.bot.payload() | {"mfa_enabled": True, "locale": "en-US", "verified": True}

    async def user(self, asked: Recorded) -> Answer:
        return 200, self._user(asked.number("user")).payload()

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
        return 200, {"url": self._gateway_url, "session_start_limit": self._session_start_limit(), "shards": 1}

    async def commands(self, asked: Recorded) -> Answer:
        scope = self._scope(asked)
        if asked.method == "PUT":
            return 200, self._commands.overwrite(scope, asked.body or [])
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
            raise ApiError(*errors.UNKNOWN_MEMBER)
        return 200, member.payload()

    async def active_threads(self, asked: Recorded) -> Answer:
        threads = [t.payload() for t in self._guild(asked).threads.values() if not t.is_archived and self._sees(t)]
        return 200, {"threads": threads, "members": [], "has_more": False}

    async def leave(self, asked: Recorded) -> Answer:
        self._guild(asked).remove_bot()
        return 204, None

    async def open_direct(self, asked: Recorded) -> Answer:
        user = self._user(int((asked.body or {}).get("recipient_id") or 0))
        return 200, self._world.direct_channel(user).payload()

    async def channel(self, asked: Recorded) -> Answer:
        return 200, self._channel(asked).payload()

    async def typing(self, asked: Recorded) -> Answer:
        self._channel(asked, post={})
        return 204, None

    async def history(self, asked: Recorded) -> Answer:
        """Newest first. As in Discord, nothing without the permission to read it, and no nonce."""
        channel = self._channel(asked)
        if channel.guild is not None and not channel.permissions(channel.guild.bot).read_message_history:
            return 200, []
        before, after = int(asked.query.get("before", 1 << 63)), int(asked.query.get("after", 0))
        shown = [
            {key: value for key, value in message.payload().items() if key != "nonce"}
            for message in channel.messages.values()
            if after < message.id < before and not message.deleted and not message.ephemeral
        ]
        limit = int(asked.query.get("limit", 50))
        return 200, shown[:limit][::-1] if "after" in asked.query else shown[::-1][:limit]

    async def post_message(self, asked: Recorded) -> Answer:
        body = asked.body or {}
        channel = self._channel(asked, post=body)
        if channel.kind == FORUM:
            raise ApiError(*errors.NOT_A_TEXT_CHANNEL)
        if channel.recipient is not None and not channel.recipient.accepts_direct:
            raise ApiError(*errors.CANNOT_SEND_TO_USER)
        body = body | {"flags": (body.get("flags") or 0) & ~EPHEMERAL}  # only interactions answer in private
        message = Message(self._world.new_id(), channel, self._world.bot, self._world.now())
        channel.archive(archived=False)
        return 200, self._world.post(message, body, asked.files).payload()

    async def post_in_forum(self, asked: Recorded) -> Answer:
        """A thread with its first message, which has the thread's id. As in Discord, a nonce means nothing here."""
        body = asked.body or {}
        first = {key: value for key, value in (body.get("message") or {}).items() if key != "nonce"}
        forum = self._channel(asked, post=first)
        if forum.kind != FORUM or forum.guild is None:
            raise ApiError(*errors.WRONG_CHANNEL_TYPE)
        faults = FormErrors()
        faults.not_empty(("name",), body.get("name"), MAX_THREAD_NAME)
        faults.raise_if_any()
        if forum.requires_tag and not body.get("applied_tags"):
            raise ApiError(*errors.TAG_REQUIRED)
        check_message(first, files=[len(file.content) for file in asked.files], prefix=("message",))
        check_not_empty(first, len(asked.files))
        thread = forum.guild.add_thread(body["name"], forum, self._world.bot)
        message = Message(thread.id, thread, self._world.bot, self._world.now())
        posted = self._world.post(message, first, asked.files, ("message",))
        return 201, thread.payload() | {"message": posted.payload()}

    async def crosspost(self, asked: Recorded) -> Answer:
        """Publish a message of an announcement channel to the channels that follow it."""
        message = self._own_message(asked)
        if message.channel.kind != ANNOUNCEMENTS:
            raise ApiError(*errors.WRONG_CHANNEL_TYPE)
        if message.flags & CROSSPOSTED:
            raise ApiError(*errors.ALREADY_CROSSPOSTED)
        message.flags |= CROSSPOSTED
        return 200, message.payload()

    async def message(self, asked: Recorded) -> Answer:
        return 200, self._message(asked).payload()

    async def edit_message(self, asked: Recorded) -> Answer:
        return 200, self._world.edit(self._own_message(asked), asked.body or {}, asked.files).payload()

    async def delete_message(self, asked: Recorded) -> Answer:
        self._world.delete(self._own_message(asked))
        return 204, None

    def _scope(self, asked: Recorded) -> int:
        if asked.number("application") != self._world.bot.id:
            raise ApiError(*errors.UNKNOWN_APPLICATION)
        return self._guild(asked).id if "guild" in asked.params else GLOBAL

    def _sees(self, channel: Channel) -> bool:
        return channel.guild is not None and channel.permissions(channel.guild.bot).view_channel

    def _user(self, user_id: int) -> User:
        if user_id not in self._world.users:
            raise ApiError(*errors.UNKNOWN_USER)
        return self._world.users[user_id]

    def _guild(self, asked: Recorded) -> Guild:
        guild = self._world.guilds.get(asked.number("guild"))
        if guild is None or not guild.has_bot:
            raise ApiError(*errors.UNKNOWN_GUILD)
        return guild

    def _channel(self, asked: Recorded, post: Json | None = None) -> Channel:
        """The channel, if the bot may see it and, with ``post``, may post that there; else ApiError 404 or 403."""
        channel = self._world.channels.get(asked.number("channel"))
        if channel is None:
            raise ApiError(*errors.UNKNOWN_CHANNEL)
        if channel.guild is None:
            return channel
        permissions = channel.permissions(channel.guild.bot) if channel.guild.has_bot else None
        if permissions is None or not permissions.view_channel:
            raise ApiError(*errors.MISSING_ACCESS)
        if post is not None:
            needed = (
                permissions.send_messages if channel.parent is None else permissions.send_messages_in_threads,
                permissions.embed_links or not post.get("embeds"),
                permissions.attach_files or not asked.files,
            )
            if not all(needed):
                raise ApiError(*errors.MISSING_PERMISSIONS)
        return channel

    def _message(self, asked: Recorded) -> Message:
        """A message that everybody in the channel can see; else ApiError 404."""
        message = self._channel(asked).messages.get(asked.number("message"))
        if message is None or message.deleted or message.ephemeral:
            raise ApiError(*errors.UNKNOWN_MESSAGE)
        return message

    def _own_message(self, asked: Recorded) -> Message:
        """As ``_message``; 403 if somebody else wrote it."""
        message = self._message(asked)
        if message.author is not self._world.bot:
            raise ApiError(*errors.NOT_THE_AUTHOR)
        return message
