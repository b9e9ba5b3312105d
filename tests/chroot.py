"""README's first commands and the Dockerfile's steps, carried out in a fresh Debian 12. `make test-chroot` runs this.

It needs root, debootstrap and some 5 GB of disk, takes ten to twenty minutes, and prints what each step took. What is
committed is what gets installed. Nothing outside of the folder that it works in is written.

    python -m tests.chroot [--folder DIR] [readme] [image] [tests]

``readme``: an ordinary user with an empty home types what README says, with Debian's own Python. ``image``: each
instruction of the Dockerfile is followed, and the bot then runs with a read-only root as the image's user.
``tests``: ``make test-fast`` in the place that ``readme`` has made.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from standin import StandIn

ROOT: Final = Path(__file__).parents[1]
USER: Final = "stranger"
CHECKOUT: Final = f"/home/{USER}/etf-forecast-bot"
REPOSITORY: Final = "/srv/etf-forecast-bot.git"
PIP_PLACES: Final = "/srv/pip"
LARGEST_IMAGE: Final = 1_500_000_000
LARGEST_CHECKOUT: Final = 1_000_000_000
ASKED: Final = ("/forecast SPY", "/scores")

_MOUNTS: Final = """
set -e
mount --make-rprivate /
mount --bind {root} {root}
mount -t proc proc {root}/proc
mount -t tmpfs tmpfs {root}/dev/shm
for name in null zero urandom; do touch {root}/dev/$name; mount --bind /dev/$name {root}/dev/$name; done
{binds}
{more}
exec chroot --userspec={user} {root} /usr/bin/env --ignore-environment {environment} sh -c {command}
"""


class Debian:
    """A folder with a Debian, and commands in it. Each runs in its own namespaces: nothing of it outlives it."""

    def __init__(self, folder: Path, base: Path) -> None:
        """Make it as a copy of ``base``, unless it is there already."""
        self.folder = folder
        if not folder.exists():
            subprocess.run(["cp", "--archive", str(base), str(folder)], check=True)
            shutil.copy("/etc/resolv.conf", folder / "etc")
        self.environment = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root"}
        self.environment["DEBIAN_FRONTEND"] = "noninteractive"

    def command(self, script: str, user: str = "root", folder: str = "/", more: str = "") -> list[str]:
        """What carries out ``script`` there; ``more`` is what else to mount."""
        pip, places = pip_settings()
        binds = [
            f"mkdir -p $(dirname {inside}); {'mkdir -p' if place.is_dir() else 'touch'} {inside}; "
            f"mount --bind -o ro {place} {inside}"
            for place, name in places.items()
            for inside in [f"{self.folder}{name}"]
        ]
        environment = self.environment | pip
        if user not in ("root", "10001"):
            environment |= {"HOME": f"/home/{user}"}
        return [
            *("unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c"),
            _MOUNTS.format(
                root=self.folder,
                binds="\n".join(binds),
                more=more,
                user=f"{user}:{user}",
                environment=" ".join(shlex.quote(f"{name}={value}") for name, value in environment.items()),
                command=shlex.quote(f"cd {folder} && {script}"),
            ),
        ]

    def run(self, script: str, user: str = "root", folder: str = "/", more: str = "") -> str:
        """What it prints. Ends the program if the script fails."""
        done = subprocess.run(
            self.command(script, user, folder, more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            sys.exit(f"{done.stdout}\nThis failed with exit code {done.returncode}: {script}")
        return done.stdout

    def size(self, place: str = "") -> int:
        """Bytes, as the layers of an image count them."""
        done = subprocess.run(
            ["du", "--summarize", "--one-file-system", "--block-size=1", str(self.folder / place)],
            check=True,
            capture_output=True,
            text=True,
        )
        return int(done.stdout.split()[0])


def make_slim(base: Path) -> None:
    """Leave out what Docker's debian:12-slim leaves out."""
    for left_out in ("usr/share/doc", "usr/share/man", "usr/share/locale"):
        shutil.rmtree(base / left_out)
    for emptied in ("var/cache/apt/archives", "var/lib/apt/lists"):
        shutil.rmtree(base / emptied)
        (base / emptied / "partial").mkdir(parents=True)
    keep_no_packages = 'APT::Keep-Downloaded-Packages "false"; Dir::Cache::pkgcache ""; Dir::Cache::srcpkgcache "";\n'
    (base / "etc/apt/apt.conf.d/docker-clean").write_text(keep_no_packages)


