"""Foreign keys point down only: what an import linter cannot see, because a key may be named by a string."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable

from django.apps import apps
from django.db import models
from django.test.utils import isolate_apps

from datong.site.house_tests import ROOT


def heights() -> dict[str, int]:
    """Module -> its layer, the ground being 0: read from the same contract that guards the imports."""
    config = tomllib.loads((ROOT / "tools" / "importlinter.toml").read_text())["tool"]["importlinter"]
    layers = reversed(config["contracts"][0]["layers"])
    return {name.strip(" ()"): height for height, layer in enumerate(layers) for name in layer.split("|")}


def wrong_keys(found: Iterable[type[models.Model]]) -> list[str]:
    """Keys from one module of the house to another that is not below it, and keys that lead back up by name."""
    wrong = []
    layer = heights()
    for model in found:
        for field in model._meta.get_fields():
            target = field.related_model
            if not isinstance(field, models.ForeignKey) or not isinstance(target, type):
                continue
            here, there = model._meta.app_label, target._meta.app_label
            if here not in layer or there not in layer:
                continue
            if here != there and layer[there] >= layer[here]:
                wrong.append(f"{model._meta.label}.{field.name} points up to {target._meta.label}")
            if field.remote_field.related_name != "+":
                wrong.append(f"{model._meta.label}.{field.name} has a way back: related_name must be '+'")
    return wrong


def test_every_foreign_key_of_the_house_points_down_and_has_no_way_back() -> None:
    assert wrong_keys(apps.get_models()) == []


def test_the_layers_are_read_from_the_contract() -> None:
    layer = heights()
    assert layer["kernel"] == 0 < layer["brand"] < layer["ledger"] < layer["orders"] < layer["channels"] < layer["site"]
    assert layer["customers"] == layer["catalog"]


@isolate_apps("datong.brand", "datong.ledger", "datong.orders")
def test_a_planted_key_that_points_up_or_leads_back_is_found() -> None:
    class Order(models.Model):
        class Meta:
            app_label = "orders"

    class Transfer(models.Model):
        order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "ledger"

    class Line(models.Model):
        transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="lines")

        class Meta:
            app_label = "orders"

    assert wrong_keys([Order, Transfer, Line]) == [
        "ledger.Transfer.order points up to orders.Order",
        "orders.Line.transfer has a way back: related_name must be '+'",
    ]
