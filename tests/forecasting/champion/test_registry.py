"""The registry: whole models or none, and one champion per ETF and source."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting import BadSettings, Scores, Symbol
from forecasting.champion.registry import ModelRegistry, RegisteredModel
from forecasting.champion.stored_card import card_of
from forecasting.errors import ModelDamaged, ModelMissing
from forecasting.model.fingerprint import model_version
from forecasting.prices.security import Security
from tests.support.made_models import made_model

SPY, ARKK = Symbol("SPY"), Symbol("ARKK")
FIRST = made_model(as_of=date(2024, 12, 31))
SECOND = made_model(as_of=date(2025, 1, 31), data=b"other weights")

SAVE_AND_DIE = """
import os, sys
from pathlib import Path
from forecasting.champion.registry import ModelRegistry
from forecasting.prices.security import Security
from tests.support.made_models import made_model
from datetime import date

written = 0
sync = os.fsync

def die_at_the_second_file(descriptor):
    global written
    written += 1
    if written == int(sys.argv[2]):
        os._exit(9)
    sync(descriptor)

os.fsync = die_at_the_second_file
registry = ModelRegistry(Path(sys.argv[1]))
model = made_model(as_of=date(2025, 1, 31), data=b"other weights")
registry.save("csv", "SPY", model)
registry.promote("csv", "SPY", model.version)
"""

PRUNE_AND_DIE = """
import os, shutil, sys
from pathlib import Path
from forecasting.champion.registry import ModelRegistry

removed = 0

def die_instead(folder):
    global removed
    if removed == int(sys.argv[2]):
        os._exit(9)
    removed += 1
    (Path(folder) / "card.json").unlink()  # as a removal that is under way

