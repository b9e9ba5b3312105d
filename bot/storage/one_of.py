"""Conditions on a column that may have one of a few values."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import InstrumentedAttribute


def one_of(column: InstrumentedAttribute[Any], values: Iterable[object]) -> ColumnElement[bool]:
    """As ``column.in_(values)``, whose words SQLAlchemy puts together anew at each execution: half of its time."""
    return or_(*(column == value for value in values))
