"""The brand's own ordered rules, as they are stored and edited."""

from __future__ import annotations

from typing import Any

import msgspec

from datong.orders.models import SourcingRule
from datong.orders.sourcing.types import DEFAULT_RULES, Rule, Weights


def load_rules() -> tuple[Rule, ...]:
    """The brand's ordered rules, or the ones a brand starts with."""
    found = [rule_of(row.name, row.settings) for row in SourcingRule.objects.filter(active=True).order_by("position")]
    return tuple(found) or DEFAULT_RULES


def rule_of(name: str, settings: dict[str, Any]) -> Rule:
    """A rule from its stored settings; `msgspec.ValidationError` names the field that is wrong."""
    weights = msgspec.convert(settings.get("weights", {}), Weights)
    plain = {key: value for key, value in settings.items() if key not in ("weights", "name")}
    return msgspec.convert({**plain, "name": name, "weights": msgspec.to_builtins(weights)}, Rule)


def settings_of(rule: Rule) -> dict[str, Any]:
    """A rule as it is stored and shown; what is left at its default is there too."""
    plain: dict[str, Any] = msgspec.to_builtins(rule)
    return {key: sorted(value) if isinstance(value, list) else value for key, value in plain.items()}


def rule_fields() -> tuple[str, ...]:
    return Rule.__match_args__
