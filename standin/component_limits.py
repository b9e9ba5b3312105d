"""The documented limits of a message's components: rows, buttons, menus."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from standin.api_errors import FormErrors, Json, Path

MAX_ROWS = 5
COMPONENTS_V2 = 1 << 15  # message flag

ACTION_ROW, BUTTON, STRING_SELECT = 1, 2, 3
SELECTS = frozenset({3, 5, 6, 7, 8})
LINK, PREMIUM = 5, 6  # button styles


def check_components(body: Json, errors: FormErrors, path: Path) -> None:
    """All components of a message, the faults added to ``errors`` under ``path``."""
    rows = body.get("components") or []
    if not (body.get("flags") or 0) & COMPONENTS_V2:
        errors.longest(path, rows, MAX_ROWS)
    seen: set[str] = set()
    for index, row in enumerate(rows):
        _check_component(row, seen, errors, (*path, index))


def _check_component(component: Json, seen: set[str], errors: FormErrors, path: Path) -> None:
    kind = component.get("type")
    children = component.get("components") or []
    if kind == ACTION_ROW:
        errors.between((*path, "components"), children, 1, 5)
        if any(child.get("type") in SELECTS for child in children) and len(children) > 1:
            message = "The specified component exceeds the maximum width"
            errors.add((*path, "components"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message)
    for index, child in enumerate(children):
        _check_component(child, seen, errors, (*path, "components", index))
    if kind == BUTTON:
        _check_button(component, errors, path)
    if kind == STRING_SELECT:
        _check_options(component.get("options") or [], errors, (*path, "options"))
    if kind in SELECTS:
        errors.longest((*path, "placeholder"), component.get("placeholder"), 150)
    if kind in SELECTS or "custom_id" in component:
        _check_custom_id(component.get("custom_id") or "", seen, errors, (*path, "custom_id"))


def _check_custom_id(custom_id: str, seen: set[str], errors: FormErrors, path: Path) -> None:
    errors.between(path, custom_id, 1, 100)
    if custom_id in seen:
        errors.add(path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
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


def _check_options(options: Sequence[Json], errors: FormErrors, path: Path) -> None:
    errors.between(path, options, 1, 25)
    values: set[Any] = set()
    for index, option in enumerate(options):
        errors.between((*path, index, "label"), option.get("label") or "", 1, 100)
        errors.between((*path, index, "value"), option.get("value") or "", 1, 100)
        errors.longest((*path, index, "description"), option.get("description"), 100)
        if option.get("value") in values:
            message = "The specified option value is already used"
            errors.add((*path, index, "value"), "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message)
        values.add(option.get("value"))
