"""The methods of the contract, with types."""

from __future__ import annotations

import grpc

from holdfast.v1 import model_service_pb2 as models
from holdfast.v1 import scoring_service_pb2 as scoring
from holdfast.v1.model_service_pb2_grpc import ModelServiceStub
from holdfast.v1.scoring_service_pb2_grpc import ScoringServiceStub


class Methods:
    """What can be called on a channel."""

    list_models: grpc.UnaryUnaryMultiCallable[models.ListModelsRequest, models.ListModelsResponse]
    get_model: grpc.UnaryUnaryMultiCallable[models.GetModelRequest, models.GetModelResponse]
    score_customer: grpc.UnaryUnaryMultiCallable[
        scoring.ScoreCustomerRequest, scoring.ScoreCustomerResponse
    ]
    score_customers: grpc.UnaryUnaryMultiCallable[
        scoring.ScoreCustomersRequest, scoring.ScoreCustomersResponse
    ]
    score_columns: grpc.UnaryUnaryMultiCallable[
        scoring.ScoreColumnsRequest, scoring.ScoreColumnsResponse
    ]

    def __init__(self, channel: grpc.Channel) -> None:
        model_service = ModelServiceStub(channel)
        self.list_models = model_service.ListModels
        self.get_model = model_service.GetModel
        scoring_service = ScoringServiceStub(channel)
        self.score_customer = scoring_service.ScoreCustomer
        self.score_customers = scoring_service.ScoreCustomers
        self.score_columns = scoring_service.ScoreColumns
