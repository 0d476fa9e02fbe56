"""Words of deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from datong.fulfilment.types import Outcome, Way

WAY: Mapping[Any, Any] = {
    Way.OWN: _("own couriers"),
    Way.PARTNER: _("the partner's store itself"),
    Way.RIDER: _("rider service"),
    Way.NONE: _("the store sees to it"),
}
OUTCOME: Mapping[Any, Any] = {
    Outcome.AGAIN: _("will be tried again"),
    Outcome.RETURNING: _("on its way back"),
    Outcome.RETURNED: _("came back: decide about order and money"),
}
