"""Runs the examples of README.md as they stand there.

A fenced block whose info string has a second word is an example of that name:

    ```sh serve                   the server, up while all others run
    ```sh train                   must succeed
    ```python score probability   must succeed and print "probability"

They run in the order of the page, from the root of the repository.
"""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ADDRESS = ("127.0.0.1", 50051)
NAMES = {"serve", "grpcurl", "client", "score", "train", "value", "segments"}
INTERPRETERS = {
    "sh": ["bash", "-euo", "pipefail", "-c"],
    "python": [sys.executable, "-c"],
}
# A fresh clone builds everything first.
PATIENCE_SECONDS = 1800
SHUTDOWN_SECONDS = 60

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(
    r"^```(?P<language>\w+) (?P<name>\w+)(?: (?P<expected>\w+))?\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Example(NamedTuple):
    language: str
    name: str
    expected: str | None
    code: str

    def command(self) -> list[str]:
        return [*INTERPRETERS[self.language], self.code]


def main() -> None:
    page = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "README.md"
    examples = read(page)
    with serving(examples.pop("serve")):
        for example in examples.values():
            run(example)
    print(f"{page.name}: {len(examples) + 1} examples work")


def read(page: Path) -> dict[str, Example]:
    """The examples of a page by name, in its order."""
    found = [Example(**block.groupdict()) for block in BLOCK.finditer(page.read_text())]
    names = [example.name for example in found]
    if len(names) != len(set(names)):
        sys.exit(f"{page.name} has two examples of one name: {names}")
    if set(names) != NAMES:
        sys.exit(f"{page.name} has the examples {sorted(names)}, not {sorted(NAMES)}")
    return {example.name: example for example in found}


@contextlib.contextmanager
def serving(example: Example):
    """Starts the server, waits until it listens, and stops it in the end."""
    if listens():
        sys.exit(f"something else already listens on {ADDRESS}")
    announce(example)
    # A process group of its own, so that a signal reaches whatever it starts.
    server = subprocess.Popen(
        example.command(), cwd=ROOT, env=environment(), start_new_session=True
    )
    try:
        wait_for(server)
        yield
        os.killpg(server.pid, signal.SIGTERM)
        if server.wait(SHUTDOWN_SECONDS) != 0:
            sys.exit(f"serve: exit code {server.returncode} after SIGTERM")
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)


def wait_for(server: subprocess.Popen) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not listens():
        if server.poll() is not None:
            sys.exit(f"serve: exit code {server.returncode} before it listened")
        if time.monotonic() > deadline:
            sys.exit(f"serve: does not listen on {ADDRESS}")
        time.sleep(0.2)


def listens() -> bool:
    with socket.socket() as client:
        return client.connect_ex(ADDRESS) == 0


def run(example: Example) -> None:
    announce(example)
    done = subprocess.run(
        example.command(),
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
    print(done.stdout, end="", flush=True)
    if done.returncode != 0:
        sys.exit(f"{example.name}: exit code {done.returncode}")
    if example.expected is not None and example.expected not in done.stdout:
        sys.exit(f"{example.name}: does not print {example.expected!r}")


def environment() -> dict[str, str]:
    """`python` must be this one, which has what the examples import."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path}


def announce(example: Example) -> None:
    print(f"\n-- {example.language} {example.name}", flush=True)


if __name__ == "__main__":
    main()
