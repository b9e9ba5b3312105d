"""The Dockerfile and compose.yaml, as far as that goes without Docker. `make test-chroot` follows the steps."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import BotSettings
from tests.chroot import instructions

ROOT = Path(__file__).parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
HADOLINT = shutil.which("hadolint", path=str(Path(sys.executable).parent)) or shutil.which("hadolint")
COMPOSE = [["docker", "compose"]] if shutil.which("docker") else []
COMPOSE += [["docker-compose"]] if shutil.which("docker-compose") else []


@pytest.mark.skipif(HADOLINT is None, reason="needs hadolint, which is not installed")
def test_hadolint_finds_nothing() -> None:
    done = subprocess.run([str(HADOLINT), str(ROOT / "Dockerfile")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_all_that_is_copied_is_sent_and_nothing_else() -> None:
    copied = {source for word, rest in instructions(DOCKERFILE) if word == "COPY" for source in rest.split()[:-1]}
    copied -= {source for source in copied if source.startswith(("--from", "/"))}
    everything, *sent = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[0] != "#"]
    assert everything == "*"
    assert {line[1:] for line in sent if line[0] == "!"} == copied
    assert all((ROOT / source).exists() for source in copied)


def test_it_runs_as_nobody_in_particular_and_asks_the_port_that_it_opens() -> None:
    said = list(instructions(DOCKERFILE))
    stage = said[max(place for place, (word, _) in enumerate(said) if word == "FROM") :]
    only = dict(stage)
    environment = dict(pair.split("=", 1) for pair in only["ENV"].split())
    assert {name.lower() for name in environment} - {"path", "home"} <= set(BotSettings.model_fields)
    assert f"http://127.0.0.1:{environment['HEALTH_PORT']}/healthz" in only["HEALTHCHECK"]
    assert int(only["USER"]) >= 1000
    database = BotSettings.model_fields["database_url"].default
    assert database.startswith(f"sqlite:///{Path(only['VOLUME']).relative_to(only['WORKDIR'])}/")
    ports = re.findall(r"- (127\.0\.0\.1:\d+):(\d+)$", (ROOT / "compose.yaml").read_text(), re.MULTILINE)
    assert [inside for _, inside in ports] == [environment["HEALTH_PORT"]]


def test_compose_reads_its_file(tmp_path: Path) -> None:
    for program in COMPOSE:
        shutil.copy(ROOT / "compose.yaml", tmp_path)
        (tmp_path / ".env").write_text("DISCORD_TOKEN='a.b.c'\n")
        done = subprocess.run(
            [*program, "--profile", "postgres", "config"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        if done.returncode == 0 or "unknown" not in done.stderr:  # docker without its plugin compose
            break
    else:
        pytest.skip("needs docker compose, which is not installed")
    assert done.returncode == 0, done.stderr
    for words in ("read_only: true", "restart: unless-stopped", "DISCORD_TOKEN: a.b.c", "/app/var", "postgres:15"):
        assert words in done.stdout
