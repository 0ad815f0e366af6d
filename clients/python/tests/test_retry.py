"""Attempts, waits and deadlines: against servers that are unavailable or busy."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager

import grpc
import pytest
from google.protobuf import any_pb2, duration_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2

from holdfast.v1 import model_service_pb2 as models
from holdfast.v1 import model_service_pb2_grpc as models_grpc
from holdfast_client import NO_RETRIES, Client, HoldfastError, Retries


class Busy(models_grpc.ModelServiceServicer):
    """Refuses some calls, then answers."""

    def __init__(self, refusals: int, refuse: Callable[[grpc.ServicerContext], None]) -> None:
        self.refusals = refusals
        self.refuse = refuse
        self.calls: list[float] = []

    def ListModels(  # noqa: N802 - the contract's name
        self, request: models.ListModelsRequest, context: grpc.ServicerContext
    ) -> models.ListModelsResponse:
        self.calls.append(time.monotonic())
        if len(self.calls) <= self.refusals:
            self.refuse(context)
        return models.ListModelsResponse(models=[models.ModelSummary(name="found")])


@contextmanager
def serving(service: Busy, port: int = 0) -> Iterator[str]:
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
    models_grpc.add_ModelServiceServicer_to_server(service, server)
    port = server.add_insecure_port(f"127.0.0.1:{port}")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(None).wait()


def refuse_with_retry_info(seconds: float) -> Callable[[grpc.ServicerContext], None]:
    delay = duration_pb2.Duration()
    delay.FromMilliseconds(round(seconds * 1000))
    detail = any_pb2.Any()
    detail.Pack(error_details_pb2.RetryInfo(retry_delay=delay))
    status = status_pb2.Status(code=code_pb2.RESOURCE_EXHAUSTED, message="busy", details=[detail])

    def refuse(context: grpc.ServicerContext) -> None:
        context.set_trailing_metadata([("grpc-status-details-bin", status.SerializeToString())])
        context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "busy")

    return refuse


def refuse_with(code: grpc.StatusCode) -> Callable[[grpc.ServicerContext], None]:
    return lambda context: context.abort(code, "refused")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def test_the_wait_that_the_server_asks_for_is_kept() -> None:
    service = Busy(2, refuse_with_retry_info(0.4))
    with serving(service) as target, Client(target) as client:
        assert client.models()[0].name == "found"
    first, second, third = service.calls
    assert second - first >= 0.4
    assert third - second >= 0.4


def test_a_server_that_comes_up_late_is_found() -> None:
    port = free_port()
    service = Busy(0, refuse_with(grpc.StatusCode.UNAVAILABLE))
    came_up = threading.Event()

    def serve_late() -> None:
        time.sleep(0.7)
        with serving(service, port):
            came_up.set()
            done.wait(30)

    done = threading.Event()
    server = threading.Thread(target=serve_late)
    server.start()
    try:
        with Client(f"127.0.0.1:{port}") as client:
            assert client.models()[0].name == "found"
        assert came_up.is_set()
    finally:
        done.set()
        server.join()


def test_a_call_gives_up_with_what_it_ended_with() -> None:
    service = Busy(100, refuse_with(grpc.StatusCode.UNAVAILABLE))
    retries = Retries(attempts=3, first_wait=0.01)
    with serving(service) as target, Client(target, retries=retries) as client:
        with pytest.raises(HoldfastError) as caught:
            client.models()
    assert caught.value.code == grpc.StatusCode.UNAVAILABLE
    assert len(service.calls) == 3


def test_no_wait_outlasts_the_deadline() -> None:
    service = Busy(100, refuse_with_retry_info(60.0))
    begun = time.monotonic()
    with serving(service) as target, Client(target) as client:
        with pytest.raises(HoldfastError) as caught:
            client.models(timeout=5.0)
    assert caught.value.retry_after == 60.0
    assert time.monotonic() - begun < 4.0
    assert len(service.calls) == 1


@pytest.mark.parametrize(
    "code", [grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INTERNAL]
)
def test_what_will_not_pass_is_not_tried_again(code: grpc.StatusCode) -> None:
    service = Busy(1, refuse_with(code))
    with serving(service) as target, Client(target) as client:
        with pytest.raises(HoldfastError) as caught:
            client.models()
    assert caught.value.code == code
    assert caught.value.reason is None
    assert len(service.calls) == 1


def test_a_deadline_ends_a_call_that_is_under_way() -> None:
    service = Busy(1, lambda context: time.sleep(1.0))
    with serving(service) as target, Client(target, timeout=0.2) as client:
        with pytest.raises(HoldfastError) as caught:
            client.models()
    assert caught.value.code == grpc.StatusCode.DEADLINE_EXCEEDED


def test_without_retries_there_is_one_attempt() -> None:
    service = Busy(1, refuse_with(grpc.StatusCode.UNAVAILABLE))
    with serving(service) as target, Client(target, retries=NO_RETRIES) as client:
        with pytest.raises(HoldfastError):
            client.models()
    assert len(service.calls) == 1


def test_waits_grow_and_stay_within_bounds() -> None:
    retries = Retries(first_wait=0.1, longest_wait=1.0)
    for failures, longest in [(1, 0.1), (2, 0.2), (4, 0.8), (5, 1.0), (5000, 1.0)]:
        for _ in range(50):
            assert longest / 2 <= retries.wait(failures, None) <= longest
    assert retries.wait(1, 3.0) >= 3.0
