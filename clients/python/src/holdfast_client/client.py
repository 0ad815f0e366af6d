"""A connection to a server."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

import grpc

from holdfast.v1 import (
    columns_pb2,
    customer_pb2,
    model_pb2,
    model_service_pb2,
    score_pb2,
    scoring_service_pb2,
    what_if_pb2,
)

from . import values
from ._methods import Methods
from ._token import Bearer
from .errors import HoldfastError
from .progress import Progress, counting
from .retry import NO_RETRIES, RETRIES, Retries, call
from .values import FeatureInput, Selector

if TYPE_CHECKING:
    import pandas
    import polars

Request = TypeVar("Request")
Response = TypeVar("Response")
Frame = TypeVar("Frame", "pandas.DataFrame", "polars.DataFrame")

# Answers may be larger than gRPC's 4 MiB, and a server that comes back is to be
# found soon: gRPC's own pauses between connections grow to two minutes.
_CHANNEL_OPTIONS = (
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1000),
    ("grpc.max_reconnect_backoff_ms", 2000),
)


class Client:
    """Scores customers on a Holdfast server.

    One client serves many threads. Close it, or use it as a context manager::

        with Client("127.0.0.1:50051") as client:
            score = client.score("c-1", features={...}, churn_model="telco-churn")

    Every method raises `HoldfastError`, and takes a `timeout` in seconds for all
    of its attempts together; None, the default, means the client's.
    """

    def __init__(
        self,
        target: str = "127.0.0.1:50051",
        *,
        timeout: float = 30.0,
        credentials: grpc.ChannelCredentials | None = None,
        token: str | None = None,
        retries: Retries = RETRIES,
    ) -> None:
        """Connects at the first call. Without credentials the text is not encrypted.

        `token` is an API key or a signed token, which says who calls.
        """
        if credentials is None:
            self._channel = grpc.insecure_channel(target, options=_CHANNEL_OPTIONS)
        else:
            self._channel = grpc.secure_channel(target, credentials, options=_CHANNEL_OPTIONS)
        channel = self._channel
        if token is not None:
            channel = grpc.intercept_channel(channel, Bearer(token))
        self._methods = Methods(channel)
        self._timeout = timeout
        self._retries = retries

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connection, and every call that is under way."""
        self._channel.close()

    def models(self, *, timeout: float | None = None) -> list[model_service_pb2.ModelSummary]:
        """Every model of the server, by name."""
        request = model_service_pb2.ListModelsRequest()
        return list(self._call(self._methods.list_models, request, timeout).models)

    def model(self, model: Selector, *, timeout: float | None = None) -> model_service_pb2.Model:
        """One model in full: what it predicts, from what, and how well."""
        request = model_service_pb2.GetModelRequest(model=values.selector(model))
        return self._call(self._methods.get_model, request, timeout).model

    def example(
        self, model: Selector, *, timeout: float | None = None
    ) -> scoring_service_pb2.ScoreCustomerRequest:
        """A complete request that the model scores as it stands, to begin from."""
        request = model_service_pb2.GetModelRequest(model=values.selector(model))
        return self._call(self._methods.get_model, request, timeout).example

    def score(
        self,
        id: str,
        *,
        features: Mapping[str, FeatureInput] | None = None,
        history: customer_pb2.PurchaseHistory | None = None,
        summary: customer_pb2.PurchaseSummary | None = None,
        as_of: datetime.date | str | None = None,
        churn_model: Selector | None = None,
        value_model: Selector | None = None,
        segmentation_model: Selector | None = None,
        profile: str = "",
        score_mask: Sequence[str] = (),
        language: str = "",
        max_reasons: int | None = None,
        timeout: float | None = None,
    ) -> score_pb2.CustomerScore:
        """Scores one customer.

        A churn model wants `features`, or the `history` that it builds them from;
        a value model wants the `history` as of a day, or its `summary`, and a
        segmentation model the `history`. Models may also be named by a `profile` of
        the server. `score_mask` names the fields of the score that are wanted, such
        as `["risk_band", "churn.probability"]`; `language` is that of the action.
        """
        request = scoring_service_pb2.ScoreCustomerRequest(
            churn_model=values.selector(churn_model),
            value_model=values.selector(value_model),
            segmentation_model=values.selector(segmentation_model),
            profile=profile,
            score_mask=values.mask(score_mask),
            language=language,
            max_reasons=max_reasons,
            customer=values.customer(
                id, features=features, history=history, summary=summary, as_of=as_of
            ),
        )
        return self.score_request(request, timeout=timeout)

    def score_request(
        self, request: scoring_service_pb2.ScoreCustomerRequest, *, timeout: float | None = None
    ) -> score_pb2.CustomerScore:
        """Scores one customer by the contract's own message, such as that of `example`."""
        return self._call(self._methods.score_customer, request, timeout).score

    def what_if(
        self,
        customer: customer_pb2.Customer,
        changes: Mapping[str, FeatureInput] | None = None,
        *,
        probability_below: float | None = None,
        band_below: score_pb2.RiskBand | None = None,
        actionable: Sequence[str] = (),
        churn_model: Selector | None = None,
        value_model: Selector | None = None,
        segmentation_model: Selector | None = None,
        profile: str = "",
        language: str = "",
        max_reasons: int | None = None,
        timeout: float | None = None,
    ) -> what_if_pb2.WhatIfResponse:
        """Scores a customer as it is and with `changes`, and tells what lies between.

        With one of `probability_below` and `band_below`, it looks for the smallest
        change of the `actionable` features that gets there: of those that the policy
        lists, when there are none.
        """
        goal = None
        if probability_below is not None or band_below is not None:
            goal = what_if_pb2.WhatIfGoal(
                probability_below=probability_below,
                band_below=band_below,
                actionable=actionable,
            )
        request = what_if_pb2.WhatIfRequest(
            churn_model=values.selector(churn_model),
            value_model=values.selector(value_model),
            segmentation_model=values.selector(segmentation_model),
            profile=profile,
            language=language,
            max_reasons=max_reasons,
            customer=customer,
            changes={name: values.feature_value(value) for name, value in (changes or {}).items()},
            goal=goal,
        )
        return self._call(self._methods.what_if, request, timeout)

    def reload(self, *, timeout: float | None = None) -> model_service_pb2.ReloadModelsResponse:
        """Lets the server look for new versions, moved aliases and changed policies now;
        what changed."""
        request = model_service_pb2.ReloadModelsRequest()
        return self._call(self._methods.reload_models, request, timeout)

    def set_alias(
        self,
        name: str,
        alias: str,
        version: int | None,
        *,
        expected: int | None,
        actor: str,
        reason: str = "",
        despite_callers: bool = False,
        timeout: float | None = None,
    ) -> model_service_pb2.SetAliasResponse:
        """Lets an alias of a model stand for a version, or for none, if it still stands
        for the `expected` one; None where it is not set. Refused where the version would
        refuse what callers sent lately, unless `despite_callers`.

        Tried once: after a lost answer, the alias may have been moved.
        """
        request = model_service_pb2.SetAliasRequest(
            name=name,
            alias=alias,
            version=version,
            unset=customer_pb2.Null() if version is None else None,
            expected_version=expected,
            actor=actor,
            reason=reason,
            despite_callers=despite_callers,
        )
        return self._call(self._methods.set_alias, request, timeout, NO_RETRIES)

    def rollback(
        self,
        name: str,
        *,
        actor: str,
        expected: int | None = None,
        reason: str = "",
        timeout: float | None = None,
    ) -> model_service_pb2.RollbackModelResponse:
        """Brings back the champion before; only from the `expected` version, if there is one.

        Tried once: a second rollback would go one champion further.
        """
        request = model_service_pb2.RollbackModelRequest(
            name=name, expected_version=expected, actor=actor, reason=reason
        )
        return self._call(self._methods.rollback_model, request, timeout, NO_RETRIES)

    def score_many(
        self,
        customers: Sequence[customer_pb2.Customer],
        *,
        churn_model: Selector | None = None,
        value_model: Selector | None = None,
        segmentation_model: Selector | None = None,
        profile: str = "",
        score_mask: Sequence[str] = (),
        language: str = "",
        max_reasons: int | None = None,
        timeout: float | None = None,
    ) -> list[score_pb2.CustomerScore | HoldfastError]:
        """Scores a batch, such as of `values.customer`: in their order, the score
        of each customer or the error that it would have raised alone."""
        request = scoring_service_pb2.ScoreCustomersRequest(
            churn_model=values.selector(churn_model),
            value_model=values.selector(value_model),
            segmentation_model=values.selector(segmentation_model),
            profile=profile,
            score_mask=values.mask(score_mask),
            language=language,
            max_reasons=max_reasons,
            customers=customers,
        )
        answer = self._call(self._methods.score_customers, request, timeout)
        return [
            outcome.score if outcome.HasField("score") else HoldfastError.of_status(outcome.error)
            for outcome in answer.outcomes
        ]

    def score_frame(
        self,
        frame: Frame,
        *,
        id: str,
        churn_model: Selector | None = None,
        value_model: Selector | None = None,
        profile: str = "",
        score_mask: Sequence[str] = (),
        language: str = "",
        currency: str | None = None,
        max_reasons: int = 3,
        chunk_rows: int = 10_000,
        progress: Progress = True,
        timeout: float | None = None,
    ) -> Frame:
        """Scores a pandas or polars frame, and returns a frame of the same kind with
        as many rows in their order.

        Columns go by the names of the churn model's features and, for a value model,
        of `PurchaseSummary` (`frequency`, `recency_days`, `observation_days` and,
        with its `currency`, `mean_repeat_spend`); others are not sent, which one
        warning says. Models may also be named by a `profile` of the server, whose
        policy then decides. The answer has the ids, the scores under the contract's
        names, and `error`: why a row has none. It has decisions where `score_mask`
        names them, such as `["churn", "risk_band", "value_at_risk", "action"]`. All
        rows are scored by one version of each model. The timeout is for each
        `chunk_rows` rows.

        Raises `TypeError` for a column of another kind than the model wants and
        `ValueError` for one that is missing.
        """
        # They need NumPy, which whoever scores no frames does without.
        from . import decode, exchange
        from . import frame as frames

        table = frames.table(frame)
        if profile:
            named = self._profile(profile, timeout)
            if churn_model is None and named.HasField("churn_model"):
                churn_model = named.churn_model
            if value_model is None and named.HasField("value_model"):
                value_model = named.value_model
        churn = None if churn_model is None else self.model(churn_model, timeout=timeout)
        value = None if value_model is None else self.model(value_model, timeout=timeout)
        plan = frames.Plan.of(table, id, churn, value, currency)
        settings = scoring_service_pb2.StreamSettings(
            churn_model=pinned(churn),
            value_model=pinned(value),
            profile=profile,
            score_mask=values.mask(score_mask),
            language=language,
            max_reasons=max_reasons,
            number_encoding=columns_pb2.NUMBER_ENCODING_LITTLE_ENDIAN,
        )
        chunks = plan.chunks(table, chunk_rows)
        stream = exchange.Exchange(self._methods, settings, chunks)
        whole = self._timeout if timeout is None else timeout
        parts = []
        with counting(progress, table.rows) as advance:
            for chunk, scored in stream.scores(self._retries, whole):
                parts.append(decode.columns(scored, chunk.faults))
                advance(scored.rows)
        answer: Frame = table.answer(id, frames.joined(parts))
        return answer

    def _profile(self, name: str, timeout: float | None) -> model_service_pb2.Profile:
        """The models that a profile of the server stands for."""
        request = model_service_pb2.ListModelsRequest()
        profiles = self._call(self._methods.list_models, request, timeout).profiles
        for profile in profiles:
            if profile.name == name:
                return profile
        known = ", ".join(profile.name for profile in profiles) or "none"
        raise ValueError(f"the server has no profile {name!r}, but {known}")

    def _call(
        self,
        method: grpc.UnaryUnaryMultiCallable[Request, Response],
        request: Request,
        timeout: float | None,
        retries: Retries | None = None,
    ) -> Response:
        whole = self._timeout if timeout is None else timeout
        return call(lambda left: method(request, timeout=left), retries or self._retries, whole)


def pinned(model: model_service_pb2.Model | None) -> model_pb2.ModelSelector | None:
    """Exactly this version."""
    if model is None:
        return None
    return model_pb2.ModelSelector(name=model.identity.name, version=model.identity.version)
