"""Words of feedback and ideas."""

from __future__ import annotations

from django.utils.translation import gettext_lazy, pgettext_lazy

from datong.channels.console import words
from datong.customers.types import FeedbackKind, IdeaState

KIND: words.Words = {
    FeedbackKind.PAIN: gettext_lazy("pain point"),
    FeedbackKind.WISH: gettext_lazy("wish"),
    FeedbackKind.PRAISE: gettext_lazy("praise"),
}
KIND_HUE = {FeedbackKind.PAIN: words.PROBLEM, FeedbackKind.WISH: words.NEWS, FeedbackKind.PRAISE: words.GOOD}
STATE: words.Words = {
    IdeaState.IDEA: pgettext_lazy("state of an idea", "idea"),
    IdeaState.PLANNED: pgettext_lazy("state of an idea", "planned"),
    IdeaState.DOING: pgettext_lazy("state of an idea", "under way"),
    IdeaState.LAUNCHED: pgettext_lazy("state of an idea", "launched"),
    IdeaState.DROPPED: pgettext_lazy("state of an idea", "dropped"),
}
STATE_HUE = {
    IdeaState.IDEA: words.NEUTRAL,
    IdeaState.PLANNED: words.NEWS,
    IdeaState.DOING: words.WAITING,
    IdeaState.LAUNCHED: words.GOOD,
    IdeaState.DROPPED: words.NEUTRAL,
}
