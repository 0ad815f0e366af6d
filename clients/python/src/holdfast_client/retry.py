"""Trying again: when, how often, how long to wait in between."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import grpc

from .errors import HoldfastError

T = TypeVar("T")


@dataclass(frozen=True)
class Retries:
    """How a call is tried again that ended with UNAVAILABLE or RESOURCE_EXHAUSTED.

    The wait doubles from attempt to attempt, and half of it is random, so that
    clients which failed together do not come back together. It is never shorter
    than the server asks (`RetryInfo`), and never longer than the call's time.
    """

    attempts: int = 8
    """Attempts in all; 1 never tries again."""
    first_wait: float = 0.1
    """Seconds before the second attempt, at most."""
    longest_wait: float = 5.0
    """The longest wait in seconds, unless the server asks for more."""

    def wait(self, failures: int, retry_after: float | None) -> float:
        """Seconds to wait after so many failures in a row (from 1)."""
        whole = min(self.first_wait * 2.0 ** min(failures - 1, 60), self.longest_wait)
        wait = whole * random.uniform(0.5, 1.0)
        return wait if retry_after is None else retry_after + wait / 2


RETRIES = Retries()
NO_RETRIES = Retries(attempts=1)


class Deadline:
    """The end of a call with all its attempts."""

    def __init__(self, timeout: float | None) -> None:
        self._end = None if timeout is None else time.monotonic() + timeout

    def remaining(self) -> float | None:
        """Seconds that are left, not below 0; None without a deadline."""
        return None if self._end is None else max(self._end - time.monotonic(), 0.0)


def call(attempt: Callable[[float | None], T], retries: Retries, timeout: float | None) -> T:
    """Calls `attempt` with the seconds that are left until it succeeds.

    Raises `HoldfastError` with what the last attempt ended with.
    """
    deadline = Deadline(timeout)
    failures = 0
    while True:
        try:
            return attempt(deadline.remaining())
        except grpc.RpcError as error:
            failure = HoldfastError.of_call(error)
        except HoldfastError as error:
            failure = error
        failures += 1
        if not failure.may_pass or failures >= retries.attempts:
            raise failure
        wait = retries.wait(failures, failure.retry_after)
        remaining = deadline.remaining()
        if remaining is not None and wait >= remaining:
            raise failure
        time.sleep(wait)
