"""Frames of pandas and polars: the scores of single calls, and rows at fault."""

from __future__ import annotations

import struct
import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from holdfast_client import Client, HoldfastError, PurchaseSummary

from .telco import features

SUMMARIES = {
    "customer": ["a", "b", "c"],
    "frequency": [2.0, 0.0, 1.5],
    "recency_days": [213.0, 0.0, 10.0],
    "observation_days": [272.0, 100.0, 50.0],
    "mean_repeat_spend": [22.345, None, 3.0],
}


def bits(number: float) -> bytes:
    return struct.pack("<d", number)


def as_polars(frame: pd.DataFrame) -> pl.DataFrame:
    plain = {
        str(name): [None if pd.isna(value) else value for value in frame[name].tolist()]
        for name in frame.columns
    }
    return pl.DataFrame(plain)


def score(client: Client, frame: Any, **settings: Any) -> Any:
    return client.score_frame(frame, id="customerID", churn_model="telco-churn", **settings)


def test_a_frame_has_the_scores_of_single_calls(client: Client, telco: pd.DataFrame) -> None:
    scored = score(client, telco, chunk_rows=1000, max_reasons=4)
    assert len(scored) == 7043
    assert scored["customerID"].tolist() == telco["customerID"].tolist()
    assert scored["error"].isna().all()
    # Some of either side of the messages' ends, and one with a missing number.
    missing = int(np.flatnonzero(telco["TotalCharges"].isna())[0])
    for row in [0, 1, 999, 1000, 3500, missing, 7042]:
        one = client.score(
            "c", features=features(telco.iloc[row]), churn_model="telco-churn", max_reasons=4
        ).churn
        line = scored.iloc[row]
        assert bits(line["probability"]) == bits(one.probability)
        assert bits(line["log_odds"]) == bits(one.log_odds)
        for rank, reason in enumerate(one.reasons, start=1):
            assert line[f"reason_{rank}"] == " × ".join(reason.features)
            assert bits(line[f"contribution_{rank}"]) == bits(reason.contribution)
        assert line["churn_model"] == f"{one.model.name}@{one.model.version}"
    assert scored["churn_notes"].iloc[missing] == "TotalCharges MISSING"


def test_polars_gets_what_pandas_gets(client: Client, telco: pd.DataFrame) -> None:
    by_pandas = score(client, telco)
    by_polars = score(client, as_polars(telco))
    assert isinstance(by_polars, pl.DataFrame)
    assert by_polars.columns == list(by_pandas.columns)
    for name in by_polars.columns:
        pandas = [None if pd.isna(value) else value for value in by_pandas[name]]
        assert by_polars[name].to_list() == pandas, name


def test_categories_booleans_and_nullable_columns_are_the_same(
    client: Client, telco: pd.DataFrame
) -> None:
    telco = telco.head(500)
    other = telco.assign(
        Contract=telco["Contract"].astype("category"),
        Partner=telco["Partner"] == "Yes",
        SeniorCitizen=telco["SeniorCitizen"].astype("boolean"),
        tenure=telco["tenure"].astype("Int16"),
        TotalCharges=telco["TotalCharges"].astype("Float64"),
        gender=telco["gender"].astype(object),
    )
    pd.testing.assert_frame_equal(score(client, other), score(client, telco))
    polars = as_polars(telco).with_columns(
        pl.col("Contract").cast(pl.Categorical), pl.col("tenure").cast(pl.UInt8)
    )
    assert score(client, polars).equals(score(client, as_polars(telco)))