shutil.rmtree = die_instead
ModelRegistry(Path(sys.argv[1])).prune("csv", "SPY", (), ())
os._exit(9)
"""


@pytest.fixture
def registry(tmp_path: Path) -> ModelRegistry:
    return ModelRegistry(tmp_path / "new" / "models")


def test_a_model_comes_back_as_it_was(registry: ModelRegistry) -> None:
    registry.save("csv", SPY, FIRST)

    assert registry.load("csv", SPY, FIRST.version) == FIRST
    assert registry.versions("csv", SPY) == (FIRST.version,)
    folder = registry.folder / "csv" / "SPY" / FIRST.version
    assert {path.name for path in folder.iterdir()} == {"model.safetensors", "card.json"}


def test_the_champion_is_the_one_promoted_last(registry: ModelRegistry) -> None:
    for model in (FIRST, SECOND):
        registry.save("csv", SPY, model)
        registry.promote("csv", SPY, model.version)
    assert registry.champion("csv", SPY) == SECOND

    registry.promote("csv", SPY, FIRST.version)
    assert registry.champion("csv", SPY) == FIRST
    assert registry.versions("csv", SPY) == (FIRST.version, SECOND.version)


def test_sources_and_symbols_keep_their_own(registry: ModelRegistry) -> None:
    registry.save("csv", SPY, FIRST)
    registry.promote("csv", SPY, FIRST.version)

    for source, symbol in (("yahoo", SPY), ("csv", Symbol("ARKK"))):
        with pytest.raises(ModelMissing, match="etf-forecast retrain"):
            registry.champion(source, symbol)
        assert registry.versions(source, symbol) == ()


def test_what_is_not_kept_cannot_be_promoted(registry: ModelRegistry) -> None:
    with pytest.raises(ModelMissing, match=FIRST.version):
        registry.promote("csv", SPY, FIRST.version)


def test_the_same_model_again_renews_its_card(registry: ModelRegistry) -> None:
    registry.save("csv", SPY, FIRST)
    renewed = replace(FIRST, card={**FIRST.card, "seed": 2})

    registry.save("csv", SPY, renewed)

    assert registry.load("csv", SPY, FIRST.version) == renewed


@pytest.mark.slow
@pytest.mark.parametrize("moment", [1, 2, 3])
def test_killed_while_writing_it_keeps_what_was_there(registry: ModelRegistry, moment: int) -> None:
    """Model, card and champion are written in this order: the kill comes at each of them."""
    registry.save("csv", SPY, FIRST)
    registry.promote("csv", SPY, FIRST.version)

    killed = subprocess.run([sys.executable, "-c", SAVE_AND_DIE, str(registry.folder), str(moment)], check=False)

    assert killed.returncode == 9
    assert registry.champion("csv", SPY) == FIRST
    assert registry.versions("csv", SPY) == ((FIRST.version,) if moment < 3 else (FIRST.version, SECOND.version))
    registry.save("csv", SPY, SECOND)
    registry.promote("csv", SPY, SECOND.version)
    assert registry.champion("csv", SPY) == SECOND


def made(number: int, *, as_of: date | None = None) -> RegisteredModel:
    day = as_of or date(2025, 1, number)
    return made_model(as_of=day, data=b"weights %d" % number, trained_at=f"2025-06-{number:02}T08:00:00+00:00")


def filled(registry: ModelRegistry, count: int) -> list[str]:
    """Names of ``count`` kept models, the oldest first, the newest the champion."""
    models = [made(number) for number in range(1, count + 1)]
    for model in models:
        registry.save("csv", SPY, model)
        registry.promote("csv", SPY, model.version)
    return [model.version for model in models]


def test_a_holdout_model_is_kept_with_its_model(registry: ModelRegistry) -> None:
    model = replace(FIRST, holdout=b"trained before the fold")
    registry.save("csv", SPY, FIRST)  # by a program that kept none

    registry.save("csv", SPY, model)
    registry.save("csv", SPY, SECOND)

    assert registry.load("csv", SPY, FIRST.version) == model
    assert registry.load("csv", SPY, SECOND.version).holdout is None


def test_the_newest_model_is_that_of_the_newest_session_and_of_several_the_one_trained_last(
    registry: ModelRegistry,
) -> None:
    models = made(3), made(2, as_of=date(2025, 1, 3)), made(1), made(9, as_of=date(2018, 6, 29))
    for model in reversed(models):
        registry.save("csv", SPY, model)
    damaged = made(4)
    registry.save("csv", SPY, damaged)
    (registry.folder / "csv" / "SPY" / damaged.version / "card.json").write_text("{")

    assert list(registry.cards("csv", SPY)) == [model.version for model in models]


def test_the_last_eight_models_are_kept_and_what_is_archived(registry: ModelRegistry) -> None:
    versions = filled(registry, 12)

    registry.prune("csv", SPY, archived={versions[1]}, refused=())

    assert registry.versions("csv", SPY) == (versions[1], *versions[4:])


def test_the_champion_is_never_removed(registry: ModelRegistry) -> None:
    versions = filled(registry, 12)
    registry.promote("csv", SPY, versions[0])

    registry.prune("csv", SPY, archived=(), refused=())

    assert registry.champion("csv", SPY).version == versions[0]
    assert registry.versions("csv", SPY) == (versions[0], *versions[4:])


def test_refused_models_take_no_place_from_those_that_forecast(registry: ModelRegistry) -> None:
    versions = filled(registry, 20)

    registry.prune("csv", SPY, archived=(), refused=versions[10:])

    assert registry.versions("csv", SPY) == (*versions[2:10], *versions[12:])


def test_what_killed_jobs_left_half_done_is_cleared_away(registry: ModelRegistry) -> None:
    versions = filled(registry, 9)
    place = registry.folder / "csv" / "SPY"
    for leftover in (".half-abc", f".gone-{versions[0]}"):
        (place / leftover).mkdir()
        (place / leftover / "model.safetensors").write_bytes(b"half")

    registry.prune("csv", SPY, archived=(), refused=())

    assert {path.name for path in place.iterdir()} == {"champion", *versions[1:]}


@pytest.mark.slow
@pytest.mark.parametrize("moment", [0, 1, 2])
def test_killed_while_removing_it_leaves_whole_models_alone(registry: ModelRegistry, moment: int) -> None:
    """Two models are to go: the kill comes before the first, between the two, and after both."""
    versions = filled(registry, 10)

    killed = subprocess.run([sys.executable, "-c", PRUNE_AND_DIE, str(registry.folder), str(moment)], check=False)

    assert killed.returncode == 9
    left = registry.versions("csv", SPY)
    assert set(versions[2:]) <= set(left)
    assert list(registry.cards("csv", SPY)) == list(reversed(left)), "each has its card"
    assert all(registry.load("csv", SPY, version).data.startswith(b"weights") for version in left)
    registry.prune("csv", SPY, archived=(), refused=())
    assert registry.versions("csv", SPY) == tuple(versions[2:])


def as_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "in the way").write_bytes(b"")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-3]),
    "no UTF-8": lambda path: path.write_bytes(b"\xff\xfe\x00"),
    "{}": lambda path: path.write_bytes(b"{}"),
    "a folder": as_a_folder,
}
CARDS: dict[str, bytes] = {
    "a list": b"[1, 2]",
    "deep": b"[" * 100_000 + b"]" * 100_000,
    "a text for a number": json.dumps({**FIRST.card, "seed": "1"}).encode(),
    "no day": json.dumps({**FIRST.card, "as_of": "2024-13-45"}).encode(),
    "another day": json.dumps({**FIRST.card, "as_of": "2024-12-30"}).encode(),
    "scores of nothing": json.dumps({**FIRST.card, "scores": {"lstm": {"mae": 1.0}}}).encode(),
    "half a security": json.dumps({**FIRST.card, "security": {"name": "SPY"}}).encode(),
}
POINTERS = (
    "../ARKK/ARKK-2024-12-31-1a2b3c4d",
    "ARKK-2024-12-31-1a2b3c4d",
    "SPY-/../../ARKK",
    "SPY-\0",
    "SPY-" + "x" * 300,
)


def check_it_is_missing_until_the_next_training(registry: ModelRegistry) -> None:
    """ARKK has its model, nothing that reads breaks, and the same training once more makes SPY's whole."""
    with pytest.raises(ModelDamaged, match="etf-forecast retrain SPY"):
        registry.champion("csv", SPY)
    registry.cards("csv", SPY)
    registry.prune("csv", SPY, archived=(), refused=())
    assert registry.champion("csv", ARKK) == made_model("ARKK")

    registry.save("csv", SPY, FIRST)
    registry.promote("csv", SPY, FIRST.version)

    assert registry.champion("csv", SPY) == FIRST
    assert list(registry.cards("csv", SPY)) == [FIRST.version]
    registry.prune("csv", SPY, archived=(), refused=())
    assert {path.name for path in (registry.folder / "csv" / "SPY").iterdir()} == {"champion", FIRST.version}


