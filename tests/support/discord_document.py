"""Judges the bot's requests by Discord's published OpenAPI document, where the development material has it."""

from __future__ import annotations

import functools
import importlib.util
import json
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from standin import Recorded


@functools.cache
def spec_check(shared: Path) -> ModuleType:
    """The checker that lies beside the document."""
    spec = importlib.util.spec_from_file_location("spec_check", shared / "discord" / "spec_check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def assert_no_violations(requests: Iterable[Recorded], shared: Path) -> None:
    """Every body sent is one that Discord's document allows."""
    found = [
        f"{asked.method} {asked.path}: {violation}"
        for asked in requests
        for violation in _judged(shared, asked.method, asked.path, json.dumps(_as_documented(asked.body)))
    ]
    assert not found, "\n".join(found)


def _judged(shared: Path, method: str, path: str, body: str) -> tuple[str, ...]:
    return _judged_once(shared, method, spec_check(shared).find(path) or path, body)


@functools.cache
def _judged_once(shared: Path, method: str, path: str, body: str) -> tuple[str, ...]:
    """Every bot of every test sends the same commands, and judging them takes a third of a second."""
    return tuple(spec_check(shared).check(method, path, json.loads(body)))


def _as_documented(body: Any) -> Any:
    """discord.py itself sends the id of whom to write to as a number; Discord takes it, its document doesn't."""
    if isinstance(body, dict) and isinstance(body.get("recipient_id"), int):
        return body | {"recipient_id": str(body["recipient_id"])}
    return body


def answers_outside_the_document(requests: Iterable[Recorded], shared: Path) -> list[str]:
    """What the stand-in answered otherwise than the document says; the answers with JSON and success only."""
    check = spec_check(shared).check
    return [
        f"{asked.method} {asked.path}: {violation}"
        for asked in requests
        if asked.status in (200, 201) and asked.answer is not None
        for violation in check(asked.method, asked.path, asked.answer, responses=str(asked.status))
    ]
