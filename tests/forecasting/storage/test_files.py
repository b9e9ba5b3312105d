"""A file is what it was, or what it was to become, and nothing between."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecasting.storage.files import replace_file, replacing


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    replace_file(path, b"old, and longer than the new one")
    replace_file(path, b"new")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("card.json", b"new")]


def test_writing_that_fails_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "frame.csv"
    replace_file(path, b"old")

    def write_half() -> None:
        with replacing(path) as half:
            half.write_bytes(b"hal")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("frame.csv", b"old")]
