"""Decisions in frames: those of single calls, by a profile of the server."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from holdfast_client import Client

from .telco import features
from .test_frame import as_polars, bits

PARTS = [
    "churn.probability",
    "risk_band",
    "value_at_risk",
    "tier",
    "causes",
    "action",
    "policy",
    "contract_value",
]


def decided(client: Client, frame: Any, **settings: Any) -> Any:
    return client.score_frame(
        frame, id="customerID", profile="subscribers", score_mask=PARTS, **settings
    )


def test_a_frame_has_the_decisions_of_single_calls(contracts: Client, telco: pd.DataFrame) -> None:
    frame = telco.head(60).copy()
    frame.loc[4, "tenure"] = None
    scored = decided(contracts, frame, chunk_rows=25, language="zh")
    assert "log_odds" not in scored and "churn_model" not in scored
    for row in [0, 1, 24, 25, 59]:
        one = contracts.score(
            "c", features=features(frame.iloc[row]), profile="subscribers", language="zh"
        )
        line = scored.iloc[row]
        assert bits(line["probability"]) == bits(one.churn.probability)
        assert bits(line["value_at_risk"]) == bits(one.value_at_risk.amount)
        assert bits(line["expected_profit"]) == bits(one.action.expected_profit)
        assert bits(line["contract_potential"]) == bits(one.contract_value.potential.amount)
        assert line["action"] == one.action.code
        assert line["action_text"] == one.action.text
        assert line["risk_band"] in ("LOW", "MEDIUM", "HIGH", "CRITICAL")
        assert line["tier"] in ("LOW", "MEDIUM", "HIGH")
        assert line["policy"] == f"{one.policy.name}@{one.policy.version}"
        causes = sum(line[name] for name in scored.columns if name.startswith("cause_"))
        assert causes == pytest.approx(sum(cause.contribution for cause in one.causes))
    refused = scored.iloc[4]
    assert refused["error"].startswith("features.tenure: ")
    assert refused.drop(["customerID", "error"]).isna().all()


def test_polars_gets_the_same_decisions(contracts: Client, telco: pd.DataFrame) -> None:
    frame = telco.head(40)
    by_pandas, by_polars = (decided(contracts, f) for f in (frame, as_polars(frame)))
    assert by_polars.columns == list(by_pandas.columns)
    for name in by_polars.columns:
        pandas = [None if pd.isna(value) else value for value in by_pandas[name]]
        assert by_polars[name].to_list() == pandas, name


def test_without_a_mask_nothing_is_decided(contracts: Client, telco: pd.DataFrame) -> None:
    scored = contracts.score_frame(telco.head(5), id="customerID", profile="subscribers")
    assert "probability" in scored and "risk_band" not in scored


def test_a_profile_that_does_not_exist_is_named(contracts: Client, telco: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="no profile 'nobody', but subscribers"):
        contracts.score_frame(telco, id="customerID", profile="nobody")
