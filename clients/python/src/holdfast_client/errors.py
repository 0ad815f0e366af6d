"""What the server refuses, as one exception with everything it said."""

from __future__ import annotations

from dataclasses import dataclass

import grpc
from google.rpc import error_details_pb2, status_pb2

# Where gRPC carries a `google.rpc.Status`.
_DETAILS_KEY = "grpc-status-details-bin"

_CODES: dict[int, grpc.StatusCode] = {code.value[0]: code for code in grpc.StatusCode}


@dataclass(frozen=True)
class Violation:
    """One field at fault."""

    field: str
    """Its path in the request, such as `customer.features.tenure`."""
    description: str
    """What is wrong with it."""


class HoldfastError(Exception):
    """A call, or one customer of it, that got no score."""

    def __init__(
        self,
        code: grpc.StatusCode,
        message: str,
        *,
        reason: str | None = None,
        violations: tuple[Violation, ...] = (),
        retry_after: float | None = None,
        metadata: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        """The gRPC code."""
        self.message = message
        """What happened, for people."""
        self.reason = reason
        """The stable reason, such as `INVALID_REQUEST`; None of an error that
        the service itself did not state."""
        self.violations = violations
        """Every field at fault; the server names the first 20."""
        self.retry_after = retry_after
        """Seconds that the server asks to wait before the next attempt."""
        self.metadata = metadata or {}
        """What else the service says of this reason, such as what an alias stands for."""

    def __str__(self) -> str:
        return f"{self.reason or self.code.name}: {self.message}"

    @property
    def may_pass(self) -> bool:
        """Whether the same call may succeed later."""
        return self.code in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED)

    @classmethod
    def of_call(cls, error: grpc.RpcError) -> HoldfastError:
        """The error of a call that gRPC ended."""
        if not isinstance(error, grpc.Call):
            return cls(grpc.StatusCode.UNKNOWN, str(error))
        for key, value in error.trailing_metadata() or ():
            if key == _DETAILS_KEY and isinstance(value, bytes):
                return cls._of_details(error.code(), status_pb2.Status.FromString(value))
        return cls(error.code(), error.details() or "the call failed")

    @classmethod
    def of_status(cls, status: status_pb2.Status) -> HoldfastError:
        """The error of one customer within a call, or of one message of a stream."""
        return cls._of_details(_CODES.get(status.code, grpc.StatusCode.UNKNOWN), status)

    @classmethod
    def _of_details(cls, code: grpc.StatusCode, status: status_pb2.Status) -> HoldfastError:
        info = error_details_pb2.ErrorInfo()
        bad_request = error_details_pb2.BadRequest()
        retry = error_details_pb2.RetryInfo()
        retry_after = None
        for detail in status.details:
            detail.Unpack(info)
            detail.Unpack(bad_request)
            if detail.Unpack(retry):
                retry_after = retry.retry_delay.ToTimedelta().total_seconds()
        violations = tuple(
            Violation(violation.field, violation.description)
            for violation in bad_request.field_violations
        )
        return cls(
            code,
            status.message,
            reason=info.reason or None,
            violations=violations,
            retry_after=retry_after,
            metadata=dict(info.metadata),
        )
