"""Discord's error answers: an HTTP status, Discord's own code, and for a bad body a tree of its faults."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
Path = tuple[str | int, ...]
"""The keys and indexes that lead from a body to a value in it."""

# Status, Discord's code and its words: ApiError(*UNKNOWN_CHANNEL)
UNAUTHORIZED = 401, 0, "401: Unauthorized"
UNKNOWN_ROUTE = 404, 0, "404: Not Found"
UNKNOWN_APPLICATION = 404, 10002, "Unknown Application"
UNKNOWN_CHANNEL = 404, 10003, "Unknown Channel"
UNKNOWN_GUILD = 404, 10004, "Unknown Guild"
UNKNOWN_MEMBER = 404, 10007, "Unknown Member"
UNKNOWN_MESSAGE = 404, 10008, "Unknown Message"
UNKNOWN_USER = 404, 10013, "Unknown User"
UNKNOWN_WEBHOOK = 404, 10015, "Unknown Webhook"
UNKNOWN_INTERACTION = 404, 10062, "Unknown interaction"
UNKNOWN_COMMAND = 404, 10063, "Unknown application command"
TOO_LARGE = 413, 40005, "Request entity too large"
ALREADY_ACKNOWLEDGED = 400, 40060, "Interaction has already been acknowledged."
MISSING_ACCESS = 403, 50001, "Missing Access"
NOT_A_TEXT_CHANNEL = 400, 50008, "Cannot send messages in a non-text channel"
WRONG_CHANNEL_TYPE = 400, 50024, "Cannot execute action on this channel type"
ALREADY_CROSSPOSTED = 400, 40033, "This message has already been crossposted."
TAG_REQUIRED = 400, 40067, "A tag is required to create a forum post in this channel"
NOT_THE_AUTHOR = 403, 50005, "Cannot edit a message authored by another user"
EMPTY_MESSAGE = 400, 50006, "Cannot send an empty message"
CANNOT_SEND_TO_USER = 403, 50007, "Cannot send messages to this user"
MISSING_PERMISSIONS = 403, 50013, "Missing Permissions"
INVALID_WEBHOOK_TOKEN = 401, 50027, "Invalid Webhook Token"
INVALID_FORM_BODY = 400, 50035, "Invalid Form Body"
MALFORMED_JSON = 400, 50109, "The request body contains invalid JSON."


class ApiError(Exception):
    """A request that Discord refuses; ``errors`` is the tree of faults of code 50035."""

    def __init__(self, status: int, code: int, message: str, errors: Json | None = None) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status, self.code, self.message, self.errors = status, code, message, errors

    def body(self) -> Json:
        """The JSON that Discord sends with it."""
        body: Json = {"message": self.message, "code": self.code}
        return body | {"errors": self.errors} if self.errors else body


class FormErrors:
    """The faults of one request body, gathered because Discord reports all of them at once."""

    def __init__(self) -> None:
        self.tree: Json = {}

    def add(self, path: Path, code: str, message: str) -> None:
        """Add a fault of the value at ``path``."""
        node = self.tree
        for key in path:
            node = node.setdefault(str(key), {})
        node.setdefault("_errors", []).append({"code": code, "message": message})

    def required(self, path: Path) -> None:
        self.add(path, "BASE_TYPE_REQUIRED", "This field is required")

    def longest(self, path: Path, value: Sequence[Any] | None, limit: int) -> None:
        """Add a fault if ``value`` is longer than ``limit``; None is fine."""
        if value is not None and len(value) > limit:
            self.add(path, "BASE_TYPE_MAX_LENGTH", f"Must be {limit} or fewer in length.")

    def not_empty(self, path: Path, value: Sequence[Any] | None, most: int) -> None:
        """Add a fault if ``value`` is empty or longer than ``most``; None has length 0."""
        if not 1 <= len(value or "") <= most:
            self.add(path, "BASE_TYPE_BAD_LENGTH", f"Must be between 1 and {most} in length.")

    def raise_if_any(self) -> None:
        """Refuse the body if any fault was added.

        Raises:
            ApiError: 400, code 50035.
        """
        if self.tree:
            raise ApiError(*INVALID_FORM_BODY, self.tree)
