"""What the bot answers to interactions: callbacks, follow-ups and the original answer behind the token."""

from __future__ import annotations

from standin.api_errors import (
    ApiError,
    Json,
    already_acknowledged,
    invalid_webhook_token,
    unknown_interaction,
    unknown_message,
    unknown_webhook,
)
from standin.exchange import (
    AUTOCOMPLETE,
    CHOICES,
    COMMAND,
    COMPONENT,
    DEFER,
    DEFER_UPDATE,
    FIRST_ANSWER_WITHIN,
    MESSAGE,
    MODAL,
    TOKEN_LIFE,
    UPDATE,
    Exchange,
)
from standin.limits import check_choices
from standin.messages import CHAT_INPUT_COMMAND, DEFAULT, EPHEMERAL, LOADING, Message, Upload
from standin.posting import Invoked, Posting
from standin.recording import Recorded
from standin.rest import Answer, Handler
from standin.world import World

ALLOWED_ANSWERS = {
    COMMAND: (MESSAGE, DEFER, MODAL),
    COMPONENT: (MESSAGE, DEFER, DEFER_UPDATE, UPDATE, MODAL),
    AUTOCOMPLETE: (CHOICES,),
}


class Callbacks:
    """The handlers of the routes that carry an interaction's token instead of the bot's."""

    def __init__(self, world: World, posting: Posting) -> None:
        self._world, self._posting = world, posting
        self._exchanges: dict[str, Exchange] = {}

    def expect(self, exchange: Exchange) -> None:
        """From now on the bot may answer ``exchange``."""
        self._exchanges[exchange.token] = exchange

    def routes(self) -> list[tuple[str, str, Handler]]:
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
            raise unknown_interaction()
        if exchange.answer_type is not None:
            raise already_acknowledged()
        if self._world.now() - exchange.created_at > FIRST_ANSWER_WITHIN:
            raise unknown_interaction()
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
        """A further message; the first one after a deferral takes the place of "thinking…"."""
        exchange = self._answering(asked)
        body = asked.body or {}
        original = exchange.original
        if exchange.answer_type == DEFER and original is not None and original.thinking and not original.deleted:
            return 200, self._posting.edit(original, body, asked.files).payload()
        message = self._create(exchange, body, asked.files)
        exchange.followups.append(message)
        self._world.changes.notify()
        return 200, message.payload()

    async def get(self, asked: Recorded) -> Answer:
        return 200, self._message(asked).payload()

    async def edit(self, asked: Recorded) -> Answer:
        exchange, message = self._answering(asked), self._message(asked)
        self._posting.edit(message, asked.body or {}, asked.files)
        if message is exchange.original:
            exchange.updated()
            self._world.changes.notify()
        return 200, message.payload()

    async def delete(self, asked: Recorded) -> Answer:
        self._posting.delete(self._message(asked))
        return 204, None

    def _carry_out(self, exchange: Exchange, kind: int, data: Json, files: list[Upload]) -> Message | None:
        """Do what the first answer says; the message that it made or changed."""
        match kind:
            case 4:  # MESSAGE
                exchange.original = self._create(
                    exchange, data, files, message_type=CHAT_INPUT_COMMAND, prefix=("data",)
                )
            case 5:  # DEFER
                flags = LOADING | (data.get("flags") or 0) & EPHEMERAL
                exchange.original = self._create(
                    exchange, {}, [], flags=flags, message_type=CHAT_INPUT_COMMAND, empty=True
                )
            case 6:  # DEFER_UPDATE
                exchange.original = exchange.pressed
            case 7:  # UPDATE
                if exchange.pressed is None:
                    raise wrong_answer_type(kind, exchange.kind)
                exchange.original = self._posting.edit(exchange.pressed, data, files, prefix=("data",))
            case 8:  # CHOICES
                check_choices(data.get("choices") or [])
                exchange.choices = list(data.get("choices") or [])
            case 9:  # MODAL
                exchange.modal = data
        return exchange.original

    def _create(
        self,
        exchange: Exchange,
        body: Json,
        files: list[Upload],
        *,
        flags: int = 0,
        message_type: int = DEFAULT,
        empty: bool = False,
        prefix: tuple[str, ...] = (),
    ) -> Message:
        invoked = Invoked(exchange.user, exchange.line, exchange.metadata())
        return self._posting.create(
            exchange.channel,
            body,
            files,
            flags=flags,
            message_type=message_type,
            invoked=invoked,
            empty=empty,
            prefix=prefix,
        )

    def _answering(self, asked: Recorded) -> Exchange:
        """The exchange of the token, begun by a first answer and not 15 minutes old.

        Raises:
            ApiError: 404 unknown or not begun, 401 too old.
        """
        exchange = self._exchanges.get(asked.params["token"])
        if exchange is None or exchange.answer_type is None or asked.number("application") != self._world.bot.id:
            raise unknown_webhook()
        if self._world.now() - exchange.created_at > TOKEN_LIFE:
            raise invalid_webhook_token()
        return exchange

    def _message(self, asked: Recorded) -> Message:
        exchange, wanted = self._answering(asked), asked.params["message"]
        if wanted == "@original":
            found = exchange.original
        else:
            own = ([exchange.original] if exchange.original else []) + exchange.followups
            found = next((message for message in own if str(message.id) == wanted), None)
        if found is None or found.deleted:
            raise unknown_message()
        return found


def wrong_answer_type(answer: object, interaction: int) -> ApiError:
    """An answer that does not fit the interaction, such as choices to a command."""
    fault = {"code": "INTERACTION_CALLBACK_INVALID_TYPE", "message": f"Type {answer} cannot answer type {interaction}."}
    return ApiError(400, 50035, "Invalid Form Body", {"type": {"_errors": [fault]}})


def _callback_response(exchange: Exchange, kind: int, message: Message | None) -> Json:
    interaction: Json = {"id": str(exchange.id), "type": exchange.kind}
    response: Json = {"interaction": interaction}
    if message is not None:
        interaction |= {
            "response_message_id": str(message.id),
            "response_message_loading": message.thinking,
            "response_message_ephemeral": message.ephemeral,
        }
        if kind in (MESSAGE, UPDATE):
            response["resource"] = {"type": kind, "message": message.payload()}
    return response
