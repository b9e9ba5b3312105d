"""Discord's documented limits of a message: content, embeds, files and components."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from standin.errors import EMPTY_MESSAGE, TOO_LARGE, ApiError, FormErrors, Json, Path

MAX_CONTENT = 2000  # characters
MAX_EMBEDS = 10
MAX_EMBED_TEXT = 6000  # characters of all embeds of a message together
MAX_ALT_TEXT = 1024
MAX_FILES = 10
MAX_FILE_BYTES = 10 * 1024 * 1024  # one file, in a server without boosts
MAX_REQUEST_BYTES = 25 * 1024 * 1024
MAX_NONCE = 25
MAX_ROWS = 5

COMPONENTS_V2 = 1 << 15  # message flag
ACTION_ROW, BUTTON, STRING_SELECT = 1, 2, 3  # component types
SELECTS = frozenset({3, 5, 6, 7, 8})
LINK, PREMIUM = 5, 6  # button styles


def check_message(body: Json, *, files: Sequence[int] = (), prefix: Path = ()) -> None:
    """Refuse a message that breaks a limit.

    Args:
        body: the message as sent.
        files: bytes of each uploaded file.
        prefix: where the message stands in the request's body; ``("data",)`` in an interaction's callback.

    Raises:
        ApiError: 413 if a file is too large, otherwise 400 with code 50035.
    """
    if any(size > MAX_FILE_BYTES for size in files):
        raise ApiError(*TOO_LARGE)
    errors = FormErrors()
    errors.longest((*prefix, "content"), body.get("content"), MAX_CONTENT)
    errors.longest((*prefix, "nonce"), str(body.get("nonce") or ""), MAX_NONCE)
    attachments = body.get("attachments") or []
    errors.longest((*prefix, "attachments"), attachments, MAX_FILES)
    for index, attachment in enumerate(attachments):
        errors.longest((*prefix, "attachments", index, "description"), attachment.get("description"), MAX_ALT_TEXT)
    _check_embeds(body.get("embeds") or [], errors, (*prefix, "embeds"))
    _check_components(body, errors, (*prefix, "components"))
    errors.raise_if_any()


def check_not_empty(body: Json, files: int) -> None:
    """Refuse a message that shows nothing.

    Raises:
        ApiError: 400, code 50006.
    """
    shown = (body.get("content") or "").strip(), body.get("embeds"), body.get("components"), body.get("sticker_ids")
    if not files and not any(shown) and not body.get("poll"):
        raise ApiError(*EMPTY_MESSAGE)


def _check_embeds(embeds: Sequence[Json], errors: FormErrors, path: Path) -> None:
    errors.longest(path, embeds, MAX_EMBEDS)
    for index, embed in enumerate(embeds):
        _check_embed(embed, errors, (*path, index))
    if sum(len(text) for embed in embeds for _, text, _ in _embed_texts(embed)) > MAX_EMBED_TEXT:
        errors.add(path, "MAX_EMBED_SIZE_EXCEEDED", f"Embed size exceeds maximum size of {MAX_EMBED_TEXT}")


def _check_embed(embed: Json, errors: FormErrors, path: Path) -> None:
    if not any(embed.get(key) for key in ("title", "description", "fields", "image", "thumbnail", "footer", "author")):
        errors.required((*path, "description"))
    for where, text, limit in _embed_texts(embed):
        errors.longest((*path, *where), text, limit)
    fields = embed.get("fields") or []
    errors.longest((*path, "fields"), fields, 25)
    for index, field in enumerate(fields):
        for key in ("name", "value"):
            if not (field.get(key) or "").strip():
                errors.required((*path, "fields", index, key))
    _check_url(embed.get("url"), errors, (*path, "url"))
    for place in ("image", "thumbnail"):
        _check_url((embed.get(place) or {}).get("url"), errors, (*path, place, "url"))
    if (embed.get("color") or 0) > 0xFFFFFF:
        errors.add((*path, "color"), "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")
    if stamp := embed.get("timestamp"):
        try:
            datetime.fromisoformat(stamp)
        except ValueError:
            message = f"Could not parse {stamp}. Should be ISO8601."
            errors.add((*path, "timestamp"), "DATE_TIME_TYPE_PARSE", message)


def _check_url(url: str | None, errors: FormErrors, path: Path) -> None:
    scheme = (url or "https:").partition(":")[0]
    if scheme not in ("http", "https", "attachment"):
        message = f"Scheme \"{scheme}\" must be one of ('http', 'https')."
        errors.add(path, "URL_TYPE_INVALID_SCHEME", message)


def _embed_texts(embed: Json) -> Iterator[tuple[Path, str, int]]:
    """The texts that count towards the 6000 characters: place, text and limit of each."""
    yield ("title",), embed.get("title") or "", 256
    yield ("description",), embed.get("description") or "", 4096
    yield ("footer", "text"), (embed.get("footer") or {}).get("text") or "", 2048
    yield ("author", "name"), (embed.get("author") or {}).get("name") or "", 256
    for index, field in enumerate(embed.get("fields") or []):
        yield ("fields", index, "name"), field.get("name") or "", 256
        yield ("fields", index, "value"), field.get("value") or "", 1024


def _check_components(body: Json, errors: FormErrors, path: Path) -> None:
    rows = body.get("components") or []
    if not (body.get("flags") or 0) & COMPONENTS_V2:
        errors.longest(path, rows, MAX_ROWS)
    seen: set[str] = set()
    for index, row in enumerate(rows):
        _check_component(row, seen, errors, (*path, index))


def _check_component(component: Json, seen: set[str], errors: FormErrors, path: Path) -> None:
    """Check one component and those in it; ``seen`` holds the custom ids so far."""
    kind = component.get("type")
    children = component.get("components") or []
    if kind == ACTION_ROW:
        errors.not_empty((*path, "components"), children, 5)
        if any(child.get("type") in SELECTS for child in children) and len(children) > 1:
            message = "The specified component exceeds the maximum width"
            errors.add((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)
    for index, child in enumerate(children):
        _check_component(child, seen, errors, (*path, "components", index))
    if kind == BUTTON:
        _check_button(component, errors, path)
    if kind == STRING_SELECT:
        _check_menu(component.get("options") or [], errors, (*path, "options"))
    if kind in SELECTS:
        errors.longest((*path, "placeholder"), component.get("placeholder"), 150)
    if kind in SELECTS or "custom_id" in component:
        custom_id, here = component.get("custom_id") or "", (*path, "custom_id")
        errors.not_empty(here, custom_id, 100)
        if custom_id in seen:
            errors.add(here, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        seen.add(custom_id)


def _check_button(button: Json, errors: FormErrors, path: Path) -> None:
    errors.longest((*path, "label"), button.get("label"), 80)
    style = button.get("style")
    if style == LINK:
        if not button.get("url"):
            errors.required((*path, "url"))
        errors.longest((*path, "url"), button.get("url"), 512)
    elif style != PREMIUM and "custom_id" not in button:
        errors.required((*path, "custom_id"))
    if style != PREMIUM and not button.get("label") and not button.get("emoji"):
        errors.add((*path, "label"), "BUTTON_COMPONENT_INVALID", "A button must have a label or emoji")


def _check_menu(options: Sequence[Json], errors: FormErrors, path: Path) -> None:
    errors.not_empty(path, options, 25)
    values = [option.get("value") for option in options]
    for index, option in enumerate(options):
        errors.not_empty((*path, index, "label"), option.get("label"), 100)
        errors.not_empty((*path, index, "value"), option.get("value"), 100)
        errors.longest((*path, index, "description"), option.get("description"), 100)
        if values[index] in values[:index]:
            message = "The specified option value is already used"
            errors.add((*path, index, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
