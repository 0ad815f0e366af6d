"""The real server, and frames to score."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from holdfast_client import Client

ROOT = Path(__file__).resolve().parents[3]
LISTENING = re.compile(r"listening.*?127\.0\.0\.1:(\d+)")


def server_binary() -> Path:
    """What HOLDFAST_SERVER names, or what was built last."""
    if named := os.environ.get("HOLDFAST_SERVER"):
        return Path(named)
    built = [ROOT / "target" / profile / "holdfast-server" for profile in ("debug", "release")]
    built = [binary for binary in built if binary.exists()]
    if not built:
        pytest.exit("build the server first: cargo build --bin holdfast-server")
    return max(built, key=lambda binary: binary.stat().st_mtime)


@pytest.fixture(scope="session")
def target() -> Iterator[str]:
    """Where a server with the shipped models listens."""
    with serving(ROOT / "models") as target:
        yield target


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Client]:
    """A client of a server whose models, copies of the shipped ones, may be changed."""
    models = shutil.copytree(ROOT / "models", tmp_path / "models")
    with serving(models) as target, Client(target) as client:
        yield client


@pytest.fixture
def contracts(tmp_path: Path) -> Iterator[Client]:
    """A client of a server with a profile whose policy values contracts."""
    config = tmp_path / "holdfast.toml"
    policy = ROOT / "policies" / "subscription.toml"
    config.write_text(
        f"[policies]\ncontracts = '{policy}'\n"
        "[profiles.subscribers]\nchurn = 'telco-churn'\npolicy = 'contracts'\n"
    )
    with serving(ROOT / "models", "--config", str(config)) as target, Client(target) as client:
        yield client


@contextmanager
def serving(models: Path, *options: str) -> Iterator[str]:
    """A server of these models; where it listens."""
    command = [server_binary(), "--listen", "127.0.0.1:0", "--models", models, *options]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert server.stdout is not None
    try:
        log = []
        for line in server.stdout:
            log.append(line)
            if listening := LISTENING.search(re.sub(r"\x1b\[[0-9;]*m", "", line)):
                yield f"127.0.0.1:{listening[1]}"
                return
        pytest.exit("the server does not start:\n" + "".join(log))
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture
def client(target: str) -> Iterator[Client]:
    with Client(target) as client:
        yield client


@pytest.fixture(scope="session")
def telco() -> pd.DataFrame:
    """The shipped churn data, without the outcome."""
    frame = pd.read_csv(ROOT / "data" / "telco" / "Telco-Customer-Churn.csv")
    frame["TotalCharges"] = pd.to_numeric(frame["TotalCharges"], errors="coerce")
    return frame.drop(columns="Churn")
