"""The methods of the contract, with types."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import grpc

from holdfast.v1 import model_service_pb2 as models
from holdfast.v1 import scoring_service_pb2 as scoring
from holdfast.v1 import what_if_pb2 as what_ifs
from holdfast.v1.model_service_pb2_grpc import ModelServiceStub
from holdfast.v1.scoring_service_pb2_grpc import ScoringServiceStub


class ScoreStream(Protocol):
    """The answers of a stream."""

    def __next__(self) -> scoring.StreamScoresResponse: ...

    def __iter__(self) -> Iterator[scoring.StreamScoresResponse]: ...

    def cancel(self) -> bool: ...


class Methods:
    """What can be called on a channel."""

    list_models: grpc.UnaryUnaryMultiCallable[models.ListModelsRequest, models.ListModelsResponse]
    get_model: grpc.UnaryUnaryMultiCallable[models.GetModelRequest, models.GetModelResponse]
    reload_models: grpc.UnaryUnaryMultiCallable[
        models.ReloadModelsRequest, models.ReloadModelsResponse
    ]
    set_alias: grpc.UnaryUnaryMultiCallable[models.SetAliasRequest, models.SetAliasResponse]
    rollback_model: grpc.UnaryUnaryMultiCallable[
        models.RollbackModelRequest, models.RollbackModelResponse
    ]
    score_customer: grpc.UnaryUnaryMultiCallable[
        scoring.ScoreCustomerRequest, scoring.ScoreCustomerResponse
    ]
    score_customers: grpc.UnaryUnaryMultiCallable[
        scoring.ScoreCustomersRequest, scoring.ScoreCustomersResponse
    ]
    what_if: grpc.UnaryUnaryMultiCallable[what_ifs.WhatIfRequest, what_ifs.WhatIfResponse]
    stream_scores: Callable[[Iterator[scoring.StreamScoresRequest]], ScoreStream]

    def __init__(self, channel: grpc.Channel) -> None:
        model_service = ModelServiceStub(channel)
        self.list_models = model_service.ListModels
        self.get_model = model_service.GetModel
        self.reload_models = model_service.ReloadModels
        self.set_alias = model_service.SetAlias
        self.rollback_model = model_service.RollbackModel
        scoring_service = ScoringServiceStub(channel)
        self.score_customer = scoring_service.ScoreCustomer
        self.score_customers = scoring_service.ScoreCustomers
        self.what_if = scoring_service.WhatIf
        self.stream_scores = scoring_service.StreamScores
