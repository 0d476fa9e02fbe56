"""Staff: who works here, as what, at which stores. A new log-in has no password; it opens by an invitation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from datong.access import api as access
from datong.access.types import Action, Role, ScopeKind, Staff
from datong.brand import api as brands
from datong.brand.types import Store
from datong.imports.kinds import named
from datong.imports.ports import Kind
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Facts, Key, Raw, Row, State, Wrong
from datong.kernel.mail import is_address

USERNAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,63}")
IN_CHINESE = {
    "负责人": Role.OWNER, "总部": Role.HQ, "区域经理": Role.REGION, "商品": Role.MERCHANDISER, "店长": Role.MANAGER,
    "配送员": Role.COURIER,
    "收银": Role.CASHIER, "收银员": Role.CASHIER, "门店": Role.STORE, "店员": Role.STORE, "客服": Role.AGENT,
    "财务": Role.FINANCE, "审计": Role.AUDITOR, "集成": Role.INTEGRATOR,
}  # fmt: skip
ROLES: dict[str, str] = {
    **{role.value: role.value for role in Role},
    **{role.value.replace("_", " "): role.value for role in Role},
    **{word: role.value for word, role in IN_CHINESE.items()},
}
OF_STORES = frozenset({Role.REGION, Role.MANAGER, Role.CASHIER, Role.STORE})
"""Roles that never reach the whole brand; a table gives them stores."""
OF_THE_BRAND = frozenset({Role.OWNER, Role.HQ, Role.MERCHANDISER, Role.FINANCE, Role.AUDITOR, Role.INTEGRATOR})


def _username(raw: Raw, facts: Facts) -> str:
    found = cells.plain(raw).lower()
    if not USERNAME.fullmatch(found):
        raise Wrong("username")
    return found


class StaffTable(Kind):
    name = "staff"
    title = _("Staff")
    about = _("Who works here, as what and at which stores. New log-ins have no password: they open by an invitation.")
    icon = "users"
    needs, shows = Action.STAFF_EDIT, Action.STAFF_VIEW
    columns = (
        Column("username", _("User name"), _username, _("Letters, digits and . _ - @ +; an e-mail address will do."),
               "ann.lee", needed=True, also=("user", "login", "工号", "账号"), width=24),
        Column("name", _("Name"), cells.text(120), _("As colleagues know them."), "Ann Lee", first=True,
               also=("full name", "员工姓名")),
        Column("role", pgettext_lazy("staff", "Role"), cells.choice(ROLES), _("What they may do: the page on roles "
               "says it."), "store", first=True, choices=tuple(Role), also=("position", "岗位", "职位")),
        Column("stores", _("Stores"), cells.several(4000), _("Numbers, separated by ; for roles of single stores."),
               "0001; 0002", clears=True, also=("store", "门店编码"), width=24),
        Column("email", _("E-mail"), cells.text(200), _("Where the invitation goes; of new log-ins only."),
               "ann@example.com", also=("mail", "电子邮件"), width=28),
        Column("locale", _("Language"), cells.choice({"en": "en", "英文": "en", "english": "en", "zh": "zh-hans",
               "zh-hans": "zh-hans", "zh-cn": "zh-hans", "中文": "zh-hans"}), _("en or zh; of new log-ins only."), "en",
               choices=("en", "zh")),
    )  # fmt: skip

    def keys(self, row: Row) -> list[Key]:
        return [("staff", row.values["username"])] if "username" in row.values else []

    def look(self, rows: Sequence[Row], context: Context) -> None:
        mine = {staff.username for staff in access.list_staff(context.brand.id)}
        known = _stores(context)
        for row in rows:
            name = row.values.get("username")
            if name is not None and name not in mine and access.user_id_of(name) is not None:
                row.wrong("username", "taken")
            for code in row.values.get("stores") or ():
                if code not in known:
                    row.wrong("stores", "unknown_store", near=named.among(code, known))

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        wanted = set(keys)
        everybody = access.list_staff(context.brand.id)
        return {key: _state(staff) for staff in everybody if (key := ("staff", staff.username)) in wanted}

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        key = self.keys(row)[0]
        known = before.get(key)
        state = dict(known or {"name": "", "role": "", "scope": "brand", "over": [], "locale": "en"})
        if known is None:
            state |= {name: row.values[name] for name in ("name", "locale") if name in row.values}
            state["_email"] = row.values.get("email", "")
        state["role"] = role = row.values.get("role", state["role"])
        if (
            "role" in row.values
            and Role.OWNER in (role, (known or {}).get("role"))
            and not self._may_make_owners(context)
        ):
            row.wrong("role", "owner_only")
        if row.values.get("email") and not is_address(row.values["email"]):
            row.wrong("email", "address")
        if "stores" in row.values:
            ids = {store.code: str(store.id) for store in _stores(context).values()}
            state["over"] = sorted(ids[code] for code in row.values["stores"] or [])
            state["scope"] = ScopeKind.STORE.value if state["over"] else ScopeKind.BRAND.value
        if role in OF_STORES and not state["over"]:
            row.wrong("stores", "needs_store")
        elif role in OF_THE_BRAND and state["scope"] == ScopeKind.STORE:
            row.wrong("stores", "no_store")
        return {key: state}

    def _may_make_owners(self, context: Context) -> bool:
        """Somebody of the brand gives what they may give; who runs the commands of the installation gives anything."""
        mine = {staff.username: staff for staff in access.list_staff(context.brand.id)}
        asking = context.once("asking", lambda: mine.get(context.by))
        return asking is None or access.may_grant(asking, Role.OWNER)

    def write(self, changes: Sequence[Change], context: Context) -> None:
        for change in changes:
            if change.before is None and access.user_id_of(change.key[1]) is None:
                kept = {name: change.after[name] for name in ("name", "locale")}
                access.create_user(change.key[1], password=None, email=change.after["_email"], **kept)
            self._assign(change.key[1], change.after, context)
            base = context.options.get("invite")
            if change.before is None and base and change.after["_email"]:
                user = access.user_id_of(change.key[1])
                assert user is not None
                access.invite_login(context.brand.id, user, by=context.by, email=change.after["_email"], base=base)

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        for change in changes:
            user = access.user_id_of(change.key[1])
            if user is None:
                continue
            if change.before is not None:
                self._assign(change.key[1], change.before, context)
                continue
            access.uninvite_logins(context.brand.id, [user], by=context.by)
            access.unassign(context.brand.id, user, by=context.by)
            if not access.brands_of(user):  # a role that another brand gave them since is not ours to take
                access.switch_user(user, active=False, by=context.by)

    def _assign(self, username: str, state: State, context: Context) -> None:
        user = access.user_id_of(username)
        if user is None:
            return
        access.switch_user(user, active=True, by=context.by)
        over = [UUID(each) for each in state["over"]]
        access.assign(
            context.brand.id, user, Role(state["role"]), by=context.by, scope=ScopeKind(state["scope"]), scope_ids=over
        )

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        codes = {store.id: store.code for store in brands.list_stores(brand_id)}
        for staff in access.list_staff(brand_id):
            own = sorted(codes[each] for each in staff.scope_ids if each in codes)
            yield {
                "username": staff.username,
                "name": staff.name,
                "role": staff.role.value,
                "stores": "; ".join(own),
                "locale": staff.locale,
            }


def _stores(context: Context) -> dict[str, Store]:
    found: dict[str, Store] = context.once(
        "stores", lambda: {store.code: store for store in brands.list_stores(context.brand.id)}
    )
    return found


def _state(staff: Staff) -> State:
    over = sorted(str(each) for each in staff.scope_ids)
    role, scope = staff.role.value, staff.scope.value
    return {"name": staff.name, "role": role, "scope": scope, "over": over, "locale": staff.locale}
