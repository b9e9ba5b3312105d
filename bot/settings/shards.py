"""Which servers are whose, where several processes share them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Shards:
    """Discord's division of all servers into ``count`` shards; ``ids`` are those of this process.

    Without a count they are not divided, and all are this process's.
    """

    count: int | None = None
    ids: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.count is not None and not self.ids:
            object.__setattr__(self, "ids", tuple(range(self.count)))

    @property
    def part(self) -> float:
        """This process's part of all shards."""
        return 1.0 if self.count is None else len(self.ids) / self.count

    def of(self, server_id: int | None) -> int:
        """The shard of a server, or of direct messages."""
        return 0 if server_id is None else (server_id >> 22) % (self.count or 1)

    def has(self, server_id: int | None) -> bool:
        """Whether this process hears of that server, or of direct messages."""
        return self.count is None or self.of(server_id) in self.ids

    def __str__(self) -> str:
        """``shards 0, 2 of 4``."""
        return f"shard{'s' if len(self.ids) > 1 else ''} {', '.join(map(str, self.ids))} of {self.count}"


ALL: Final = Shards()
