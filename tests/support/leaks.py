"""Planted secrets, and the places where they must not appear: a pytest plugin that looks at every test of the run.

Every stand-in's token and the password of the tests' PostgreSQL are planted. A test fails if one of them appears in

- the arguments of any program that it, or the bot in it, starts;
- the environment of a program that needs it not: only ``etf-bot`` needs the token, and only it and jobs the database;
- what it logs and prints, and what programs that it waits for print;
- what its bot sends to Discord.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import pytest

PASSWORD: Final = "planted-Passw0rd-7f3a"  # noqa: S105 - of a server that lets everybody in

_tokens: set[str] = set()
_found: list[str] = []

_BOT: Final = ("bot", "tests.support.bot_program")
_JOBS: Final = ("forecasting", "tests.support.fake_job")
_LOGS_IN_NOWHERE: Final = ("draw", "ask")
"""Commands of jobs' programs that need no database."""


def plant(token: str) -> str:
    """Look for this token from now on."""
    _tokens.add(token)
    return token


def look(where: str, content: object) -> None:
    """Note a planted secret in ``content``; the running test fails at its end."""
    text = content.decode(errors="replace") if isinstance(content, bytes) else str(content)
    _found.extend(f"a secret is in {where}: {_around(text, each)}" for each in (*_tokens, PASSWORD) if each in text)


def look_at_requests(requests: Iterable[Any]) -> None:
    """All that a bot has sent to the stand-in, but for what it logs in with."""
    for request in requests:
        look("a request to Discord", (request.path, request.body))


def _around(text: str, secret: str) -> str:
    place = text.index(secret)
    return repr(text[max(0, place - 60) : place] + "***")


def _on_event(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "subprocess.Popen":
        _, command, _, environment = arguments
        words = [os.fsdecode(word) for word in ([command] if isinstance(command, str | bytes) else command)]
        if words[1:2] == ["-c"]:
            return  # a program of the test itself
        look("the arguments of a program", " ".join(words))
        _look_at_environment(words, os.environ if environment is None else environment)


def _look_at_environment(words: list[str], environment: Mapping[Any, Any]) -> None:
    module = words[2] if words[1:2] == ["-m"] else ""
    values = {os.fsdecode(name): os.fsdecode(value) for name, value in environment.items()}
    if module in _BOT:
        return
    if any(token in value for value in values.values() for token in _tokens):
        _found.append(f"the token is in the environment of {' '.join(words[:4])}")
    if module in _JOBS and words[3:4] not in ([name] for name in _LOGS_IN_NOWHERE):
        return
    holders = {name for name, value in values.items() if PASSWORD in value}
    if holders - ({"PGPASSWORD"} if words[0].startswith("pg_") else set()):
        _found.append(f"the database's password is in the environment of {' '.join(words[:4])}")


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(_on_event)
    wait = subprocess.Popen.communicate

    def communicate(self: subprocess.Popen[Any], *arguments: Any, **more: Any) -> tuple[Any, Any]:
        out, err = wait(self, *arguments, **more)
        for said in (out, err):
            if said:
                look("what a program printed", said)
        return out, err

    subprocess.Popen.communicate = communicate  # type: ignore[method-assign]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    if report.when == "teardown":
        for title, content in report.sections:
            look(title, content)
    if _found and report.passed:
        report.outcome = "failed"
        report.longrepr = "\n".join(dict.fromkeys(_found))
    _found.clear()
    return report
