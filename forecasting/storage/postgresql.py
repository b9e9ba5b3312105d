"""Connections to PostgreSQL that do not wait for ever: not for a server that is frozen, nor for one behind a dead line.

psycopg limits the time to connect if asked to, but not the time that it waits for an answer. ``statement_timeout`` is
the server's own, so a frozen server does not keep it.
"""

from __future__ import annotations

from time import monotonic
from typing import Any, Final, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.waiting import READY_NONE

CONNECT_SECONDS: Final = 10
ANSWER_SECONDS: Final = 60.0
"""How long the server may be silent. A statement of this program takes seconds."""

_T = TypeVar("_T")


class LimitedConnection(psycopg.Connection[Any]):
    """A connection that is closed once the server has been silent for ANSWER_SECONDS."""

    def wait(self, gen: PQGen[_T], *args: Any, **more: Any) -> _T:
        """As psycopg's, which calls this for every exchange with the server.

        Raises:
            OperationalError: the server was silent for too long.
        """
        return super().wait(self._limited(gen), *args, **more)

    def _limited(self, gen: PQGen[_T]) -> PQGen[_T]:
        """``gen``, which psycopg sends READY_NONE several times a second while nothing comes."""
        until = monotonic() + ANSWER_SECONDS
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if ready != READY_NONE:
                    until = monotonic() + ANSWER_SECONDS
                elif monotonic() > until:
                    self.close()
                    raise psycopg.OperationalError(f"the server has been silent for {ANSWER_SECONDS:g} seconds")
                wanted = gen.send(ready)
        except StopIteration as end:
            result: _T = end.value
            return result


def connect_with_limits(_dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]) -> Any:
    """SQLAlchemy's way to a connection, see its event ``do_connect``.

    psycopg prepares a statement that comes again and again. A pooler between, which gives each transaction another
    connection, may not stand that: ``?prepare_threshold=none`` in the address switches it off.
    """
    if (threshold := options.get("prepare_threshold")) is not None:  # from the address, so it is text
        options = {**options, "prepare_threshold": int(threshold) if str(threshold).isdecimal() else None}
    return LimitedConnection.connect(*arguments, **{"connect_timeout": CONNECT_SECONDS, **options})
