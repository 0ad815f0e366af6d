"""What would be, and what serves: against the real server."""

from __future__ import annotations

import grpc
import pandas as pd
import pytest

from holdfast_client import Client, HoldfastError, customer

from .telco import features


def test_what_if_tells_the_difference_and_the_smallest_change(
    client: Client, telco: pd.DataFrame
) -> None:
    subscriber = customer("c-1", features=features(telco.iloc[0]))
    same = client.what_if(subscriber, churn_model="telco-churn")
    assert same.before == same.after
    assert same.difference.probability == 0.0
    longer = client.what_if(subscriber, {"tenure": 60}, churn_model="telco-churn")
    assert longer.difference.probability < 0.0
    found = client.what_if(subscriber, probability_below=0.6, churn_model="telco-churn")
    assert found.search.changes
    assert 0.0 < found.search.score.churn.probability < 0.6


def test_a_goal_out_of_bounds_is_refused(client: Client, telco: pd.DataFrame) -> None:
    subscriber = customer("c-1", features=features(telco.iloc[0]))
    with pytest.raises(HoldfastError) as caught:
        client.what_if(subscriber, probability_below=2.0, churn_model="telco-churn")
    assert [violation.field for violation in caught.value.violations] == ["goal.probability_below"]


def test_aliases_are_moved_and_rolled_back(own: Client) -> None:
    assert not own.reload().changes
    first = own.set_alias("telco-churn", "champion", 1, expected=None, actor="tests")
    assert first.change.to_version == 1
    own.set_alias("telco-churn", "champion", 2, expected=1, actor="tests", reason="better")
    with pytest.raises(HoldfastError) as caught:
        own.set_alias("telco-churn", "champion", None, expected=1, actor="tests")
    assert caught.value.code == grpc.StatusCode.ABORTED
    assert caught.value.metadata["current_version"] == "2"
    back = own.rollback("telco-churn", actor="tests", expected=2)
    assert back.served.version == 1
    gone = own.set_alias("telco-churn", "champion", None, expected=1, actor="tests")
    assert not gone.change.HasField("to_version")
