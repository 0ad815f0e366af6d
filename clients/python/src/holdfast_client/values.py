"""From Python's values to the contract's messages."""

from __future__ import annotations

import datetime
import numbers
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from google.protobuf import field_mask_pb2

from holdfast.v1 import customer_pb2, model_pb2

FeatureInput: TypeAlias = bool | float | str | customer_pb2.FeatureValue | None
"""A number, a text, a flag, None where the value is missing, or the message."""

Selector: TypeAlias = str | model_pb2.ModelSelector
"""A model by name (`telco-churn`), by version (`telco-churn@2`), by alias
(`telco-churn@champion`), or the message."""


def feature_value(value: FeatureInput) -> customer_pb2.FeatureValue:
    """The message for a value; NumPy's scalars are taken too."""
    if isinstance(value, customer_pb2.FeatureValue):
        return value
    if value is None:
        return customer_pb2.FeatureValue(null=customer_pb2.Null())
    if isinstance(value, str):
        return customer_pb2.FeatureValue(text=value)
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, bool):
        return customer_pb2.FeatureValue(flag=plain)
    if isinstance(plain, numbers.Real):
        return customer_pb2.FeatureValue(number=float(plain))
    raise TypeError(f"a feature is a number, a text, a flag or None, not {type(value).__name__}")


def selector(model: Selector | None) -> model_pb2.ModelSelector | None:
    """The message that chooses a model."""
    if model is None or isinstance(model, model_pb2.ModelSelector):
        return model
    name, at, choice = model.partition("@")
    if not at:
        return model_pb2.ModelSelector(name=name)
    if choice.isdecimal():
        return model_pb2.ModelSelector(name=name, version=int(choice))
    return model_pb2.ModelSelector(name=name, alias=choice)


def mask(paths: Sequence[str]) -> field_mask_pb2.FieldMask | None:
    """The fields that are wanted; None for all."""
    return field_mask_pb2.FieldMask(paths=paths) if paths else None


def purchases(
    currency: str, bought: Iterable[tuple[datetime.date | str, float]]
) -> customer_pb2.PurchaseHistory:
    """A purchase history of days and amounts, for example
    `purchases("USD", [("1997-01-01", 29.33), (date(1997, 1, 18), 29.73)])`.

    Purchases that name products are `PurchaseHistory` messages.
    """
    history = customer_pb2.PurchaseHistory(currency=currency)
    for on, amount in bought:
        history.purchases.add(day=day(on), amount=amount)
    return history


def day(value: datetime.date | str) -> str:
    """A calendar day as the contract spells it, such as `2011-12-09`.

    Of a time, the date counts, in whatever time zone it is stated.
    """
    if isinstance(value, datetime.datetime):
        value = value.date()
    return value if isinstance(value, str) else value.isoformat()


def customer(
    id: str,
    *,
    features: Mapping[str, FeatureInput] | None = None,
    history: customer_pb2.PurchaseHistory | None = None,
    summary: customer_pb2.PurchaseSummary | None = None,
    as_of: datetime.date | str | None = None,
) -> customer_pb2.Customer:
    """The message of one customer."""
    return customer_pb2.Customer(
        id=id,
        features={name: feature_value(value) for name, value in (features or {}).items()},
        history=history,
        summary=summary,
        as_of="" if as_of is None else day(as_of),
    )