@pytest.mark.parametrize("convert", [lambda frame: frame, as_polars])
def test_rows_at_fault_are_told_by_id(client: Client, telco: pd.DataFrame, convert: Any) -> None:
    frame = telco.head(30).copy()
    frame.loc[3, "Partner"] = "Perhaps"
    frame.loc[5, "tenure"] = None
    frame.loc[17, "Contract"] = None
    frame.loc[17, "MonthlyCharges"] = float("inf")
    frame.loc[21, "customerID"] = frame.loc[20, "customerID"]
    scored = score(client, convert(frame), chunk_rows=10)
    errors = {
        row: error
        for row, error in enumerate(scored["error"])
        if not (error is None or error is pd.NA)
    }
    assert sorted(errors) == [3, 5, 17, 21]
    assert errors[3] == "features.Partner: neither 'Yes' nor 'No'"
    assert errors[5].startswith("features.tenure: ")
    assert "features.MonthlyCharges: " in errors[17]
    assert "features.Contract: " in errors[17]
    assert errors[21].startswith("id: ")
    assert "Perhaps" not in str(errors)
    assert pd.isna(scored["probability"].to_numpy()[[3, 5, 17, 21]]).all()
    assert scored["reason_1"][3] is None or scored["reason_1"][3] is pd.NA


def test_an_index_is_kept(client: Client, telco: pd.DataFrame) -> None:
    frame = telco.iloc[10:20][::-1]
    scored = score(client, frame)
    assert scored.index.tolist() == list(range(19, 9, -1))
    assert frame.join(scored["probability"]).notna()["probability"].all()


def test_an_empty_frame_is_answered_by_an_empty_one(client: Client, telco: pd.DataFrame) -> None:
    assert len(score(client, telco.head(0))) == 0
    assert score(client, as_polars(telco).head(0)).height == 0


@pytest.mark.parametrize("library", [pd, pl])
def test_summaries_get_values(client: Client, library: Any) -> None:
    scored = client.score_frame(
        library.DataFrame(SUMMARIES), id="customer", value_model="cdnow-value", currency="USD"
    )
    summary = PurchaseSummary(
        frequency=2,
        recency_days=213,
        observation_days=272,
        mean_repeat_spend=22.345,
        currency="USD",
    )
    one = client.score("a", summary=summary, value_model="cdnow-value").value
    assert bits(scored["potential"][0]) == bits(one.potential.amount)
    assert bits(scored["potential_high"][0]) == bits(one.potential.interval.high)
    assert bits(scored["p_alive"][0]) == bits(one.p_alive)
    assert scored["value_notes"][1] == "NO_REPEAT_SPEND"
    assert scored["currency"][1] == "USD"
    assert scored["error"][2].startswith("summary.frequency: ")


def test_columns_nobody_asks_for_are_named_once(client: Client, telco: pd.DataFrame) -> None:
    frame = telco.assign(Churn="No", shoe_size=42)
    with pytest.warns(UserWarning, match="Churn, shoe_size") as caught:
        score(client, frame, chunk_rows=1000)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        score(client, telco)


def test_progress_is_told(client: Client, telco: pd.DataFrame) -> None:
    steps: list[tuple[int, int]] = []
    score(client, telco, chunk_rows=3000, progress=lambda done, rows: steps.append((done, rows)))
    assert steps == [(3000, 7043), (6000, 7043), (7043, 7043)]


def test_what_cannot_be_sent_is_refused_at_once(client: Client, telco: pd.DataFrame) -> None:
    with pytest.raises(TypeError, match="'tenure' has other values than numbers"):
        score(client, telco.assign(tenure="long"))
    with pytest.raises(TypeError, match="'Contract' has other values than text"):
        score(client, telco.assign(Contract=0.5))
    with pytest.raises(ValueError, match="'id' of ids"):
        client.score_frame(telco, id="id", churn_model="telco-churn")
    with pytest.raises(ValueError, match="recency_days"):
        client.score_frame(
            pd.DataFrame({"id": ["a"], "frequency": [1.0]}), id="id", value_model="cdnow-value"
        )
    with pytest.raises(ValueError, match="currency"):
        client.score_frame(pd.DataFrame(SUMMARIES), id="customer", value_model="cdnow-value")
    with pytest.raises(TypeError, match="not dict"):
        score(client, {})
    with pytest.raises(HoldfastError, match="MODEL_NOT_FOUND"):
        client.score_frame(telco, id="customerID", churn_model="nobody")
