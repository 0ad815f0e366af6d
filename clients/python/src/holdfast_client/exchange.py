"""Many messages of columns, each scored once, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from holdfast.v1 import columns_pb2, model_pb2, scoring_service_pb2

from ._methods import Methods
from .frame import Chunk
from .retry import Retries, call


@dataclass(frozen=True)
class Models:
    """Which model versions score, and how many reasons are told."""

    churn: model_pb2.ModelSelector | None
    value: model_pb2.ModelSelector | None
    max_reasons: int


def scores(
    methods: Methods,
    models: Models,
    chunks: Iterable[Chunk],
    retries: Retries,
    timeout: float,
) -> Iterator[tuple[Chunk, columns_pb2.ScoredColumns]]:
    """The scores of each message. The timeout is for one message with its attempts."""
    for chunk in chunks:
        request = scoring_service_pb2.ScoreColumnsRequest(
            churn_model=models.churn,
            value_model=models.value,
            max_reasons=models.max_reasons,
            columns=chunk.columns,
            number_encoding=columns_pb2.NUMBER_ENCODING_LITTLE_ENDIAN,
        )

        def attempt(
            left: float | None,
            request: scoring_service_pb2.ScoreColumnsRequest = request,
        ) -> columns_pb2.ScoredColumns:
            return methods.score_columns(request, timeout=left).columns

        yield chunk, call(attempt, retries, timeout)
