"""Scoring a frame: what is sent of it, message by message, and what comes back."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from holdfast.v1 import columns_pb2, model_service_pb2

from . import decode, encode
from .cells import Table
from .encode import Fault

SUMMARY = ("frequency", "recency_days", "observation_days", "mean_repeat_spend")
"""The columns that a value model wants, as `PurchaseSummary` defines them."""


class Answering(Table, Protocol):
    """A table that can be answered by a frame of its own library."""

    def answer(self, id: str, columns: Mapping[str, decode.Column]) -> Any: ...


def table(frame: Any) -> Answering:
    """The rows of a frame of pandas or polars. Neither is imported for the other."""
    library = type(frame).__module__.partition(".")[0]
    if library == "pandas" and isinstance(frame, sys.modules["pandas"].DataFrame):
        from ._pandas import PandasTable

        return PandasTable(frame)
    if library == "polars" and isinstance(frame, sys.modules["polars"].DataFrame):
        from ._polars import PolarsTable

        return PolarsTable(frame)
    raise TypeError(f"a pandas or a polars DataFrame can be scored, not {type(frame).__name__}")


@dataclass(frozen=True)
class Chunk:
    """Rows of one message, and which of their values could not be sent."""

    columns: columns_pb2.CustomerColumns
    faults: list[Fault]


@dataclass(frozen=True)
class Plan:
    """Which columns of a table are sent as what."""

    id: str
    features: list[model_service_pb2.FeatureSpec]
    summary: dict[str, str] = field(default_factory=dict)
    """Fields of the summary, and the columns they come from."""
    currency: str = ""

    @classmethod
    def of(
        cls,
        table: Table,
        id: str,
        churn: model_service_pb2.Model | None,
        value: model_service_pb2.Model | None,
        currency: str | None,
    ) -> Plan:
        names = set(table.names)
        if id not in names:
            raise ValueError(f"the frame has no column {id!r} of ids")
        features = [] if churn is None else [f for f in churn.churn.features if f.name in names]
        summary = {} if value is None else {name: name for name in SUMMARY if name in names}
        if value is not None and (lacking := set(SUMMARY[:3]) - names):
            raise ValueError(f"a value model wants the columns {', '.join(sorted(lacking))}")
        if "mean_repeat_spend" in summary and currency is None:
            raise ValueError("state the currency of mean_repeat_spend")
        known = {id, *summary, *(feature.name for feature in features)}
        if unknown := [name for name in table.names if name not in known]:
            warnings.warn(
                f"not sent, for no model asks for them: {', '.join(unknown)}", stacklevel=3
            )
        return cls(id, features, summary, currency or "")

    def chunks(self, table: Table, rows: int) -> Iterator[Chunk]:
        """The messages, of so many rows each."""
        for start in range(0, table.rows, rows):
            yield self.chunk(table.slice(start, start + rows))

    def chunk(self, table: Table) -> Chunk:
        sent = columns_pb2.CustomerColumns(ids=table.ids(self.id))
        faults = []
        for spec in self.features:
            column, fault = encode.feature(spec, table.cells(spec.name))
            sent.features.append(column)
            if fault is not None:
                faults.append(fault)
        if self.summary:
            numbers = {
                part: encode.numbers(name, table.cells(name)) for part, name in self.summary.items()
            }
            currency = self.currency if "mean_repeat_spend" in numbers else ""
            summary = columns_pb2.PurchaseSummaryColumns(**numbers, currency=currency)
            sent.summary.CopyFrom(summary)
        return Chunk(sent, faults)


def joined(parts: list[dict[str, decode.Column]]) -> dict[str, decode.Column]:
    """The columns of all messages, one below the other."""
    if not parts:
        return {"error": np.array([], dtype=object)}
    # A message in which no row has a part of a decision has no column for it.
    names = {name: part[name].dtype for part in parts for name in part if name != "error"}
    kinds = names | {"error": np.dtype(object)}

    def of_part(part: dict[str, decode.Column], name: str) -> decode.Column:
        if name in part:
            return part[name]
        return np.full(len(part["error"]), None if kinds[name].kind == "O" else np.nan, kinds[name])

    return {name: np.concatenate([of_part(part, name) for part in parts]) for name in kinds}
