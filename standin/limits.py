"""The documented limits of a message: content, embeds, files; and of autocomplete choices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from standin.api_errors import FormErrors, Json, Path, empty_message, too_large
from standin.component_limits import check_components

MAX_CONTENT = 2000  # characters
MAX_EMBEDS = 10
MAX_EMBED_TEXT = 6000  # characters of all embeds of a message together
MAX_ALT_TEXT = 1024
MAX_FILES = 10
MAX_FILE_BYTES = 10 * 1024 * 1024  # one file, in a server without boosts
MAX_REQUEST_BYTES = 25 * 1024 * 1024
MAX_NONCE = 25
MAX_CHOICES = 25


def check_message(body: Json, *, files: Sequence[int] = (), prefix: Path = ()) -> None:
    """Refuse what Discord would refuse.

    Args:
        body: the message as sent.
        files: bytes of each uploaded file.
        prefix: where the message stands in the request's body; ``("data",)`` in an interaction's callback.

    Raises:
        ApiError: 413 for too large files, 400 with code 50035 for the rest.
    """
    if any(size > MAX_FILE_BYTES for size in files):
        raise too_large()
    errors = FormErrors()
    errors.longest((*prefix, "content"), body.get("content"), MAX_CONTENT)
    errors.longest((*prefix, "nonce"), str(body.get("nonce") or ""), MAX_NONCE)
    attachments = body.get("attachments") or []
    errors.longest((*prefix, "attachments"), attachments, MAX_FILES)
    for index, attachment in enumerate(attachments):
        errors.longest((*prefix, "attachments", index, "description"), attachment.get("description"), MAX_ALT_TEXT)
    _check_embeds(body.get("embeds") or [], errors, (*prefix, "embeds"))
    check_components(body, errors, (*prefix, "components"))
    errors.raise_if_any()


def check_not_empty(body: Json, files: int) -> None:
    """A message needs something to show.

    Raises:
        ApiError: code 50006.
    """
    shown = (body.get("content") or "").strip(), body.get("embeds"), body.get("components"), body.get("sticker_ids")
    if not files and not any(shown) and not body.get("poll"):
        raise empty_message()


def check_choices(choices: Sequence[Json], prefix: Path = ("data", "choices")) -> None:
    """Autocomplete: at most 25 choices, names of 1 to 100 characters, text values of at most 100.

    Raises:
        ApiError: code 50035.
    """
    errors = FormErrors()
    errors.longest(prefix, choices, MAX_CHOICES)
    for index, choice in enumerate(choices):
        check_choice(choice, errors, (*prefix, index))
    errors.raise_if_any()


def check_choice(choice: Json, errors: FormErrors, path: Path) -> None:
    """One choice, of autocomplete or of a command's option."""
    errors.between((*path, "name"), choice.get("name") or "", 1, 100)
    value = choice.get("value")
    if value is None or value == "":
        errors.required((*path, "value"))
    elif isinstance(value, str):
        errors.longest((*path, "value"), value, 100)


def _check_embeds(embeds: Sequence[Json], errors: FormErrors, path: Path) -> None:
    errors.longest(path, embeds, MAX_EMBEDS)
    for index, embed in enumerate(embeds):
        _check_embed(embed, errors, (*path, index))
    if sum(len(text) for embed in embeds for text in _embed_texts(embed)) > MAX_EMBED_TEXT:
        errors.add(path, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_EMBED_TEXT}")


def _check_embed(embed: Json, errors: FormErrors, path: Path) -> None:
    if not any(embed.get(key) for key in ("title", "description", "fields", "image", "thumbnail", "footer", "author")):
        errors.required((*path, "description"))
    errors.longest((*path, "title"), embed.get("title"), 256)
    errors.longest((*path, "description"), embed.get("description"), 4096)
    fields = embed.get("fields") or []
    errors.longest((*path, "fields"), fields, 25)
    for index, field in enumerate(fields):
        for key, limit in (("name", 256), ("value", 1024)):
            text = field.get(key) or ""
            if not text.strip():
                errors.required((*path, "fields", index, key))
            errors.longest((*path, "fields", index, key), text, limit)
    errors.longest((*path, "footer", "text"), (embed.get("footer") or {}).get("text"), 2048)
    errors.longest((*path, "author", "name"), (embed.get("author") or {}).get("name"), 256)
    _check_url(embed.get("url"), errors, (*path, "url"))
    for place in ("image", "thumbnail"):
        _check_url((embed.get(place) or {}).get("url"), errors, (*path, place, "url"))
    if (embed.get("color") or 0) > 0xFFFFFF:
        errors.add((*path, "color"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")
    if embed.get("timestamp"):
        _check_timestamp(embed["timestamp"], errors, (*path, "timestamp"))


def _check_url(url: str | None, errors: FormErrors, path: Path) -> None:
    scheme = (url or "https:").partition(":")[0]
    if scheme not in ("http", "https", "attachment"):
        message = f"Scheme \"{scheme}\" must be one of ('http', 'https')."
        errors.add(path, "URL_TYPE_INVALID_SCHEME", message)


def _check_timestamp(text: str, errors: FormErrors, path: Path) -> None:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        errors.add(path, "DATE_TIME_TYPE_PARSE", f"Could not parse {text}. Should be ISO8601.")


def _embed_texts(embed: Json) -> Iterator[str]:
    """The texts that count towards the 6000 characters."""
    yield from (embed.get("title") or "", embed.get("description") or "")
    yield (embed.get("footer") or {}).get("text") or ""
    yield (embed.get("author") or {}).get("name") or ""
    for field in embed.get("fields") or []:
        yield from (field.get("name") or "", field.get("value") or "")