def pip_settings() -> tuple[dict[str, str], dict[Path, str]]:
    """What this machine's pip is told, as environment variables; the files and folders named there, and their places.

    A machine may have packages on its disk or behind a server of its own. In the other Debian, and as another user,
    pip would know nothing of these, and take for example PyTorch's build for GPUs.
    """
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], check=True, capture_output=True, text=True
    ).stdout
    places: dict[Path, str] = {}

    def moved(found: re.Match[str]) -> str:
        path = Path(found[0])
        if path.exists():
            whole = path.parent if path.name == "simple" else path  # an index names files beside it
            places[whole] = f"{PIP_PLACES}{whole}"
            return f"{PIP_PLACES}{path}"
        return found[0]

    settings = {
        f"PIP_{name.upper().replace('-', '_')}": re.sub(r"(?<![\w:/])(?<!:/)/[^/\s]\S*|(?<=file://)/\S+", moved, value)
        for name, value in re.findall(r"^(?:global|:env:)\.([\w-]+)='(.*)'$", listed, re.MULTILINE)
    }
    return settings, places


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    report(what, f"{time.monotonic() - began:.0f} s")


def report(what: str, value: str) -> None:
    print(f"| {what} | {value} |", flush=True)


def shell_lines(text: str, heading: str) -> list[str]:
    """The lines of the first fenced block below a heading of a Markdown text."""
    section = text.split(f"\n## {heading}", 1)[1]
    return section.split("```", 2)[1].split("\n", 1)[1].strip().splitlines()


def follow_readme(debian: Debian) -> None:
    """Type the lines below README's first heading, the last of which starts the playground."""
    subprocess.run(["git", "clone", "--quiet", "--bare", str(ROOT), str(debian.folder / REPOSITORY[1:])], check=True)
    debian.run(f"useradd --create-home --shell /bin/bash {USER} && chown -R {USER} {REPOSITORY}")
    text = (ROOT / "README.md").read_text()
    prepare = re.findall(r"`sudo (apt(?:-get)? install [^`]+)`", text)[0]
    with timed(prepare):
        debian.run(f"apt-get update -qq && {prepare.replace('install', 'install -qq -y', 1)}")
    lines = [
        line.replace("<this repository>", REPOSITORY).replace("<its folder>", "etf-forecast-bot")
        for line in shell_lines(text, "Try it")
    ]
    script = "\n".join(["set -e", *lines])
    began = time.monotonic()
    process = subprocess.Popen(
        debian.command(script, USER, f"/home/{USER}"), stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    address = _address(process.stdout)
    report("README's commands, to the page's address", f"{time.monotonic() - began:.0f} s")
    with urllib.request.urlopen(address, timeout=10) as page:  # noqa: S310 - our own page on 127.0.0.1
        assert b"<html" in page.read()
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=60)

    report("the checkout with .venv", f"{debian.size(CHECKOUT[1:]) / 1e6:,.0f} MB")
    assert debian.size(CHECKOUT[1:]) < LARGEST_CHECKOUT
    report("Python", debian.run(".venv/bin/python --version", USER, CHECKOUT).strip())
    with timed("first training of three ETFs, and two answers"):
        _answers(debian, f"{CHECKOUT}/.venv/bin/etf-bot", USER, CHECKOUT)
    with timed("the same answers once it has trained"):
        _answers(debian, f"{CHECKOUT}/.venv/bin/etf-bot", USER, CHECKOUT)


def _address(output: IO[str] | None) -> str:
    assert output is not None
    for line in output:
        if found := re.search(r"http://127\.0\.0\.1:\d+/", line):
            return found[0]
    sys.exit("The playground did not start")


def _answers(debian: Debian, program: str, user: str, folder: str, more: str = "") -> None:
    sent = " ".join(f"--send {shlex.quote(line)}" for line in ASKED)
    said = debian.run(f"{program} playground {sent}", user, folder, more)
    assert "60 sessions" in said or "SPY" in said, said
    assert "did not" not in said, said


