"""The device that this process trains networks on. It belongs to the process, as torch's seed and threads do."""

from __future__ import annotations

from typing import Final

CPU: Final = "cpu"

_chosen = CPU


def choose_device(name: str) -> None:
    """Train on the device of this name from now on: ``cpu``, ``cuda`` or ``cuda:1``."""
    global _chosen
    _chosen = name


def chosen_device() -> str:
    return _chosen