@pytest.fixture
def two(registry: ModelRegistry) -> ModelRegistry:
    """SPY and ARKK have a champion each."""
    for symbol, model in ((SPY, FIRST), (ARKK, made_model("ARKK"))):
        registry.save("csv", symbol, model)
        registry.promote("csv", symbol, model.version)
    return registry


@pytest.mark.parametrize("how", DAMAGES)
@pytest.mark.parametrize("file", ["champion", "card.json", "model.safetensors"])
def test_a_damaged_file_is_a_missing_model_that_the_next_training_replaces(
    two: ModelRegistry, file: str, how: str
) -> None:
    place = two.folder / "csv" / "SPY"
    DAMAGES[how](place / file if file == "champion" else place / FIRST.version / file)
    check_it_is_missing_until_the_next_training(two)


@pytest.mark.parametrize("card", CARDS)
def test_a_card_that_lacks_what_the_program_reads_is_damaged(two: ModelRegistry, card: str) -> None:
    (two.folder / "csv" / "SPY" / FIRST.version / "card.json").write_bytes(CARDS[card])
    check_it_is_missing_until_the_next_training(two)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@given(field=st.sampled_from([*sorted(FIRST.card), "security", "stand_in", "stand_in_hash"]), value=ANYTHING)
@settings(deadline=None)
def test_whatever_a_field_of_a_card_holds_it_is_read_or_refused(field: str, value: object) -> None:
    try:
        card = card_of(json.dumps({**FIRST.card, field: value}).encode())
    except ValueError:
        return
    date.fromisoformat(card["as_of"])
    datetime.fromisoformat(card["trained_at"])
    for scores in card["scores"].values():
        Scores(**scores)
    if card.get("security"):
        Security.from_json(card["security"])


