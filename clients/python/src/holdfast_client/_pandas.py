"""Frames of pandas."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .cells import Bools, Cells, CodedCells, FlagCells, NumberCells
from .decode import Column


class PandasTable:
    """Rows of a pandas frame. What pandas calls missing is missing: NaN too."""

    def __init__(self, frame: pd.DataFrame) -> None:
        if not frame.columns.is_unique:
            raise ValueError("two columns of the frame have one name")
        self._frame = frame

    @property
    def rows(self) -> int:
        return len(self._frame)

    @property
    def names(self) -> list[str]:
        return [str(name) for name in self._frame.columns]

    def cells(self, name: str) -> Cells:
        series = self._frame[name]
        present: Bools = series.notna().to_numpy(dtype=bool)
        if pd.api.types.is_bool_dtype(series.dtype):
            return FlagCells(series.fillna(False).to_numpy(dtype=bool), present)
        if pd.api.types.is_numeric_dtype(series.dtype):
            return NumberCells(series.to_numpy(dtype=np.float64, na_value=np.nan), present)
        codes, distinct = pd.factorize(series)
        return CodedCells(list(distinct), codes.astype(np.int64))

    def ids(self, name: str) -> list[str]:
        series = self._frame[name]
        present = series.notna()
        return ["" if missing else str(id) for id, missing in zip(series, ~present, strict=True)]

    def slice(self, start: int, stop: int) -> PandasTable:
        return PandasTable(self._frame.iloc[start:stop])

    def answer(self, id: str, columns: Mapping[str, Column]) -> pd.DataFrame:
        """A frame with the index and the ids of this one."""
        answers = {
            name: pd.array(values, dtype="string") if values.dtype == object else values
            for name, values in columns.items()
        }
        return pd.DataFrame({id: self._frame[id], **answers}, index=self._frame.index)
