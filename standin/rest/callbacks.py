"""What the bot answers to interactions: the first answer, follow-ups, and changes of either."""

from __future__ import annotations

from standin import errors
from standin.attachments import Upload
from standin.content import EPHEMERAL, LOADING
from standin.errors import ApiError, Json
from standin.exchange import FIRST_ANSWER_WITHIN, TOKEN_LIFE, CallbackType, Exchange, InteractionType
from standin.limits.commands import check_choices
from standin.model import CHAT_INPUT_COMMAND, DEFAULT, Message
from standin.rest.server import Answer, Recorded, Routes
from standin.world import World

ALLOWED_ANSWERS = {
    InteractionType.COMMAND: {CallbackType.MESSAGE, CallbackType.DEFER, CallbackType.MODAL},
    InteractionType.COMPONENT: set(CallbackType) - {CallbackType.CHOICES},
    InteractionType.AUTOCOMPLETE: {CallbackType.CHOICES},
}


class Callbacks:
    """The handlers of the routes that need an interaction's token instead of the bot's."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._exchanges: dict[str, Exchange] = {}

    def expect(self, exchange: Exchange) -> None:
        """From now on the bot may answer ``exchange``."""
        self._exchanges[exchange.token] = exchange

    def routes(self) -> Routes:
        webhook = "/webhooks/{application}/{token}"
        return [
            ("POST", "/interactions/{interaction}/{token}/callback", self.callback),
            ("POST", webhook, self.follow_up),
            ("GET", f"{webhook}/messages/{{message}}", self.get),
            ("PATCH", f"{webhook}/messages/{{message}}", self.edit),
            ("DELETE", f"{webhook}/messages/{{message}}", self.delete),
        ]

    async def callback(self, asked: Recorded) -> Answer:
        """The first answer, at most 3 s after the interaction."""
        exchange = self._exchanges.get(asked.params["token"])
        if exchange is None or exchange.id != asked.number("interaction"):
            raise ApiError(*errors.UNKNOWN_INTERACTION)
        if exchange.answer_type is not None:
            raise ApiError(*errors.ALREADY_ACKNOWLEDGED)
        if self._world.now() - exchange.created_at > FIRST_ANSWER_WITHIN:
            raise ApiError(*errors.UNKNOWN_INTERACTION)
        body = asked.body or {}
        kind, data = body.get("type"), body.get("data") or {}
        if kind not in ALLOWED_ANSWERS[exchange.kind]:
            raise wrong_answer_type(kind, exchange.kind)
        message = self._carry_out(exchange, kind, data, asked.files)
        exchange.answer_type = kind
        self._world.changes.notify()
        if asked.query.get("with_response") != "1":
            return 204, None
        return 200, _callback_response(exchange, kind, message)

    async def follow_up(self, asked: Recorded) -> Answer:
        """A further message; the first one after a deferral replaces "thinking…"."""
        exchange = self._answering(asked)
        body = asked.body or {}
        original = exchange.original
        is_deferred = exchange.answer_type == CallbackType.DEFER
        if is_deferred and original is not None and original.thinking and not original.deleted:
            return 200, self._world.edit(original, body, asked.files).payload()
        message = self._post(exchange, body, asked.files)
        exchange.followups.append(message)
        self._world.changes.notify()
        return 200, message.payload()

    async def get(self, asked: Recorded) -> Answer:
        return 200, self._message(asked).payload()

    async def edit(self, asked: Recorded) -> Answer:
        exchange, message = self._answering(asked), self._message(asked)
        self._world.edit(message, asked.body or {}, asked.files)
        if message is exchange.original:
            exchange.updated = True
            self._world.changes.notify()
        return 200, message.payload()

    async def delete(self, asked: Recorded) -> Answer:
        self._world.delete(self._message(asked))
        return 204, None

    def _carry_out(self, exchange: Exchange, kind: int, data: Json, files: list[Upload]) -> Message | None:
        """Do what the first answer says. Returns the message that it made or changed."""
        match kind:
            case CallbackType.MESSAGE:
                exchange.original = self._post(exchange, data, files, CHAT_INPUT_COMMAND, prefix=("data",))
            case CallbackType.DEFER:
                flags = LOADING | (data.get("flags") or 0) & EPHEMERAL
                exchange.original = self._post(exchange, {}, [], CHAT_INPUT_COMMAND, flags)
            case CallbackType.DEFER_UPDATE:
                exchange.original = exchange.pressed
            case CallbackType.UPDATE:
                if exchange.pressed is None:
                    raise wrong_answer_type(kind, exchange.kind)
                exchange.original = self._world.edit(exchange.pressed, data, files, prefix=("data",))
            case CallbackType.CHOICES:
                check_choices(data.get("choices") or [])
                exchange.choices = list(data.get("choices") or [])
            case CallbackType.MODAL:
                exchange.modal = data
        return exchange.original

    def _post(
        self,
        exchange: Exchange,
        body: Json,
        files: list[Upload],
        message_type: int = DEFAULT,
        flags: int = 0,
        prefix: tuple[str, ...] = (),
    ) -> Message:
        message = Message(
            self._world.new_id(),
            exchange.channel,
            self._world.bot,
            self._world.now(),
            type=message_type,
            flags=flags,
            invoked=exchange.metadata(),
            invoked_by=exchange.user,
            line=exchange.line,
        )
        return self._world.post(message, body, files, prefix)

    def _answering(self, asked: Recorded) -> Exchange:
        """The exchange of the token, if it has a first answer.

        Raises:
            ApiError: 404 unknown or without a first answer, 401 older than 15 minutes.
        """
        exchange = self._exchanges.get(asked.params["token"])
        if exchange is None or exchange.answer_type is None or asked.number("application") != self._world.bot.id:
            raise ApiError(*errors.UNKNOWN_WEBHOOK)
        if self._world.now() - exchange.created_at > TOKEN_LIFE:
            raise ApiError(*errors.INVALID_WEBHOOK_TOKEN)
        return exchange

    def _message(self, asked: Recorded) -> Message:
        exchange, wanted = self._answering(asked), asked.params["message"]
        if wanted == "@original":
            found = exchange.original
        else:
            own = ([exchange.original] if exchange.original else []) + exchange.followups
            found = next((message for message in own if str(message.id) == wanted), None)
        if found is None or found.deleted:
            raise ApiError(*errors.UNKNOWN_MESSAGE)
        return found


def wrong_answer_type(answer: object, interaction: int) -> ApiError:
    """An answer that does not fit the interaction, for example choices to a command."""
    fault = {"code": "INTERACTION_CALLBACK_INVALID_TYPE", "message": f"Type {answer} cannot answer type {interaction}."}
    return ApiError(*errors.INVALID_FORM_BODY, {"type": {"_errors": [fault]}})


def _callback_response(exchange: Exchange, kind: int, message: Message | None) -> Json:
    interaction: Json = {"id": str(exchange.id), "type": exchange.kind}
    response: Json = {"interaction": interaction}
    if message is not None:
        interaction |= {
            "response_message_id": str(message.id),
            "response_message_loading": message.thinking,
            "response_message_ephemeral": message.ephemeral,
        }
        if kind in (CallbackType.MESSAGE, CallbackType.UPDATE):
            response["resource"] = {"type": kind, "message": message.payload()}
    return response
