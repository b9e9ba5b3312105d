"""The page's routes answer this machine alone, and refuse what is no request of the page."""

from __future__ import annotations

import aiohttp
import pytest
import yarl

from bot.playground.page import Page
from standin import StandIn


@pytest.mark.parametrize("path", ["/", "/page/api/state", "/page/page.js", "/api/v10/gateway", "/gateway", "/nowhere"])
@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", ""])
async def test_another_name_of_this_machine_gets_nothing(path: str, host: str) -> None:
    async with StandIn(extend=Page().attach) as discord, aiohttp.ClientSession() as session:
        answer = await session.get(f"{discord.url}{path}", headers={"Host": host})
        assert answer.status == 403
        assert "evil" not in await answer.text()


BODIES = (
    b"", b"{", b"[]", b"3", b"null", b"\xff\xfe", b"[" * 100_000, b"{}",
    b'{"channel": [], "member": {}, "line": "x"}',
    b'{"channel": 1e400, "member": 1, "line": "x"}',
    b'{"channel": "' + b"1" * 5000 + b'", "member": 1, "line": "x"}',
    b'{"channel": 1, "member": 1, "line": 5}',
    b'{"channel": 1, "member": 1, "line": "x", "locale": "tlh"}',
    b'{"channel": 1, "member": 1, "line": "\\ud800"}',
    b'{"channel": 1, "member": 1, "message": "x", "custom_id": "x"}',
    b'{"channel": 1, "member": 1, "message": 1, "custom_id": "x", "values": 7}',
)  # fmt: skip


@pytest.mark.parametrize("path", ["send", "press"])
@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=no-such"])
async def test_a_body_that_is_none_is_refused(path: str, content_type: str) -> None:
    async with StandIn(extend=Page().attach) as discord, aiohttp.ClientSession() as session:
        for body in BODIES:
            answer = await session.post(
                f"{discord.url}/page/api/{path}", data=body, headers={"Content-Type": content_type}
            )
            assert answer.status == 400, (body[:80], await answer.text())


@pytest.mark.parametrize("query", ["", "?channel=x&member=1", "?channel=" + "1" * 5000 + "&member=1", "?channel=%ff"])
@pytest.mark.parametrize("path", ["entries", "suggestions"])
async def test_a_place_that_is_none_is_not_found(path: str, query: str) -> None:
    async with StandIn(extend=Page().attach) as discord, aiohttp.ClientSession() as session:
        answer = await session.get(yarl.URL(f"{discord.url}/page/api/{path}{query}", encoded=True))
        assert answer.status == 404
