"""Tokens: who calls, in calls and in streams."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import grpc
import pandas as pd
import pytest

from holdfast_client import Client, HoldfastError

from .conftest import ROOT, serving

KEY = "a-key-of-a-test"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a server listens that knows one key."""
    access = tmp_path_factory.mktemp("access") / "access.toml"
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    access.write_text(
        "[[principals]]\nname = 'test'\nscopes = ['score', 'read-models']\n"
        f"keys = ['sha256:{digest}']\n"
    )
    with serving(ROOT / "models", "--access", str(access)) as target:
        yield target


def test_a_token_says_who_calls(guarded: str, telco: pd.DataFrame) -> None:
    with Client(guarded, token=KEY) as client:
        assert client.models()
        # By a stream.
        scored = client.score_frame(
            telco.head(3), id="customerID", churn_model="telco-churn", progress=False
        )
        assert len(scored) == 3
        with pytest.raises(HoldfastError) as denied:
            client.reload()
    assert denied.value.code == grpc.StatusCode.PERMISSION_DENIED
    assert denied.value.reason == "SCOPE_MISSING"


@pytest.mark.parametrize("token", [None, "another"])
def test_who_is_not_known_gets_no_answer(guarded: str, token: str | None) -> None:
    with Client(guarded, token=token) as client, pytest.raises(HoldfastError) as refused:
        client.models()
    assert refused.value.code == grpc.StatusCode.UNAUTHENTICATED
    assert "another" not in str(refused.value)


@pytest.mark.parametrize("token", ["", "a b", "a\nb", "é"])
def test_what_is_no_token_is_refused_at_once(token: str) -> None:
    with pytest.raises(ValueError, match="visible"):
        Client(token=token)
