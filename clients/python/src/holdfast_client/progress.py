"""How far a frame has come."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, TypeAlias

if TYPE_CHECKING:
    from tqdm import tqdm

Progress: TypeAlias = bool | Callable[[int, int], None]
"""Whether a bar is shown on a terminal, by tqdm where it is installed; or what
is called with the rows that are done and all rows."""


@contextmanager
def counting(progress: Progress, rows: int) -> Iterator[Callable[[int], None]]:
    """What is told how many more rows are done."""
    if callable(progress):
        done = 0
        tell = progress

        def advance(more: int) -> None:
            nonlocal done
            done += more
            tell(done, rows)

        yield advance
        return
    bar = terminal_bar(rows) if progress else None
    if bar is None:
        yield lambda more: None
        return
    with bar:
        yield lambda more: (bar.update(more), None)[1]


def terminal_bar(rows: int) -> tqdm[NoReturn] | None:
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    # `disable=None`: shown only on a terminal.
    return tqdm(total=rows, unit="row", unit_scale=True, disable=None)
