"""A server with callers of all kinds, for tests of what watches it."""

import base64
import contextlib
import hashlib
import os
import random
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import grpc_tools
from grpc_tools import protoc

import grpc

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_SECONDS = 60
# How long calls are made; rates want a few scrapes of each series.
STORY_SECONDS = 10


class Server:
    """A server with TLS, callers of all kinds and a challenger in the shadow."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.calls, self.admin = (f"127.0.0.1:{port}" for port in free_ports(2))
        self.keys = {
            name: hashlib.sha256(name.encode()).hexdigest() for name in ("all", "reader", "poor")
        }
        self.models = shutil.copytree(ROOT / "models", work / "models")
        # No version: its files are not what its manifest says.
        corrupt = shutil.copytree(
            self.models / "telco-churn" / "2", self.models / "telco-churn" / "3"
        )
        (corrupt / "model.json").write_text("{}")
        command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1"
        command += " -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1"
        command += " -keyout key.pem -out cert.pem"
        subprocess.run(command.split(), cwd=work, check=True, capture_output=True)
        (work / "access.toml").write_text(self.access())
        (work / "holdfast.toml").write_text(
            '[shadow.telco-churn]\nchallenger = "challenger"\nshare = 1.0\n'
        )

    def access(self) -> str:
        def principal(name: str, rest: str) -> str:
            digest = hashlib.sha256(self.keys[name].encode()).hexdigest()
            return f'[[principals]]\nname = "{name}"\nkeys = ["sha256:{digest}"]\n{rest}\n'

        return "\n".join(
            [
                principal("all", 'scopes = ["score", "read-models", "manage-models"]'),
                principal("reader", 'scopes = ["read-models"]'),
                principal(
                    "poor", 'scopes = ["score", "read-models"]\nquota = { calls_per_second = 1 }'
                ),
                # Nobody listens there, so its tokens cannot be judged.
                """
                [[issuers]]
                name = "away"
                issuer = "https://away.example"
                audiences = ["holdfast"]
                algorithms = ["ES256"]
                jwks_url = "http://127.0.0.1:9/jwks.json"
                scopes = ["score"]
                """,
            ]
        )

    @contextlib.contextmanager
    def running(self):
        arguments = {
            "config": "holdfast.toml",
            "models": "models",
            "access": "access.toml",
            "tls-cert": "cert.pem",
            "tls-key": "key.pem",
            "reload-seconds": "1",
            "listen": self.calls,
            "admin-listen": self.admin,
            "log-filter": "error",
        }
        options = [f"--{name}={value}" for name, value in arguments.items()]
        with process([server_binary(), *options], self.work):
            until(lambda: self.metrics(), "the server")
            yield

    def metrics(self) -> str:
        return http(f"http://{self.admin}/metrics")

    def live(self) -> None:
        """Calls that go well, and calls that go wrong, for some time."""
        stubs = Stubs(self.work)
        credentials = grpc.ssl_channel_credentials((self.work / "cert.pem").read_bytes())
        with grpc.secure_channel(self.calls, credentials) as channel:
            models, scoring = stubs.of(channel)
            example = models.GetModel(stubs.get_model("telco-churn"), **self.by("all")).example
            models.SetAlias(stubs.set_alias("telco-churn", "champion", 1), **self.by("all"))
            models.SetAlias(stubs.set_alias("telco-churn", "challenger", 2), **self.by("all"))
            end = time.monotonic() + STORY_SECONDS
            while time.monotonic() < end:
                self.chapter(stubs, scoring, example)
                with (
                    contextlib.suppress(OSError),
                    socket.create_connection(self.calls.split(":"), 1) as raw,
                ):
                    raw.sendall(b"this is no TLS\r\n\r\n")
                time.sleep(0.1)

    def chapter(self, stubs: "Stubs", scoring, example) -> None:
        scoring.ScoreCustomers(stubs.batch(example), **self.by("all"))
        scoring.ScoreCustomer(example, **self.by("all"))
        # Of this version it is known how customers lay in training.
        scoring.ScoreCustomers(stubs.of_version(stubs.large(example, 50), 2), **self.by("all"))
        scoring.ScoreColumns(stubs.columns(example), **self.by("all"))
        fails(scoring.ScoreCustomer, stubs.broken(example), **self.by("all"))
        fails(scoring.ScoreCustomer, example)
        for who in ("reader", "poor", "poor"):
            fails(scoring.ScoreCustomer, example, **self.by(who))
        token = b".".join(
            base64.urlsafe_b64encode(part).rstrip(b"=") for part in FOREIGN_TOKEN
        ).decode()
        fails(scoring.ScoreCustomer, example, metadata=[("authorization", f"Bearer {token}")])
        given_up(scoring.ScoreCustomers, stubs.large(example), **self.by("all"))

    def by(self, who: str) -> dict:
        return {"metadata": [("authorization", f"Bearer {self.keys[who]}")]}


FOREIGN_TOKEN = (
    b'{"alg":"ES256","typ":"JWT"}',
    b'{"iss":"https://away.example","sub":"x","aud":"holdfast","exp":4102444800}',
    bytes(64),
)


class Stubs:
    """The contract as Python, and what is sent."""

    def __init__(self, work: Path) -> None:
        into = work / "stubs"
        into.mkdir()
        include = Path(grpc_tools.__file__).parent / "_proto"
        contract = [str(file) for file in sorted((ROOT / "proto/holdfast/v1").glob("*.proto"))]
        outputs = [f"--python_out={into}", f"--grpc_python_out={into}"]
        if protoc.main(["protoc", f"-I{ROOT / 'proto'}", f"-I{include}", *outputs, *contract]) != 0:
            sys.exit("the contract does not compile")
        sys.path.insert(0, str(into))
        from holdfast.v1 import (
            model_pb2,
            model_service_pb2,
            model_service_pb2_grpc,
            scoring_service_pb2,
            scoring_service_pb2_grpc,
        )

        self.model = model_pb2
        self.models = model_service_pb2
        self.scoring = scoring_service_pb2
        self.services = (
            model_service_pb2_grpc.ModelServiceStub,
            scoring_service_pb2_grpc.ScoringServiceStub,
        )

    def of(self, channel: grpc.Channel):
        return [service(channel) for service in self.services]

    def get_model(self, name: str):
        return self.models.GetModelRequest(model=self.model.ModelSelector(name=name))

    def set_alias(self, name: str, alias: str, version: int):
        return self.models.SetAliasRequest(
            name=name, alias=alias, version=version, actor="ci", reason="a story"
        )

    def batch(self, example):
        """Two customers, of whom one is at fault."""
        batch = self.large(example, 1)
        batch.customers.append(self.broken(example).customer)
        return batch

    def large(self, example, rows: int = 10_000):
        batch = self.scoring.ScoreCustomersRequest(
            churn_model=self.model.ModelSelector(name="telco-churn")
        )
        for number in range(rows):
            batch.customers.add().CopyFrom(example.customer)
            batch.customers[number].id = f"c-{number}"
        return batch

    def of_version(self, batch, version: int):
        batch.churn_model.version = version
        return batch

    def columns(self, example, rows: int = 100):
        """The same customer again and again, by column."""
        request = self.scoring.ScoreColumnsRequest(
            churn_model=self.model.ModelSelector(name="telco-churn")
        )
        request.columns.ids.extend(f"c-{number}" for number in range(rows))
        for name, value in example.customer.features.items():
            column = request.columns.features.add(name=name)
            match value.WhichOneof("kind"):
                case "number":
                    column.numbers.values.extend([value.number] * rows)
                case "text":
                    column.texts.dictionary.append(value.text)
                    column.texts.indices.extend([0] * rows)
                case "flag":
                    column.flags.values = (b"\xff" if value.flag else b"\0") * (-(-rows // 8))
        return request

    def broken(self, example):
        request = self.scoring.ScoreCustomerRequest()
        request.CopyFrom(example)
        request.customer.features["tenure"].text = "long"
        return request


@contextlib.contextmanager
def process(command: list, work: Path):
    child = subprocess.Popen(command, cwd=work)
    try:
        yield child
    finally:
        child.terminate()
        child.wait(PATIENCE_SECONDS)


def server_binary() -> Path:
    if named := os.environ.get("HOLDFAST_SERVER"):
        return Path(named).resolve()
    built = [ROOT / "target" / profile / "holdfast-server" for profile in ("debug", "release")]
    built = [binary for binary in built if binary.exists()]
    if not built:
        sys.exit("build the server first: cargo build --bin holdfast-server")
    return max(built, key=lambda binary: binary.stat().st_mtime)


def until(holds, what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        with contextlib.suppress(OSError, ValueError):
            if holds():
                return
        if time.monotonic() > deadline:
            sys.exit(f"{what} does not answer")
        time.sleep(0.2)


def fails(call, request, **options) -> None:
    with contextlib.suppress(grpc.RpcError):
        call(request, **options)


def given_up(call, request, **options) -> None:
    """Goes away at some moment of the call."""
    going_on = call.future(request, **options)
    time.sleep(random.uniform(0, 0.03))
    going_on.cancel()


def http(url: str) -> str:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as open_sockets:
        sockets = [open_sockets.enter_context(socket.socket()) for _ in range(count)]
        for free in sockets:
            free.bind(("127.0.0.1", 0))
        return [free.getsockname()[1] for free in sockets]
