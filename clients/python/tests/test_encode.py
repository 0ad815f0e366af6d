"""What is sent of a column, decoded again."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pytest

from holdfast.v1.columns_pb2 import FeatureColumn
from holdfast.v1.model_service_pb2 import FeatureSpec, FlagSpec, NumberSpec, TextSpec
from holdfast_client._pandas import PandasTable
from holdfast_client._polars import PolarsTable
from holdfast_client.cells import Cells
from holdfast_client.encode import Fault, feature

NUMBER = FeatureSpec(name="x", number=NumberSpec())
TEXT = FeatureSpec(name="x", text=TextSpec())
FLAG = FeatureSpec(name="x", flag=FlagSpec(true_label="Yes", false_label="No"))
DIGIT_FLAG = FeatureSpec(name="x", flag=FlagSpec(true_label="2", false_label="1"))


def decoded(column: FeatureColumn, rows: int) -> list[object]:
    """The cells of a column as the contract defines them."""

    def bit(bitmap: bytes, row: int) -> bool:
        return bool(bitmap[row // 8] >> row % 8 & 1)

    def cell(row: int) -> object:
        values = getattr(column, column.WhichOneof("values") or "")
        if values.validity and not bit(values.validity, row):
            return None
        if column.HasField("numbers"):
            return np.frombuffer(column.numbers.little_endian, "<f8")[row]
        if column.HasField("texts"):
            return column.texts.dictionary[column.texts.indices[row]]
        return bit(column.flags.values, row)

    return [cell(row) for row in range(rows)]


def pandas(values: list[object], dtype: str | None = None) -> Cells:
    return PandasTable(pd.DataFrame({"x": pd.Series(values, dtype=dtype)})).cells("x")


def polars(values: list[object], dtype: pl.DataType | None = None) -> Cells:
    return PolarsTable(pl.DataFrame({"x": pl.Series(values, dtype=dtype)})).cells("x")


@pytest.mark.parametrize(
    ("spec", "cells", "expected"),
    [
        (NUMBER, pandas([1, 2, 3]), [1.0, 2.0, 3.0]),
        (NUMBER, pandas([1.5, float("nan"), -0.0]), [1.5, None, 0.0]),
        (NUMBER, pandas([1, None, 3], "Int32"), [1.0, None, 3.0]),
        (NUMBER, pandas([Decimal("1.5"), None, 7], "object"), [1.5, None, 7.0]),
        (NUMBER, polars([1, None, 3]), [1.0, None, 3.0]),
        (NUMBER, polars([Decimal("1.5"), None]), [1.5, None]),
        (NUMBER, polars([None, None]), [None, None]),
        (NUMBER, pandas([None, None]), [None, None]),
        (TEXT, pandas(["b", "a", None, "b"]), ["b", "a", None, "b"]),
        (TEXT, pandas(["b", "a", None], "category"), ["b", "a", None]),
        (TEXT, pandas([408, 415, 408]), ["408", "415", "408"]),
        (TEXT, pandas([408, None, 415]), ["408", None, "415"]),
        (TEXT, polars(["b", None, "a", "b"]), ["b", None, "a", "b"]),
        (TEXT, polars(["b", None], pl.Categorical()), ["b", None]),
        (FLAG, pandas([True, False, None], "boolean"), [True, False, None]),
        (FLAG, pandas(["Yes", "No", None]), [True, False, None]),
        (FLAG, pandas([True, "No", None], "object"), [True, False, None]),
        (FLAG, pandas([0, 1, 1]), [False, True, True]),
        (FLAG, polars([1, None, 0]), [True, None, False]),
        (FLAG, polars([True, None, False]), [True, None, False]),
        (DIGIT_FLAG, pandas([2, 1, None]), [True, False, None]),
        (DIGIT_FLAG, pandas(["2", "1"]), [True, False]),
        (FLAG, pandas(["Yes"] * 9 + ["No"] * 8), [True] * 9 + [False] * 8),
    ],
)
def test_a_column_is_sent_as_it_is(spec: FeatureSpec, cells: Cells, expected: list[object]) -> None:
    column, fault = feature(spec, cells)
    assert fault is None
    assert decoded(column, len(expected)) == expected


def test_what_is_no_flag_is_the_fault_of_its_row() -> None:
    column, fault = feature(FLAG, pandas(["Yes", "maybe", None, "No"]))
    assert isinstance(fault, Fault)
    assert fault.rows.tolist() == [False, True, False, False]
    assert decoded(column, 4) == [True, None, None, False]


@pytest.mark.parametrize(
    ("spec", "cells"),
    [
        (NUMBER, pandas(["1", "2"])),
        (NUMBER, pandas([True, False])),
        (NUMBER, pandas(["2020-01-01"], "datetime64[ns]")),
        (TEXT, pandas([0.5])),
        (TEXT, pandas([True])),
        (TEXT, polars([[1], [2]])),
    ],
)
def test_a_column_of_another_kind_is_refused(spec: FeatureSpec, cells: Cells) -> None:
    with pytest.raises(TypeError, match="column 'x' has other values than"):
        feature(spec, cells)
