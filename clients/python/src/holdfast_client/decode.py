"""From the contract's columns to those of the answer."""

from __future__ import annotations

import numpy as np

from holdfast.v1 import columns_pb2, model_pb2, score_pb2

from . import decided
from .cells import Bools
from .encode import Fault
from .errors import HoldfastError
from .numbers import NO_TEXT, Column, doubles, numbers, texts

__all__ = ["Column", "columns"]


def columns(scored: columns_pb2.ScoredColumns, faults: list[Fault]) -> dict[str, Column]:
    """The answer's columns for the rows of one message."""
    rows = scored.rows
    errors = np.full(rows, None, dtype=object)
    for row, found in violations(scored, faults).items():
        errors[row] = "; ".join(f"{field}: {description}" for field, description in found.items())
    valid: Bools = errors == None  # noqa: E711 - by element

    answer: dict[str, Column] = {}
    if scored.HasField("churn"):
        answer |= churn(scored.churn, valid)
    if scored.HasField("value"):
        answer |= value(scored.value, valid)
    if scored.HasField("decision"):
        answer |= decided.decision(scored.decision, valid)
    return answer | {"error": errors}


def churn(scores: columns_pb2.ChurnColumns, valid: Bools) -> dict[str, Column]:
    told = ("probability", "log_odds")
    answer = numbers_told(scores, told, valid)
    answer |= reasons(scores.reasons, valid)
    notes = [
        (row, f"{scores.notes.names[feature]} {note_kind(score_pb2.FeatureNoteKind.Name(kind))}")
        for row, feature, kind in zip(
            scores.notes.row, scores.notes.feature, scores.notes.kind, strict=True
        )
    ]
    answer["churn_notes"] = joined(notes, valid)
    if scores.HasField("model"):
        answer["churn_model"] = texts(version(scores.model), valid)
    return answer


def reasons(scores: columns_pb2.ReasonColumns, valid: Bools) -> dict[str, Column]:
    """`reason_1`, `contribution_1` and so on, the largest first; names of two
    features with a joint effect are joined by ×."""
    if scores.per_row == 0:
        return {}
    names = np.array([" × ".join(effect.features) for effect in scores.effects], dtype=object)
    shape = (len(valid), scores.per_row)
    contributions = doubles(scores.contribution).reshape(shape)
    effects = names[np.array(scores.effect, dtype=np.int64)].reshape(shape)
    # What is behind the last reason of a row.
    told = valid[:, np.newaxis] & (contributions != 0.0)
    answer: dict[str, Column] = {}
    for rank in range(scores.per_row):
        some = told[:, rank]
        answer[f"reason_{rank + 1}"] = np.where(some, effects[:, rank], NO_TEXT)
        answer[f"contribution_{rank + 1}"] = np.where(some, contributions[:, rank], np.nan)
    return answer


def value(scores: columns_pb2.ValueColumns, valid: Bools) -> dict[str, Column]:
    told = ("p_alive", "expected_purchases", "p_no_purchase", "expected_spend")
    answer = numbers_told(scores, told, valid)
    if scores.HasField("potential"):
        potential = scores.potential
        answer["potential"] = numbers(potential.amount, valid)
        answer["potential_low"] = numbers(potential.low, valid)
        answer["potential_high"] = numbers(potential.high, valid)
        answer["currency"] = texts(potential.currency, valid)
    notes = [
        (row, note_kind(score_pb2.ValueNoteKind.Name(kind)))
        for row, kind in zip(scores.notes.row, scores.notes.kind, strict=True)
    ]
    answer["value_notes"] = joined(notes, valid)
    if scores.HasField("model"):
        answer["value_model"] = texts(version(scores.model), valid)
    return answer


def numbers_told(
    scores: columns_pb2.ChurnColumns | columns_pb2.ValueColumns,
    names: tuple[str, ...],
    valid: Bools,
) -> dict[str, Column]:
    """Those of the columns of numbers that the answer holds."""
    told = {field.name for field, _ in scores.ListFields()}
    return {name: numbers(getattr(scores, name), valid) for name in names if name in told}


def violations(scored: columns_pb2.ScoredColumns, faults: list[Fault]) -> dict[int, dict[str, str]]:
    """What is wrong with which field of a row; its place in the message is left
    out of the fields' paths."""
    found: dict[int, dict[str, str]] = {}
    for refused in scored.errors:
        error = HoldfastError.of_status(refused.error)
        prefix = f"rows[{refused.row}]."
        of_row = {
            violation.field.removeprefix(prefix): violation.description
            for violation in error.violations
        }
        found[refused.row] = of_row or {error.reason or error.code.name: error.message}
    # To the server, what could not be sent is missing.
    for fault in faults:
        for row in np.flatnonzero(fault.rows):
            found.setdefault(int(row), {})[fault.violation.field] = fault.violation.description
    return found


def joined(notes: list[tuple[int, str]], valid: Bools) -> Column:
    """The notes of each row."""
    column = np.full(len(valid), None, dtype=object)
    for row, note in notes:
        if valid[row]:
            column[row] = note if column[row] is None else f"{column[row]}; {note}"
    return column


def note_kind(name: str) -> str:
    return name.partition("_NOTE_KIND_")[2]


def version(model: model_pb2.ModelVersion) -> str:
    return f"{model.name}@{model.version}"
