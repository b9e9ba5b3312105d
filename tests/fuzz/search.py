"""A search for bytes that break a reader, guided by the code that they reach: ``python -m tests.fuzz.search TARGET``.

It needs atheris (``pip install atheris``), which is no dependency of the project. Further arguments are libFuzzer's:
``-max_total_time=600``. It writes what reaches new code into the first FOLDER.
"""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(include=["forecasting.model", "forecasting.prices.files", "safetensors"]):
    from tests.fuzz.targets import TARGETS


def changed_model(data: bytes, most: int, seed: int) -> bytes:
    """Mostly with a header of the length that is said before it, since nearly every other change ends the reading."""
    length = int.from_bytes(data[:8], "little")
    header, arrays = data[8 : 8 + length], data[8 + length :]
    if seed % 4 == 0 or not header:
        return bytes(atheris.Mutate(data, most))
    if seed % 2:
        header = bytes(atheris.Mutate(header, len(header) + 64))
    else:
        arrays = bytes(atheris.Mutate(arrays, len(arrays) + 64))
    return (len(header).to_bytes(8, "little") + header + arrays)[:most]


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"Usage: python -m tests.fuzz.search {'|'.join(TARGETS)} [FOLDER…] [-max_total_time=SECONDS]")
    name = sys.argv.pop(1)
    atheris.Setup(sys.argv, TARGETS[name], **({"custom_mutator": changed_model} if name == "model" else {}))
    atheris.Fuzz()


if __name__ == "__main__":
    main()
