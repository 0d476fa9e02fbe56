"""The words of rights: actions, scopes, outcomes of a log-in, states of a request."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from datong.access import api as access
from datong.access.types import Action, Approval, ApprovalKind, ApprovalState, Role, ScopeKind, Staff
from datong.brand import api as brands
from datong.brand.types import Brand, Sharing
from datong.channels.console.words import GOOD, NEUTRAL, PROBLEM, ROLE, WAITING, Words, word
from datong.channels.design.formats import money, number

ACTION: Words = {
    Action.ME: _("change the own password and second factor"),
    Action.ORDERS_VIEW: _("see orders"),
    Action.ORDERS_PLACE: _("type in orders"),
    Action.ORDERS_ACT: _("act on orders, and see the customer's contact"),
    Action.ORDERS_RELEASE: _("hand an order over without its code"),
    Action.CUSTOMERS_VIEW: _("find customers"),
    Action.CUSTOMERS_MERGE: _("merge customers"),
    Action.STOCK_VIEW: _("see stock"),
    Action.STOCK_COUNT: _("count and correct stock"),
    Action.STORES_VIEW: _("see stores"),
    Action.STORES_EDIT: _("change stores"),
    Action.CHANNELS_VIEW: _("see channels"),
    Action.CHANNELS_EDIT: _("change channels"),
    Action.INBOX_VIEW: _("see the inbox"),
    Action.INBOX_CORRECT: _("correct and replay deliveries"),
    Action.CATALOG_VIEW: _("see products and prices"),
    Action.CATALOG_EDIT: _("change products and prices"),
    Action.SOURCING_VIEW: _("see the sourcing rules"),
    Action.SOURCING_EDIT: _("change the sourcing rules"),
    Action.MONEY_VIEW: _("see the ledger"),
    Action.DAY_VIEW: _("see the days of stores in money"),
    Action.DAY_CLOSE: _("count the cash and close a store's day"),
    Action.MONEY_EDIT: _("change the chart of accounts and posting rules, reconcile statements"),
    Action.PARTNERS_VIEW: _("see partners, their statements and settlements"),
    Action.PARTNERS_CONTEST: _("contest lines of a partner's statement"),
    Action.PARTNERS_EDIT: _("change contracts, answer partners and settle with them"),
    Action.TILLS_USE: _("sell at a till"),
    Action.TILLS_MANAGE: _("register tills, see to what they could not tell, allow discounts"),
    Action.SERVICE_VIEW: _("see service cases"),
    Action.SERVICE_ACT: _("work on service cases"),
    Action.SERVICE_DESK: _("work at the service desk"),
    Action.SERVICE_EDIT: _("change the reasons and teams of service"),
    Action.RISK_VIEW: _("see risk lists"),
    Action.RISK_EDIT: _("change risk lists"),
    Action.STAFF_VIEW: _("see staff"),
    Action.STAFF_EDIT: _("invite, change and let go staff"),
    Action.REGIONS_VIEW: _("see regions and companies"),
    Action.REGIONS_EDIT: _("change regions and companies"),
    Action.KEYS_EDIT: _("hand out and revoke API keys"),
    Action.APPROVALS_VIEW: _("see requests"),
    Action.APPROVALS_DECIDE: _("approve or refuse requests of others"),
    Action.AUDIT_VIEW: _("read the audit trail"),
    Action.POLICY_VIEW: _("see limits and log-in rules"),
    Action.POLICY_EDIT: _("set limits and log-in rules"),
}
SCOPE: Words = {
    ScopeKind.BRAND: _("the whole brand"),
    ScopeKind.REGION: pgettext_lazy("scope", "regions"),
    ScopeKind.COMPANY: pgettext_lazy("scope", "the stores of a company"),
    ScopeKind.STORE: pgettext_lazy("scope", "single stores"),
}
SHARING: Words = {
    Sharing.FULL: _("everything"),
    Sharing.MASKED: _("orders without customers' contacts"),
    Sharing.NONE: _("no orders"),
}
OUTCOME: Words = {
    "password": _("password"),
    "link": _("log-in link"),
    "code": _("password and app"),
    "recovery": _("password and recovery code"),
    "passkey": _("password and passkey"),
    "invitation": _("invitation"),
    "wrong": _("wrong password"),
    "wrong_code": _("wrong second factor"),
    "waiting": _("too many tries"),
}
FAILED = {"wrong", "wrong_code", "waiting"}
FACTOR: Words = {
    "totp": _("Authenticator app"),
    "webauthn": _("Passkey"),
    "recovery_codes": _("Recovery codes"),
}
STATE: Words = {
    ApprovalState.PENDING: pgettext_lazy("request", "waiting"),
    ApprovalState.APPROVED: pgettext_lazy("request", "approved"),
    ApprovalState.REFUSED: pgettext_lazy("request", "refused"),
    ApprovalState.WITHDRAWN: pgettext_lazy("request", "withdrawn"),
}
STATE_HUE: Words = {
    ApprovalState.PENDING: WAITING,
    ApprovalState.APPROVED: GOOD,
    ApprovalState.REFUSED: PROBLEM,
    ApprovalState.WITHDRAWN: NEUTRAL,
}
WHY_NOT: Words = {
    "asker": _("You asked for it, or answer for it: somebody else decides."),
    "role": _("Your role does not decide requests."),
    "store": _("It is of a store outside of your own."),
    "amount": _("The amount is above what your role decides. Finance or head office can."),
}


def role_options(by: Staff) -> list[tuple[str, str]]:
    """The roles somebody may give, for a select."""
    return [(role.value, str(word(ROLE, role))) for role in Role if access.may_grant(by, role)]


def reach_of(brand_id: UUID, scope: ScopeKind, over: Collection[UUID]) -> str:
    """How far a role reaches, in words: 'the whole brand', 'East, Coast', '3 stores'."""
    if scope is ScopeKind.BRAND:
        return str(SCOPE[scope])
    known = brands.tree(brand_id)
    names = {r.id: r.name for r in known.regions} | {c.id: c.name for c in known.companies}
    if scope is ScopeKind.STORE:
        names = {store.id: store.name for store in brands.list_stores(brand_id)} if len(over) <= 3 else {}
    said = [names[each] for each in over if each in names]
    if said:
        return ", ".join(sorted(said))
    return ngettext("%(n)s store", "%(n)s stores", len(over)) % {"n": number(len(over))}


def amount(approval: Approval, brand: Brand) -> str:
    """What a request is worth, in its unit; '' for nothing."""
    if not approval.amount_minor:
        return ""
    kind = kind_of(approval.kind)
    return said_amount(approval.amount_minor, kind.unit if kind else "money", brand)


def said_amount(value: int, unit: str, brand: Brand) -> str:
    if unit == "money":
        return money(value, brand.currency)
    if unit == "points":
        return _now("%(n)s points") % {"n": number(value)}
    return _now("%(n)s units") % {"n": number(value)}


def kind_of(name: str) -> ApprovalKind | None:
    return next((kind for kind in access.approval_kinds() if kind.name == name), None)


def kind_title(name: str) -> str:
    kind = kind_of(name)
    return str(kind.title) if kind else name


_BROWSERS = (
    ("MicroMessenger", _("WeChat")), ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"), ("Linux", "Linux"),
)  # fmt: skip


def device_of(agent: str) -> str:
    """The browser and the device as a person knows them, of what the browser says it is: 'Chrome, Windows'."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    known = ", ".join(str(each) for each in (browser, system) if each)
    return known or agent[:40] or str(_("unknown"))
