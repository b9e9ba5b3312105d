"""Whatever settings, ``.env``, Yahoo's answers, recipes, backups and Discord's events hold: an error in words at most.

Cards: tests/forecasting/champion/test_registry.py. Lines of jobs: tests/bot/jobs/test_job.py. Files of prices and of
models: tests/fuzz.
"""

from __future__ import annotations

import copy
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.settings import BotSettings
from forecasting.backup import restore
from forecasting.champion.recipes import RecipeBook
from forecasting.errors import BackupFailed, BadSettings, ForecastingError
from forecasting.prices.sources.simulated import SimulatedPrices
from forecasting.prices.sources.yahoo import YahooPrices
from forecasting.universe import Symbol
from standin import Exchange
from standin.exchange import InteractionType
from tests.support.bot_env import bot_env
from tests.support.hostile import watched
from tests.support.leaks import PASSWORD
from tests.support.yahoo_server import Answer, Quotes, yahoo_server

SPY = Symbol("SPY")
UNTIL = date(2024, 12, 31)
EVENING = datetime(2024, 12, 31, 22, 0, tzinfo=UTC)

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from([name.upper() for name in BotSettings.model_fields])

many = settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])


def places_in(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The place of everything in a JSON value, which itself is at ``()``."""
    yield place
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield from places_in(each, (*place, key))


def with_other(value: Any, place: tuple[Any, ...], other: Any) -> Any:
    """A JSON value with ``other`` at that place."""
    if not place:
        return other
    changed = copy.deepcopy(value)
    inside = changed
    for key in place[:-1]:
        inside = inside[key]
    inside[place[-1]] = other
    return changed


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, and no settings in the environment."""
    for name in [name for name in os.environ if name.lower() in BotSettings.model_fields]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


LINES = st.lists(
    st.binary(max_size=20)
    | st.tuples(NAMES, st.text(max_size=12)).map(lambda pair: f"{pair[0]}={pair[1]}".encode())
    | st.tuples(NAMES, st.sampled_from(["'", '"', "export ", " # ", "\\", "${HOME}", "\0", "a\nb"])).map(
        lambda pair: f"{pair[1]}{pair[0]}={pair[1]}x".encode()
    ),
    max_size=5,
)


@pytest.mark.slow
@given(LINES, st.sampled_from([b"\n", b"\r\n", b"\r"]), st.sampled_from([b"", b"\xef\xbb\xbf", b"\xff\xfe"]))
@many
def test_whatever_an_env_file_holds_each_problem_is_a_sentence(
    alone: Path, lines: list[bytes], end: bytes, mark: bytes
) -> None:
    (alone / ".env").write_bytes(mark + end.join(lines))
    _, problems = BotSettings.examined()
    assert all(name and sentence for name, sentence in problems.items())


@given(st.sampled_from(sorted(BotSettings.model_fields)), st.text(max_size=60) | NAMES)
@many
def test_whatever_a_setting_is_it_is_used_or_refused_in_a_sentence(alone: Path, field: str, value: str) -> None:
    problem = BotSettings.problem_of(field, value)
    assert problem is None or problem.strip()


@given(
    st.text(st.characters(exclude_characters="\0/"), max_size=8), st.sampled_from(["postgresql", "mysql", "x y", ""])
)
@many
def test_no_refusal_of_a_database_shows_its_password(alone: Path, rest: str, kind: str) -> None:
    problem = BotSettings.problem_of("database_url", f"{kind}://me:{PASSWORD}@{rest}:port/x?y#z")
    assert PASSWORD not in (problem or "")


QUOTES = Quotes(SimulatedPrices().history(SPY, UNTIL).frame.iloc[-8:])
BODY = json.loads(QUOTES.chart("SPY", {"period1": "0", "period2": "9999999999"}).body)


@pytest.mark.slow
@given(st.sampled_from(sorted(places_in(BODY), key=str)), ANYTHING)
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_yahoo_answers_there_are_prices_or_an_error_of_our_own(
    tmp_path_factory: pytest.TempPathFactory, place: tuple[Any, ...], other: Any
) -> None:
    cache = tmp_path_factory.getbasetemp() / "yahoo-cache"
    with yahoo_server() as server:
        server.script = lambda symbol, query: Answer(json.dumps(with_other(BODY, place, other)).encode())
        yahoo = YahooPrices(cache, now=lambda: EVENING, session=server.session(), timeout=5.0)
        try:
            fetched = yahoo.fetch(SPY, None, UNTIL)
        except ForecastingError:
            return
    assert len(fetched.rows) <= 8
    assert {str(kind) for kind in fetched.rows.dtypes} == {"float64"}


@given(ANYTHING.map(json.dumps).map(str.encode) | st.binary(max_size=40))
@many
def test_whatever_a_recipe_holds_it_is_read_or_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "recipes").mkdir(exist_ok=True)
    (tmp_path / "recipes" / "calm-owl.json").write_bytes(content)
    with pytest.raises(BadSettings):
        RecipeBook(tmp_path).recipe("calm-owl")


@pytest.mark.parametrize("name", ["../outside", "/outside", "models/../../outside", "models/../../../outside"])
def test_a_backup_writes_nothing_outside_the_folders(tmp_path: Path, name: str) -> None:
    home = tmp_path / "a" / "b"
    home.mkdir(parents=True)
    packed = home / "backup.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, "planted")
        archive.writestr("database.sqlite", "none")
        archive.writestr("manifest.json", json.dumps({"format": 1, "database": "sqlite", "revision": "0001"}))
    with pytest.raises(BackupFailed):
        restore(packed, f"sqlite:///{home}/x.db", home / "models", EVENING)
    assert list(tmp_path.rglob("outside*")) == []


@given(ANYTHING.map(json.dumps).map(str.encode) | st.binary(max_size=40))
@many
def test_whatever_a_backups_manifest_holds_it_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "backup.zip", "w") as archive:
        archive.writestr("manifest.json", content)
        archive.writestr("database.sqlite", "none")
    with pytest.raises(BackupFailed):
        restore(tmp_path / "backup.zip", f"sqlite:///{tmp_path}/x.db", tmp_path / "models", EVENING)


SPOILT: list[Any] = [None, True, -1, 2**70, "", "x" * 7000, [], {}, [[]], [{"name": "symbol"}]]


@pytest.mark.slow
async def test_whatever_an_interaction_holds_the_bot_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each thing in its data is another one. What is no interaction at all may stay without an answer."""
    async with bot_env(tmp_path, monkeypatch) as env:
        env.publish()
        with watched() as seen:
            async with env.discord.running(env.bot()) as running:
                data = (await env.ask("/forecast symbol:SPY horizon:20")).data
                for number, place in enumerate(places_in(data)):
                    member = env.club.add_member(f"member{number}")  # one who has not asked too often
                    for other in SPOILT:
                        spoilt = Exchange("spoilt", env.club.general, member.user, env.clock())
                        spoilt.data = with_other(data, place, other)
                        env.discord._interact(spoilt, InteractionType.COMMAND)
                assert "/forecast" in (await env.ask("/help", env.ann)).text
                assert not running.done()
    told = "a traceback or an error is logged: Reference "  # the member gets the same reference
    assert [what for what in seen.found if not what.startswith(told)] == []
