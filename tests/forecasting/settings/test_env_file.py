"""The file ``.env`` holds secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from forecasting import exposed_env_file


@pytest.mark.parametrize(("rights", "is_exposed"), [(0o644, True), (0o604, True), (0o640, False), (0o600, False)])
def test_a_file_that_others_can_read_is_told_with_the_remedy(tmp_path: Path, rights: int, is_exposed: bool) -> None:
    path = tmp_path / ".env"
    path.write_text("DISCORD_TOKEN=x")
    path.chmod(rights)
    sentence = exposed_env_file(path)
    assert (sentence is not None) is is_exposed
    if sentence:
        assert f"chmod 600 {path}" in sentence


def test_no_file_is_not_exposed(tmp_path: Path) -> None:
    assert exposed_env_file(tmp_path / ".env") is None


def test_a_link_that_cannot_be_followed_is_not_exposed(tmp_path: Path) -> None:
    (tmp_path / ".env").symlink_to("e" * 300)
    assert exposed_env_file(tmp_path / ".env") is None
