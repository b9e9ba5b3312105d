"""Importing this loads all of the project but its programs, and with it all that it is built on."""

from importlib import import_module
from pkgutil import walk_packages

import bot
import forecasting
import standin

for package in (forecasting, bot, standin):
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith("__main__"):  # a program is run, and runpy warns of one that was imported before
            import_module(module.name)