def build_image(work: Path, base: Path) -> None:
    """Follow the Dockerfile, then run the bot as the image's user where only what the image declares can be written."""
    stages: dict[str, Debian] = {}
    healthcheck = "false"
    debian, folder, user, volumes = None, "/", "root", []
    for number, (word, rest) in enumerate(instructions((ROOT / "Dockerfile").read_text())):
        if word == "FROM":
            assert rest.split()[0] == "debian:12-slim", rest
            name = rest.split(" AS ")[-1]
            debian, folder, user, volumes = Debian(work / f"stage-{number}", base), "/", "root", []
            stages[name] = debian
            continue
        assert debian is not None
        if word == "RUN":
            with timed(
                f"RUN {rest.split('&&')[0].replace('--mount=type=cache,target=/root/.cache/pip', '').strip()[:60]} …"
            ):
                debian.run(re.sub(r"--mount=\S+", "", rest), user, folder)
        elif word == "COPY":
            *sources, target = rest.split()
            origin = ROOT
            if sources[0].startswith("--from="):
                origin = stages[sources.pop(0).removeprefix("--from=")].folder
            _copy(debian, origin, sources, str(Path(folder, target)), is_context=origin == ROOT)
        elif word == "ENV":
            for assignment in shlex.split(rest):
                key, value = assignment.split("=", 1)
                debian.environment[key] = value.replace("$PATH", debian.environment["PATH"])
        elif word == "WORKDIR":
            folder = rest
            (debian.folder / rest[1:]).mkdir(parents=True, exist_ok=True)
        elif word == "USER":
            user = rest
        elif word == "VOLUME":
            volumes.append(rest)
        elif word == "HEALTHCHECK":
            healthcheck = shlex.join(json.loads(rest.partition("CMD ")[2]))
        else:
            assert word in ("ENTRYPOINT", "CMD"), word
    assert debian is not None
    report("the image, before compression", f"{debian.size() / 1e6:,.0f} MB")
    assert debian.size() < LARGEST_IMAGE
    root = debian.folder
    read_only = "\n".join(
        [
            f"mount -t tmpfs tmpfs {root}/tmp",
            *(
                f"mkdir -p {work}/volume; chown {user} {work}/volume; mount --bind {work}/volume {root}{v}"
                for v in volumes
            ),
            f"mount -o remount,bind,ro {root}",
        ]
    )
    refused = debian.run("touch /app/x /opt/x 2>&1 || true; id --user", user, folder, read_only)
    assert refused.count("Read-only file system") == 2, refused
    assert refused.endswith(f"{user}\n"), refused
    with timed("in the image, read-only: first training of three ETFs, and two answers"):
        _answers(debian, "etf-bot", user, folder, read_only)
    with timed("in the image: from the start of the bot to HEALTHCHECK's success"):
        asyncio.run(_becomes_healthy(debian, user, folder, read_only, healthcheck))
    said = debian.run("etf-bot check 2>&1 || true; curl --version; pg_dump --version", user, folder, read_only)
    assert "DATABASE_URL: ok" in said, said
    assert "MODEL_DIR: ok" in said, said


async def _becomes_healthy(debian: Debian, user: str, folder: str, more: str, healthcheck: str) -> None:
    """Run the bot against the stand-in until HEALTHCHECK finds it well."""
    async with StandIn() as discord:
        discord.add_guild("Club")
        program = (
            "import bot.__main__, standin\n"
            f"with standin.redirected({discord.url!r}):\n    bot.__main__.main(['run'], prog_name='etf-bot')"
        )
        script = (
            f"! {healthcheck} 2>/dev/null || exit 1\n"
            f"DISCORD_TOKEN={discord.token} PRICES=simulated python3 -c {shlex.quote(program)} >/tmp/log 2>&1 &\n"
            f"for again in $(seq 60); do sleep 1; {healthcheck} && exit; done; cat /tmp/log; exit 1"
        )
        await asyncio.to_thread(debian.run, f"{{\n{script}\n}}", user, folder, more)


def instructions(dockerfile: str) -> Iterator[tuple[str, str]]:
    """Its instructions: the word and the rest."""
    code = "\n".join(line for line in dockerfile.splitlines() if not line.startswith("#"))
    for line in code.replace("\\\n", " ").splitlines():
        if line.strip():
            word, rest = line.split(None, 1)
            yield word, rest.strip()


def _copy(debian: Debian, origin: Path, sources: list[str], target: str, *, is_context: bool) -> None:
    """As COPY does: the content of a folder, or files into a folder. Of a checkout only what was committed."""
    place = debian.folder / target[1:]
    for source in sources:
        is_folder = (origin / source.lstrip("/")).is_dir()
        into = place if is_folder or source not in ("", target) else place.parent
        into.mkdir(parents=True, exist_ok=True)
        if is_context:
            tree = f"HEAD:{source}" if is_folder else "HEAD"
            archive = ["git", "archive", tree, *([] if is_folder else [source])]
            packed = subprocess.run(archive, cwd=ROOT, check=True, capture_output=True).stdout
            subprocess.run(["tar", "--extract", "--no-same-owner", "--directory", str(into)], input=packed, check=True)
        else:
            subprocess.run(["cp", "--archive", f"{origin / source[1:]}/.", str(into)], check=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("parts", nargs="*", default=["readme", "image"])
    parser.add_argument("--folder", type=Path, help="where to work; a Debian that is there already is used again")
    chosen = parser.parse_args()
    if os.geteuid() or not shutil.which("debootstrap"):
        sys.exit("This needs root and debootstrap: sudo apt install debootstrap")
    with tempfile.TemporaryDirectory(prefix="chroot-") as temporary:
        work: Path = (chosen.folder or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        base = work / "debian-12"
        if not base.exists():
            with timed("debootstrap"):
                subprocess.run(
                    ["debootstrap", "--variant=minbase", "bookworm", str(base)], check=True, stdout=subprocess.DEVNULL
                )
                make_slim(base)
        for made in work.glob("stage-*"):
            shutil.rmtree(made)
        if "readme" in chosen.parts:
            shutil.rmtree(work / "home", ignore_errors=True)
            follow_readme(Debian(work / "home", base))
        if "tests" in chosen.parts:
            with timed("make test-fast"):
                print(Debian(work / "home", base).run("make test-fast", USER, CHECKOUT))
        if "image" in chosen.parts:
            build_image(work, base)


if __name__ == "__main__":
    main()
