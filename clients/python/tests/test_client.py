"""One customer, a batch, models, errors: against the real server."""

from __future__ import annotations

from datetime import date

import grpc
import pandas as pd
import pytest

from holdfast_client import (
    Client,
    HoldfastError,
    ModelSelector,
    PurchaseSummary,
    customer,
    purchases,
)

from .telco import features

CD_BUYER = purchases("USD", [(date(1997, 1, 1), 29.33), ("1997-01-18", 29.73)])


def test_models_are_listed_and_described(client: Client) -> None:
    assert {"telco-churn", "cdnow-value"} <= {model.name for model in client.models()}
    model = client.model("telco-churn")
    assert model.identity.name == "telco-churn"
    assert "tenure" in [feature.name for feature in model.churn.features]


def test_a_customer_is_scored(client: Client, telco: pd.DataFrame) -> None:
    score = client.score(
        "c-1", features=features(telco.iloc[0]), churn_model="telco-churn", max_reasons=2
    )
    assert score.customer_id == "c-1"
    assert 0.0 < score.churn.probability < 1.0
    assert len(score.churn.reasons) == 2


@pytest.mark.parametrize(
    "selector", ["telco-churn@2", ModelSelector(name="telco-churn", version=2)]
)
def test_a_version_is_chosen(
    client: Client, telco: pd.DataFrame, selector: str | ModelSelector
) -> None:
    score = client.score("c-1", features=features(telco.iloc[0]), churn_model=selector)
    assert score.churn.model.version == 2


def test_an_alias_that_is_not_set_is_refused(client: Client) -> None:
    with pytest.raises(HoldfastError) as caught:
        client.model("telco-churn@nobody")
    assert caught.value.code == grpc.StatusCode.NOT_FOUND
    assert caught.value.reason == "ALIAS_NOT_FOUND"


def test_a_history_and_a_summary_are_scored(client: Client) -> None:
    by_history = client.score(
        "v", history=CD_BUYER, as_of=date(1997, 9, 30), value_model="cdnow-value"
    ).value
    seen = by_history.seen
    summary = PurchaseSummary(
        frequency=seen.frequency,
        recency_days=seen.recency_days,
        observation_days=seen.observation_days,
        mean_repeat_spend=seen.mean_repeat_spend,
        currency="USD",
    )
    by_summary = client.score("v", summary=summary, value_model="cdnow-value").value
    assert by_summary.potential == by_history.potential


def test_every_field_at_fault_is_named(client: Client, telco: pd.DataFrame) -> None:
    wrong = features(telco.iloc[0]) | {"tenure": "long", "Partner": 3.0}
    with pytest.raises(HoldfastError) as caught:
        client.score("c-1", features=wrong, churn_model="telco-churn")
    error = caught.value
    assert error.code == grpc.StatusCode.INVALID_ARGUMENT
    assert error.reason == "INVALID_REQUEST"
    assert {violation.field for violation in error.violations} == {
        "customer.features.tenure",
        "customer.features.Partner",
    }
    assert all(violation.description for violation in error.violations)
    assert error.retry_after is None


def test_a_batch_has_an_outcome_for_each(client: Client, telco: pd.DataFrame) -> None:
    good = customer("good", features=features(telco.iloc[0]))
    bad = customer("bad", features=features(telco.iloc[1]) | {"tenure": "long"})
    first, second = client.score_many([good, bad], churn_model="telco-churn")
    assert not isinstance(first, HoldfastError)
    assert first.customer_id == "good"
    assert isinstance(second, HoldfastError)
    assert second.violations[0].field == "customers[1].features.tenure"


def test_a_value_of_no_known_type_is_refused(client: Client) -> None:
    with pytest.raises(TypeError, match="not date"):
        client.score("c", features={"tenure": date(1997, 1, 1)}, churn_model="telco-churn")  # type: ignore[dict-item]


@pytest.mark.parametrize("model", ["telco-churn", "telco-churn@1", "cdnow-value"])
def test_the_example_of_a_model_scores(client: Client, model: str) -> None:
    score = client.score_request(client.example(model))
    assert score.HasField("churn") or score.HasField("value")


def test_a_full_score_and_a_masked_one(client: Client, telco: pd.DataFrame) -> None:
    row = features(telco.iloc[0])
    models = {"churn_model": "telco-churn", "value_model": "cdnow-value"}
    full = client.score("c", features=row, history=CD_BUYER, as_of="1997-09-30", **models)
    assert full.HasField("action")
    masked = client.score(
        "c", features=row, churn_model="telco-churn", score_mask=["churn.probability"]
    )
    assert masked.churn.probability == full.churn.probability
    assert not masked.churn.reasons
    assert not masked.HasField("action")


def test_a_profile_that_does_not_exist_is_refused(client: Client, telco: pd.DataFrame) -> None:
    with pytest.raises(HoldfastError) as caught:
        client.score("c", features=features(telco.iloc[0]), profile="nobody")
    assert caught.value.reason == "PROFILE_NOT_FOUND"
