"""Dataclasses out of the JSON in which they are stored, and what is wrong with JSON that holds none."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

_T = TypeVar("_T")


def from_json(kind: type[_T], text: str) -> _T:
    """The dataclass ``kind`` in ``text``. Fields that it has a default for may be absent; unknown ones are ignored.

    Raises:
        ValueError: the text is no JSON, or a field is absent or of another type.
    """
    try:
        value: _T = _reader(kind).validate_json(text)  # type: ignore[arg-type]  # a class can be hashed
    except ValidationError as error:
        raise ValueError(first_fault(error)) from None
    return value


def first_fault(error: ValidationError) -> str:
    """Where the first fault is, and what: ``recipe.sessions: Input should be a valid integer``."""
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'its content'}: {first['msg']}"


@cache
def _reader(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
