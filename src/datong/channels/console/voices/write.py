"""What a customer said, written down on their page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from datong.access.types import Action
from datong.channels.console.board import Names
from datong.channels.console.contacts import opened, orders_of
from datong.channels.console.shell import desk
from datong.channels.console.who import Who
from datong.customers import api as customers
from datong.customers.types import Feedback, FeedbackKind, Stage
from datong.kernel import clock
from datong.kernel.errors import BadInput, NotFound
from datong.kernel.ids import uuid7

SHOWN = 50


@require_POST
@desk(Action.CUSTOMERS_VIEW, write=Action.ORDERS_ACT)
def write(request: HttpRequest, who: Who, customer_id: UUID) -> HttpResponse:
    """Keep it; sent twice, it is one."""
    if not opened(who, orders_of(who, customer_id, SHOWN)):
        raise NotFound("no such customer")
    try:
        customers.record_feedback([_said(request.POST, who, customer_id)], brand=who.brand.id)
    except BadInput as error:
        messages.error(request, _("Please give %(fix)s.") % {"fix": error.problems[0].fix})
    except ValueError:
        messages.error(request, _("Please choose from what is offered."))
    else:
        messages.success(request, _("Noted."))
    return redirect("customer", customer_id)


def _said(post: Any, who: Who, customer_id: UUID) -> Feedback:
    channel = Names.of(who).channel(post.get("channel", ""))
    if channel is None:
        raise ValueError("no such channel")
    stage = post.get("stage", "")
    return Feedback(
        UUID(post["key"]) if post.get("key") else uuid7(),
        FeedbackKind(post.get("kind", "")),
        post.get("text", ""),
        channel.id,
        clock.now(),
        customer_id=customer_id,
        order=post.get("order", "")[:60],
        product=post.get("product", "").strip()[:60],
        stage=Stage(stage) if stage else None,
        by=who.staff.username,
    )
