"""Client of Holdfast, the customer-scoring service.

What is sent and what comes back are the messages of the contract,
`holdfast.v1`; the most used are named here.
"""

from holdfast.v1.customer_pb2 import Customer, Purchase, PurchaseHistory, PurchaseSummary
from holdfast.v1.model_pb2 import ModelSelector, ModelVersion
from holdfast.v1.model_service_pb2 import Model, ModelSummary
from holdfast.v1.score_pb2 import ChurnScore, CustomerScore, Reason, ValueScore

from .client import Client
from .errors import HoldfastError, Violation
from .retry import NO_RETRIES, Retries
from .values import customer, purchases

__all__ = [
    "NO_RETRIES",
    "ChurnScore",
    "Client",
    "Customer",
    "CustomerScore",
    "HoldfastError",
    "Model",
    "ModelSelector",
    "ModelSummary",
    "ModelVersion",
    "Purchase",
    "PurchaseHistory",
    "PurchaseSummary",
    "Reason",
    "Retries",
    "ValueScore",
    "Violation",
    "customer",
    "purchases",
]
