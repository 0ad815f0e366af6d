"""Streams that break, end early, stall or refuse: nothing is lost or scored twice."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager

import grpc
import pandas as pd
import pytest
from google.rpc import code_pb2, status_pb2

from holdfast.v1 import columns_pb2, model_pb2
from holdfast.v1 import model_service_pb2 as models
from holdfast.v1 import model_service_pb2_grpc as models_grpc
from holdfast.v1 import scoring_service_pb2 as scoring
from holdfast.v1 import scoring_service_pb2_grpc as scoring_grpc
from holdfast_client import Client, HoldfastError, Retries

Trouble = Callable[[grpc.ServicerContext, int], str]

ROWS = pd.DataFrame({"id": [str(row) for row in range(50)], "x": [float(row) for row in range(50)]})


class Model(models_grpc.ModelServiceServicer):
    def GetModel(  # noqa: N802 - the contract's name
        self, request: models.GetModelRequest, context: grpc.ServicerContext
    ) -> models.GetModelResponse:
        feature = models.FeatureSpec(name="x", number=models.NumberSpec())
        identity = model_pb2.ModelVersion(name="m", version=7)
        churn = models.ChurnModel(features=[feature])
        return models.GetModelResponse(model=models.Model(identity=identity, churn=churn))


class Echo(scoring_grpc.ScoringServiceServicer):
    """The "probability" of a row is its feature; some messages meet with trouble."""

    def __init__(self, trouble: Trouble) -> None:
        self.trouble = trouble
        self.streams: list[list[int]] = []

    def StreamScores(  # noqa: N802 - the contract's name
        self, requests: Iterator[scoring.StreamScoresRequest], context: grpc.ServicerContext
    ) -> Iterator[scoring.StreamScoresResponse]:
        sent: list[int] = []
        self.streams.append(sent)
        for request in requests:
            assert request.HasField("settings") == (not sent)
            sent.append(request.sequence)
            match self.trouble(context, request.sequence):
                case "end":
                    return
                case "refuse":
                    error = status_pb2.Status(code=code_pb2.UNAVAILABLE, message="not now")
                    yield scoring.StreamScoresResponse(sequence=request.sequence, error=error)
                case _:
                    numbers = request.columns.features[0].numbers
                    churn = columns_pb2.ChurnColumns(probability=numbers, log_odds=numbers)
                    scored = columns_pb2.ScoredColumns(rows=len(request.columns.ids), churn=churn)
                    yield scoring.StreamScoresResponse(sequence=request.sequence, columns=scored)


@contextmanager
def serving(trouble: Trouble) -> Iterator[tuple[Echo, Client]]:
    service = Echo(trouble)
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=8))
    models_grpc.add_ModelServiceServicer_to_server(Model(), server)
    scoring_grpc.add_ScoringServiceServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    retries = Retries(attempts=4, first_wait=0.01)
    try:
        with Client(f"127.0.0.1:{port}", retries=retries) as client:
            yield service, client
    finally:
        server.stop(None).wait()


def score(client: Client, frame: pd.DataFrame = ROWS, timeout: float = 10.0) -> pd.DataFrame:
    return client.score_frame(
        frame, id="id", churn_model="m", max_reasons=0, chunk_rows=1, timeout=timeout
    )


def break_off(context: grpc.ServicerContext, sequence: int) -> str:
    context.abort(grpc.StatusCode.UNAVAILABLE, "gone")
    return ""


class Once:
    """Trouble at some messages, the first time that they come."""

    def __init__(self, at: set[int], trouble: Trouble) -> None:
        self.at = set(at)
        self.trouble = trouble

    def __call__(self, context: grpc.ServicerContext, sequence: int) -> str:
        if sequence not in self.at:
            return ""
        self.at.remove(sequence)
        return self.trouble(context, sequence)


@pytest.mark.parametrize("trouble", [break_off, lambda *_: "end", lambda *_: "refuse"])
def test_what_has_no_answer_is_sent_again(trouble: Trouble) -> None:
    with serving(Once({0, 1, 7, 30, 49}, trouble)) as (service, client):
        scored = score(client)
    assert scored["id"].tolist() == ROWS["id"].tolist()
    assert scored["probability"].tolist() == ROWS["x"].tolist()
    # Each stream goes on where the one before was broken off. The server may meet
    # with trouble twice in one: it reads ahead.
    begun_at = [sent[0] for sent in service.streams if sent]
    assert begun_at == sorted(begun_at)
    assert 1 < len(service.streams) <= 6


def test_progress_gives_new_attempts() -> None:
    with serving(Once(set(range(50)), break_off)) as (_, client):
        assert score(client)["probability"].tolist() == ROWS["x"].tolist()


def test_it_gives_up_where_there_is_no_progress() -> None:
    def always_at_three(context: grpc.ServicerContext, sequence: int) -> str:
        return break_off(context, sequence) if sequence == 3 else ""

    with serving(always_at_three) as (service, client), pytest.raises(HoldfastError) as caught:
        score(client)
    assert caught.value.code == grpc.StatusCode.UNAVAILABLE
    assert len(service.streams) == 4


def test_other_errors_end_it() -> None:
    def refuse(context: grpc.ServicerContext, sequence: int) -> str:
        if sequence == 5:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "no")
        return ""

    with serving(refuse) as (service, client), pytest.raises(HoldfastError) as caught:
        score(client)
    assert caught.value.code == grpc.StatusCode.INVALID_ARGUMENT
    assert len(service.streams) == 1


def test_a_server_that_stalls_is_given_up() -> None:
    def stall(context: grpc.ServicerContext, sequence: int) -> str:
        if sequence == 5:
            time.sleep(1.0)
        return ""

    with serving(stall) as (_, client), pytest.raises(HoldfastError) as caught:
        score(client, timeout=0.3)
    assert caught.value.code == grpc.StatusCode.DEADLINE_EXCEEDED


def test_few_messages_are_under_way_at_once() -> None:
    """However fast they are made and however slowly they are answered."""
    made: list[int] = []

    def slow(context: grpc.ServicerContext, sequence: int) -> str:
        time.sleep(0.02)
        return ""

    def count(done: int, rows: int) -> None:
        made.append(max(service.streams[0]) - done)

    with serving(slow) as (service, client):
        client.score_frame(
            ROWS, id="id", churn_model="m", max_reasons=0, chunk_rows=1, progress=count
        )
    assert max(made) <= 4


def test_a_message_that_cannot_be_made_is_raised() -> None:
    values: list[object] = [*ROWS["x"][:20], "twenty", *ROWS["x"][21:]]
    frame = ROWS.assign(x=pd.Series(values, dtype="object"))
    with serving(lambda *_: "") as (_, client), pytest.raises(TypeError, match="column 'x'"):
        score(client, frame)


def test_a_caller_that_goes_away_ends_the_stream() -> None:
    def go_away(done: int, rows: int) -> None:
        raise KeyboardInterrupt

    with serving(lambda *_: "") as (service, client), pytest.raises(KeyboardInterrupt):
        client.score_frame(
            ROWS, id="id", churn_model="m", max_reasons=0, chunk_rows=1, progress=go_away
        )
    assert len(service.streams[0]) < 50


def test_bits_survive() -> None:
    odd = [5e-324, -0.0, 1.7976931348623157e308, 0.1 + 0.2, 1 / 3]
    frame = pd.DataFrame({"id": list("abcde"), "x": odd})
    with serving(lambda *_: "") as (_, client):
        scored = score(client, frame)["probability"]
    assert struct.pack("<5d", *scored) == struct.pack("<5d", *odd)
