"""From the contract's numbers to arrays."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from holdfast.v1 import columns_pb2

from .cells import Bools

Column: TypeAlias = npt.NDArray[Any]
"""Numbers, NaN where a row has none; or texts, None where it has none."""

NO_TEXT: Column = np.array(None, dtype=object)


def doubles(column: columns_pb2.Numbers) -> npt.NDArray[np.float64]:
    """The numbers, which were asked for as little-endian bytes."""
    return np.frombuffer(column.little_endian, dtype="<f8")


def numbers(column: columns_pb2.Numbers, valid: Bools) -> Column:
    """Numbers that every valid row has."""
    return np.where(valid, doubles(column), np.nan)


def known_numbers(column: columns_pb2.Numbers, valid: Bools) -> Column:
    """Numbers that some of the valid rows have."""
    if column.validity:
        bitmap = np.frombuffer(column.validity, dtype=np.uint8)
        known = np.unpackbits(bitmap, count=len(valid), bitorder="little")
        valid = valid & known.astype(bool)
    return numbers(column, valid)


def texts(text: str, valid: Bools) -> Column:
    """One text in every valid row."""
    column: Column = np.where(valid, np.array(text, dtype=object), NO_TEXT)
    return column