@pytest.mark.parametrize("version", POINTERS)
def test_a_champion_of_another_etf_or_folder_is_no_champion(two: ModelRegistry, version: str) -> None:
    (two.folder / "csv" / "SPY" / "champion").write_text(version)
    check_it_is_missing_until_the_next_training(two)
    for use in (two.load, two.promote):
        with pytest.raises(ModelMissing):
            use("csv", SPY, version)


def test_a_champion_without_its_folder_and_a_file_in_its_place_are_damaged(two: ModelRegistry) -> None:
    folder = two.folder / "csv" / "SPY" / FIRST.version
    shutil.rmtree(folder)
    check_it_is_missing_until_the_next_training(two)
    shutil.rmtree(folder)
    folder.write_bytes(b"a file")
    check_it_is_missing_until_the_next_training(two)


def test_every_flipped_bit_of_a_model_is_found(two: ModelRegistry) -> None:
    file = two.folder / "csv" / "SPY" / FIRST.version / "model.safetensors"
    for bit in range(8 * len(FIRST.data)):
        damaged = bytearray(FIRST.data)
        damaged[bit // 8] ^= 1 << bit % 8
        file.write_bytes(damaged)
        with pytest.raises(ModelDamaged, match="hash"):
            two.champion("csv", SPY)
    file.write_bytes(FIRST.data)
    assert two.champion("csv", SPY) == FIRST


@pytest.mark.slow
def test_every_flipped_bit_of_a_card_is_found_or_changes_nothing(two: ModelRegistry) -> None:
    whole = (two.folder / "csv" / "SPY" / FIRST.version / "card.json").read_bytes()
    for bit in range(8 * len(whole)):
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            card = card_of(bytes(damaged))
        except ValueError:
            continue
        assert {name: card[name] for name in FIRST.card} == FIRST.card, "the flip is in a space or the hash's own name"


def test_a_card_of_an_older_version_has_no_hash(two: ModelRegistry) -> None:
    (two.folder / "csv" / "SPY" / FIRST.version / "card.json").write_text(json.dumps(FIRST.card))
    assert two.champion("csv", SPY) == FIRST


def test_a_damaged_holdout_model_is_not_used(registry: ModelRegistry) -> None:
    whole = made_model(holdout=b"holdout", stand_in="2022-12-31", stand_in_hash=sha256(b"holdout").hexdigest())
    registry.save("csv", SPY, whole)
    assert registry.load("csv", SPY, whole.version) == whole
    (registry.folder / "csv" / "SPY" / whole.version / "stand_in.safetensors").write_bytes(b"holdoux")
    assert registry.load("csv", SPY, whole.version) == replace(whole, holdout=None)


def test_a_folder_that_cannot_be_written_is_found_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    for folder in (tmp_path / "file", tmp_path / "file" / "models", Path("/proc/models")):
        with pytest.raises(BadSettings, match="MODEL_DIR"):
            ModelRegistry(folder).check_writable()
    ModelRegistry(tmp_path / "new").check_writable()


def test_the_name_of_a_model_comes_from_its_bytes() -> None:
    name = model_version(SPY, date(2024, 12, 31), b"weights")

    assert name.startswith("SPY-2024-12-31-")
    assert len(name.rpartition("-")[2]) == 8
    assert name == model_version(SPY, date(2024, 12, 31), b"weights")
    assert name != model_version(SPY, date(2024, 12, 31), b"weight5")
