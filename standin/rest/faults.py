"""Faults on demand, and Discord's rate limits."""

from __future__ import annotations

import re
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from standin.errors import Json

GLOBAL_LIMIT, GLOBAL_WINDOW = 50, 1.0  # requests, seconds; answers to interactions are exempt
MESSAGES_LIMIT, MESSAGES_WINDOW = 5, 5.0  # messages into one channel
CUT = 0
"""In place of a status: the connection breaks."""
CROSSPOSTS_LIMIT, CROSSPOSTS_WINDOW = 10, 3600.0  # messages of one channel that are published
_EXEMPT = re.compile(r"/(interactions|webhooks)/")
_MESSAGES = re.compile(r"/channels/(\d+)/messages")
_CROSSPOST = re.compile(r"/channels/(\d+)/messages/\d+/crosspost")


@dataclass
class Fault:
    """Makes the next ``times`` matching requests fail."""

    method: str
    path: str
    """Regular expression for the whole path without ``/api/v10``, e.g. ``r"/channels/\\d+/messages"``."""
    status: int = 0
    code: int = 0
    message: str = ""
    times: int = 1
    retry_after: float | None = None
    """Seconds; of a 429."""
    is_global: bool = False
    is_accepted: bool = False
    """Whether Discord does what was asked before it fails."""
    cuts: bool = False
    """Whether the connection breaks in place of an answer."""
    delay: float = 0.0
    """Seconds until Discord answers. With no other fault, the answer is then the usual one."""
    doubles: bool = False
    """Whether the request arrives twice, as behind a proxy that repeats it. The second answer counts."""
    via: bool = True
    """False: Cloudflare answers in Discord's place, as it does to an address that it has banned."""

    def matches(self, method: str, path: str) -> bool:
        return self.times > 0 and method == self.method and re.fullmatch(self.path, path) is not None

    @property
    def fails(self) -> bool:
        """Whether it takes the place of an answer."""
        return bool(self.status) or self.cuts

    def answer(self) -> tuple[int, Json | str, dict[str, str]]:
        """Status, which may be CUT, body and headers."""
        self.times -= 1
        if self.cuts:
            return CUT, {}, {}
        if not self.via:
            return self.status, "error code: 1015", {"Retry-After": f"{self.retry_after or 60:.0f}"}
        if self.status == 429:
            return rate_limited(self.retry_after or 0.05, is_global=self.is_global)
        return self.status, {"code": self.code, "message": self.message or f"{self.status}: fault on demand"}, {}


def rate_limited(retry_after: float, *, is_global: bool = False) -> tuple[int, Json, dict[str, str]]:
    """Status, body and headers of a 429. discord.py retries only one that has a ``Via`` header."""
    body = {"message": "You are being rate limited.", "retry_after": round(retry_after, 3), "global": is_global}
    headers = {
        "Via": "1.1 stand-in",
        "Retry-After": str(max(1, round(retry_after))),
        "X-RateLimit-Scope": "global" if is_global else "user",
    }
    if is_global:
        headers["X-RateLimit-Global"] = "true"
    return 429, body, headers


class RateLimits:
    """Discord's global limit, and its limits of messages and of published messages in one channel."""

    def __init__(self, *, enforced: bool, clock: Callable[[], float] = time.monotonic) -> None:
        self.enforced = enforced
        self._clock = clock
        self._all: deque[float] = deque()
        self._channels: defaultdict[str, deque[float]] = defaultdict(deque)
        self._crossposts: defaultdict[str, deque[float]] = defaultdict(deque)

    def check(self, method: str, path: str) -> tuple[int, Json, dict[str, str]] | None:
        """The 429 to answer, or None if the request may go through."""
        if not self.enforced or _EXEMPT.match(path):
            return None
        if wait := self._wait(self._all, GLOBAL_LIMIT, GLOBAL_WINDOW):
            return rate_limited(wait, is_global=True)
        message = _MESSAGES.fullmatch(path) if method == "POST" else None
        if message and (wait := self._wait(self._channels[message[1]], MESSAGES_LIMIT, MESSAGES_WINDOW)):
            return rate_limited(wait)
        crosspost = _CROSSPOST.fullmatch(path)
        if crosspost and (wait := self._wait(self._crossposts[crosspost[1]], CROSSPOSTS_LIMIT, CROSSPOSTS_WINDOW)):
            return rate_limited(wait)
        return None

    def _wait(self, times: deque[float], limit: int, seconds: float) -> float:
        """Count one more request and return 0, or return the seconds until there is room for it."""
        now = self._clock()
        while times and now - times[0] >= seconds:
            times.popleft()
        if len(times) >= limit:
            return seconds - (now - times[0])
        times.append(now)
        return 0.0
