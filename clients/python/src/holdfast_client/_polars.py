"""Frames of polars."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from .cells import Bools, Cells, CodedCells, FlagCells, NumberCells
from .decode import Column


class PolarsTable:
    """Rows of a polars frame. Null is missing; NaN is a number, which the server
    refuses in its row."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._frame = frame

    @property
    def rows(self) -> int:
        return self._frame.height

    @property
    def names(self) -> list[str]:
        return self._frame.columns

    def cells(self, name: str) -> Cells:
        series = self._frame[name]
        present: Bools = series.is_not_null().to_numpy()
        if series.dtype == pl.Boolean:
            return FlagCells(series.fill_null(False).to_numpy(), present)
        if series.dtype.is_numeric():
            return NumberCells(series.cast(pl.Float64).fill_null(0.0).to_numpy(), present)
        distinct = series.drop_nulls().unique(maintain_order=True).to_list()
        if series.dtype not in (pl.String, pl.Categorical, pl.Enum):
            # None of them is what a model wants: all that counts is that they are there.
            return CodedCells(distinct, np.where(present, 0, -1).astype(np.int64))
        codes = series.cast(pl.String).cast(pl.Enum(distinct)).to_physical()
        return CodedCells(distinct, codes.cast(pl.Int64).fill_null(-1).to_numpy())

    def ids(self, name: str) -> list[str]:
        return self._frame[name].cast(pl.String).fill_null("").to_list()

    def slice(self, start: int, stop: int) -> PolarsTable:
        return PolarsTable(self._frame[start:stop])

    def answer(self, id: str, columns: Mapping[str, Column]) -> pl.DataFrame:
        """A frame with the ids of this one."""
        answers = [
            pl.Series(name, values.tolist(), dtype=pl.String)
            if values.dtype == object
            else pl.Series(name, values, nan_to_null=True)
            for name, values in columns.items()
        ]
        return pl.DataFrame([self._frame[id], *answers])
