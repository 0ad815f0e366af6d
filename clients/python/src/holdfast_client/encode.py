"""From the cells of a column to the contract's columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from holdfast.v1 import columns_pb2, model_service_pb2

from .cells import Bools, Cells, CodedCells, FlagCells, Floats, NumberCells, is_number
from .errors import Violation


@dataclass(frozen=True)
class Fault:
    """Rows of a column that have a value which cannot be sent."""

    rows: Bools
    violation: Violation


def feature(
    spec: model_service_pb2.FeatureSpec, cells: Cells
) -> tuple[columns_pb2.FeatureColumn, Fault | None]:
    """The column of a feature as the model wants it.

    Raises `TypeError` for a column of another kind.
    """
    kind = spec.WhichOneof("kind")
    if kind == "number":
        return columns_pb2.FeatureColumn(name=spec.name, numbers=numbers(spec.name, cells)), None
    if kind == "text":
        return columns_pb2.FeatureColumn(name=spec.name, texts=texts(spec.name, cells)), None
    sent, fault = flags(spec, cells)
    return columns_pb2.FeatureColumn(name=spec.name, flags=sent), fault


def numbers(name: str, cells: Cells) -> columns_pb2.Numbers:
    """Numbers as little-endian bytes."""
    values: Floats
    match cells:
        case NumberCells(values, _):
            pass
        case CodedCells(distinct, _) if all(is_number(value) for value in distinct):
            values = cells.map(float, np.float64)
        case _:
            raise TypeError(
                f"column {name!r} has other values than numbers, which is what the server wants "
                "of it; convert it first, for example by pandas.to_numeric(..., errors='coerce')"
            )
    return columns_pb2.Numbers(
        little_endian=values.astype("<f8", copy=False).tobytes(), validity=validity(cells.present)
    )


def texts(name: str, cells: Cells) -> columns_pb2.Texts:
    """Texts as a dictionary and indices. Whole numbers count as text, for codes
    such as that of an area; other numbers have too many spellings."""
    if isinstance(cells, NumberCells):
        cells = coded(cells)
    if isinstance(cells, FlagCells) or not all(is_text(value) for value in cells.distinct):
        raise TypeError(
            f"column {name!r} has other values than text, which is what the model wants of it; "
            "convert it first to the spelling of the model's categories"
        )
    return columns_pb2.Texts(
        dictionary=[spelling(value) for value in cells.distinct],
        indices=np.maximum(cells.codes, 0).astype(np.uint32),
        validity=validity(cells.present),
    )


def flags(
    spec: model_service_pb2.FeatureSpec, cells: Cells
) -> tuple[columns_pb2.Flags, Fault | None]:
    """Flags as bitmaps: of booleans, the two labels of the model, or 0 and 1."""
    if isinstance(cells, NumberCells):
        cells = coded(cells)
    if isinstance(cells, FlagCells):
        return columns_pb2.Flags(
            values=bitmap(cells.values), validity=validity(cells.present)
        ), None
    # 1, 0, or -1 for a value that is neither.
    read = cells.map(lambda value: flag(value, spec.flag), np.int8)
    strange: Bools = (read < 0) & cells.present
    sent = columns_pb2.Flags(values=bitmap(read == 1), validity=validity(cells.present & ~strange))
    if not strange.any():
        return sent, None
    labels = f"neither {spec.flag.true_label!r} nor {spec.flag.false_label!r}"
    return sent, Fault(strange, Violation(f"features.{spec.name}", labels))


def flag(value: Any, spec: model_service_pb2.FlagSpec) -> int:
    if isinstance(value, bool):
        return int(value)
    if not is_text(value):
        return -1
    labels = {"1": 1, "0": 0} if is_number(value) else {}
    labels |= {spec.true_label: 1, spec.false_label: 0}
    return labels.get(spelling(value), -1)


def coded(cells: NumberCells) -> CodedCells:
    """The same numbers by their distinct values."""
    distinct, codes = np.unique(np.where(cells.present, cells.values, 0.0), return_inverse=True)
    return CodedCells(distinct.tolist(), np.where(cells.present, codes.reshape(-1), -1))


def is_text(value: Any) -> bool:
    """Whether it has one spelling: a text, or a whole number."""
    return isinstance(value, str) or (is_number(value) and float(value).is_integer())


def spelling(value: Any) -> str:
    return value if isinstance(value, str) else str(int(value))


def validity(present: Bools) -> bytes:
    """The bitmap of the rows that have a value; empty when all have."""
    return b"" if present.all() else bitmap(present)


def bitmap(values: Bools) -> bytes:
    """A bit for each row, the lowest of each byte first."""
    return np.packbits(values, bitorder="little").tobytes()
