"""The cells of a frame's column, whatever library the frame is of.

A column holds numbers, flags, or anything else as codes of its distinct values:
what has to be looked at value by value is then looked at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]
Codes: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class NumberCells:
    """Numbers; what stands where a cell is missing says nothing."""

    values: Floats
    present: Bools


@dataclass(frozen=True)
class FlagCells:
    """Flags; what stands where a cell is missing says nothing."""

    values: Bools
    present: Bools


@dataclass(frozen=True)
class CodedCells:
    """Distinct values and, for each row, which of them: -1 where it is missing."""

    distinct: list[Any]
    codes: Codes

    def map(self, of: Callable[[Any], float], dtype: type) -> npt.NDArray[Any]:
        """A number for each row, 0 where it is missing."""
        by_code: npt.NDArray[Any] = np.array(
            [*(of(value) for value in self.distinct), 0], dtype=dtype
        )
        return by_code[self.codes]

    @property
    def present(self) -> Bools:
        return self.codes >= 0


Cells: TypeAlias = NumberCells | FlagCells | CodedCells


class Table(Protocol):
    """Rows of a frame."""

    @property
    def rows(self) -> int: ...

    @property
    def names(self) -> list[str]: ...

    def cells(self, name: str) -> Cells: ...

    def ids(self, name: str) -> list[str]:
        """The column as text; empty where it is missing."""
        ...

    def slice(self, start: int, stop: int) -> Table: ...


def is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)
