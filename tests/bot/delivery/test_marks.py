"""The outbox: when a message is tried again, and what a failure of one means for the others."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery import (
    MAX_ATTEMPTS,
    NONCE_LENGTH,
    NONCE_WINDOW,
    RETRY_AFTER,
    for_each,
    is_due,
    is_given_up,
    unsure_since,
)
from bot.delivery import nonce as nonce_of

NOW = datetime(2026, 11, 21, 13, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Message:
    state: str
    attempts: int = 1
    tried_at: datetime | None = NOW


@pytest.mark.parametrize("attempts", range(1, MAX_ATTEMPTS))
def test_a_failed_message_is_tried_again_after_a_pause_that_grows(attempts: int) -> None:
    message = Message("failed", attempts)
    pause = RETRY_AFTER[attempts - 1]
    assert (is_due(message, NOW + pause - SECOND), is_due(message, NOW + pause)) == (False, True)


def test_after_the_last_attempt_it_is_given_up() -> None:
    message = Message("failed", MAX_ATTEMPTS)
    assert is_given_up(message)
    assert not is_due(message, NOW + timedelta(days=1))


@pytest.mark.parametrize("state", ["sending", "unknown"])
def test_a_message_that_may_have_arrived_is_looked_for_once_discord_may_have_forgotten_its_nonce(state: str) -> None:
    message = Message(state)
    assert unsure_since(message, NOW + NONCE_WINDOW) is None
    assert unsure_since(message, NOW + NONCE_WINDOW + SECOND) == NOW


@pytest.mark.parametrize("state", ["sent", "refused", "lost"])
def test_what_arrived_or_was_refused_is_final(state: str) -> None:
    assert not is_due(Message(state), NOW + timedelta(days=1))


def test_a_nonce_is_short_and_of_one_key() -> None:
    first = nonce_of(2**62, "weekly", "2026-W47")
    assert len(first) == NONCE_LENGTH
    assert first == nonce_of(2**62, "weekly", "2026-W47")
    assert first not in {nonce_of(2**62 + 1, "weekly", "2026-W47"), nonce_of(2**62, "weekly", "2026-W48")}


async def test_one_message_that_breaks_stops_no_other() -> None:
    done = []

    async def act(number: int) -> None:
        if number == 1:
            raise ValueError("broken")
        done.append(number)

    with pytest.raises(ExceptionGroup) as raised:
        await for_each([1, 2, 3], act)
    assert done == [2, 3]
    assert len(raised.value.exceptions) == 1
