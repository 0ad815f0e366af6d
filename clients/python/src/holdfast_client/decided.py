"""From the decisions of an answer to columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from holdfast.v1 import columns_pb2, score_pb2

from .cells import Bools
from .numbers import NO_TEXT, Column, known_numbers, texts

ACTION_TEXTS: dict[str, Callable[[score_pb2.RecommendedAction], str]] = {
    "action": lambda action: action.code,
    "action_text": lambda action: action.text,
    "action_channel": lambda action: action.channel,
    "action_rule": lambda action: action.rule,
}


def decision(decided: columns_pb2.DecisionColumns, valid: Bools) -> dict[str, Column]:
    """`risk_band`, `value_at_risk`, `action` and so on, as far as they were asked for."""
    answer: dict[str, Column] = {}
    if decided.risk_band:
        answer["risk_band"] = names(map(score_pb2.RiskBand.Name, decided.risk_band), "RISK_BAND_")
    if decided.HasField("value_at_risk"):
        at_risk = decided.value_at_risk
        answer["value_at_risk"] = known_numbers(at_risk.amount, valid)
        answer["value_at_risk_currency"] = texts(at_risk.currency, valid)
    if decided.HasField("tier"):
        for part in ("overall", "current", "potential"):
            tiers = map(score_pb2.ValueTier.Name, getattr(decided.tier, part))
            answer["tier" if part == "overall" else f"tier_{part}"] = names(tiers, "VALUE_TIER_")
    if decided.causes:
        answer |= causes(decided.causes, valid)
    if decided.HasField("action"):
        answer |= action(decided.action, valid)
    if decided.HasField("contract_value"):
        contract = decided.contract_value
        answer["contract_payment"] = known_numbers(contract.payment, valid)
        answer["contract_current"] = known_numbers(contract.current_amount, valid)
        answer["contract_potential"] = known_numbers(contract.potential_amount, valid)
    if decided.HasField("policy"):
        policy = decided.policy
        answer["policy"] = texts(f"{policy.name}@{policy.version}", valid)
    return answer


def causes(columns: Iterable[columns_pb2.CauseColumn], valid: Bools) -> dict[str, Column]:
    """`cause_price` and so on: every theme, for one that adds nothing has no column."""
    told: dict[int, Column] = {
        cause.group: known_numbers(cause.contribution, valid) for cause in columns
    }
    nothing = np.where(valid, 0.0, np.nan)
    return {
        f"cause_{name.removeprefix('CAUSE_GROUP_').lower()}": told.get(group, nothing)
        for name, group in score_pb2.CauseGroup.items()
        if group != score_pb2.CAUSE_GROUP_UNSPECIFIED
    }


def action(actions: columns_pb2.ActionColumns, valid: Bools) -> dict[str, Column]:
    """`action` (its code), its text and channel, and what customers are ranked by."""
    places = np.array(actions.action, dtype=np.int64)
    answer: dict[str, Column] = {}
    for name, of in ACTION_TEXTS.items():
        told = np.array([of(action) for action in actions.actions], dtype=object)
        if any(told):
            answer[name] = np.where(valid, told[places], NO_TEXT)
    if actions.HasField("expected_profit"):
        answer["expected_profit"] = known_numbers(actions.expected_profit, valid)
    return answer


def names(values: Iterable[str], prefix: str) -> Column:
    """Values of an enum in short, None where one is unspecified."""
    short = [value.removeprefix(prefix) for value in values]
    return np.array([None if value == "UNSPECIFIED" else value for value in short], dtype=object)
