"""Many messages of columns through one stream, each answered once, in their order.

The server reads a message when the answer before has been taken, so gRPC sends from
a thread of its own while answers are read. Where a stream breaks, what has no answer
yet is sent again on a new one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from threading import Condition, Event, Timer

import grpc

from holdfast.v1 import columns_pb2, scoring_service_pb2

from ._methods import Methods, ScoreStream
from .errors import HoldfastError
from .frame import Chunk
from .retry import Retries, call

# Messages under way: one is being made, one waits, one is scored, one comes back.
WINDOW = 4


class Exchange:
    """The messages of one frame, and what became of them."""

    def __init__(
        self,
        methods: Methods,
        settings: scoring_service_pb2.StreamSettings,
        chunks: Iterator[Chunk],
    ) -> None:
        self._methods = methods
        self._settings = settings
        self._stream: ScoreStream | None = None
        # All below is shared with the thread that sends.
        self._changed = Condition()
        self._streams = 0
        self._chunks = enumerate(chunks)
        self._unanswered: deque[tuple[int, Chunk]] = deque()
        self._all_taken = False
        self._fault: Exception | None = None

    def scores(
        self, retries: Retries, timeout: float
    ) -> Iterator[tuple[Chunk, columns_pb2.ScoredColumns]]:
        """Each message with its scores. The timeout is for each answer.

        Raises `HoldfastError`, and whatever making a message raises.
        """
        try:
            while (scored := call(self._next_answer, retries, timeout)) is not None:
                yield self._answered(), scored
        finally:
            self._break_off()

    def _next_answer(self, left: float | None) -> columns_pb2.ScoredColumns | None:
        """The next answer; None when all have come."""
        if self._stream is None:
            with self._changed:
                messages = self._messages(self._streams, list(self._unanswered))
            self._stream = self._methods.stream_scores(messages)
        try:
            answer = next_within(left, self._stream)
        except BaseException:
            self._break_off()
            raise
        if answer is None:
            self._break_off()
            self._check_end()
            return None
        if answer.HasField("error"):
            self._break_off()
            raise HoldfastError.of_status(answer.error)
        return answer.columns

    def _messages(
        self, stream: int, again: list[tuple[int, Chunk]]
    ) -> Iterator[scoring_service_pb2.StreamScoresRequest]:
        """What one stream sends: what has no answer yet, then what is left."""
        settings: scoring_service_pb2.StreamSettings | None = self._settings
        for sequence, chunk in self._taken(stream, again):
            yield scoring_service_pb2.StreamScoresRequest(
                sequence=sequence, settings=settings, columns=chunk.columns
            )
            settings = None

    def _taken(self, stream: int, again: list[tuple[int, Chunk]]) -> Iterator[tuple[int, Chunk]]:
        yield from again
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._streams != stream or len(self._unanswered) < WINDOW
                )
                if self._streams != stream or self._fault is not None:
                    return
                try:
                    taken = next(self._chunks)
                except StopIteration:
                    self._all_taken = True
                    return
                except Exception as fault:
                    # Raised where the answers are read, not in gRPC's thread.
                    self._fault = fault
                    return
                self._unanswered.append(taken)
            yield taken

    def _answered(self) -> Chunk:
        with self._changed:
            _, chunk = self._unanswered.popleft()
            self._changed.notify_all()
        return chunk

    def _break_off(self) -> None:
        """Ends the stream, and the sending into it."""
        with self._changed:
            self._streams += 1
            self._changed.notify_all()
        if self._stream is not None:
            self._stream.cancel()
            self._stream = None

    def _check_end(self) -> None:
        with self._changed:
            if self._fault is not None:
                raise self._fault
            if self._unanswered or not self._all_taken:
                raise HoldfastError(
                    grpc.StatusCode.UNAVAILABLE, "the server ended the stream before its end"
                )


def next_within(
    seconds: float | None, stream: ScoreStream
) -> scoring_service_pb2.StreamScoresResponse | None:
    """The next answer of a stream, which is cancelled when it takes too long."""
    if seconds is None:
        return next(stream, None)
    late = Event()

    def give_up() -> None:
        late.set()
        stream.cancel()

    timer = Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        return next(stream, None)
    except grpc.RpcError as error:
        if not late.is_set():
            raise
        text = f"no answer within {seconds:.3g} seconds"
        raise HoldfastError(grpc.StatusCode.DEADLINE_EXCEEDED, text) from error
    finally:
        timer.cancel()
