"""Sales tax: one row is a dated rate of a tax class in a jurisdiction, and says on which addresses it is laid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from datong.access.types import Action
from datong.catalog import api as catalog
from datong.catalog.types import Jurisdiction, TaxLevel, TaxRate
from datong.imports.ports import Kind
from datong.imports.rules import cells
from datong.imports.types import Change, Column, Context, Facts, Key, Raw, Row, State, Wrong
from datong.kernel.errors import BadInput

LEVELS = {
    **{level.value: level.value for level in TaxLevel if level is not TaxLevel.EVERYWHERE},
    **{"国家": "country", "state": "region", "province": "region", "省": "region", "州": "region", "县": "county",
       "郡": "county", "市": "city", "区": "district"},
}  # fmt: skip
OF_JURISDICTION = ("name", "level", "country", "regions", "cities", "postcodes", "stacks", "source")


def _rate(raw: Raw, facts: Facts) -> int:
    try:
        return catalog.read_tax_rate(cells.plain(raw))
    except BadInput:
        raise Wrong("tax_rate") from None


class Taxes(Kind):
    name = "taxes"
    title = _("Sales tax")
    about = _("Rates by jurisdiction and tax class, each from a day on.")
    icon = "landmark"
    needs, shows = Action.CATALOG_EDIT, Action.CATALOG_VIEW
    columns = (
        Column("jurisdiction", _("Jurisdiction"), cells.code(40), _("Your short name for it, or US, US-MN."), "US-MN",
               needed=True, also=("code", "tax jurisdiction", "辖区", "辖区编码"), width=20),
        Column("tax_class", _("Tax class"), cells.code(40), _("Of the products it is laid on."), "standard",
               needed=True, also=("class", "tax class")),
        Column("rate", _("Rate (%)"), _rate, _("Per cent, at most four decimal places."), "6.875", needed=True,
               also=("rate", "percent", "税率")),
        Column("valid_from", _("In force from"), cells.moment, _("A day; the rate before holds until then."),
               "2023-10-01", needed=True, also=("from", "since", "effective date", "生效日")),
        Column("name", _("Name of the jurisdiction"), cells.text(120), _("As the tax office calls it."), "Minnesota",
               width=24),
        Column("level", _("Level"), cells.choice(LEVELS), _("How far it reaches."), "region",
               choices=tuple(level.value for level in TaxLevel if level is not TaxLevel.EVERYWHERE)),
        Column("country", _("Country"), cells.country, _("Two letters."), "US", also=("国家代码",)),
        Column("regions", _("Spellings of the region"), cells.several(2000), _("As addresses have it, separated by ;."),
               "MN;Minnesota", also=("regions", "state", "省份"), width=20),
        Column("cities", _("Cities"), cells.several(8000), _("Addresses without a postcode go by these."), "",
               clears=True, also=("city", "城市"), width=20),
        Column("postcodes", _("Postcodes"), cells.several(8000), _("Codes, beginnings or ranges, separated by ;."),
               "", clears=True, also=("zip", "zip codes", "邮编"), width=24),
        Column("stacks", _("On top of the wider ones"), cells.flag, _("yes: as a city on its state; no: instead."),
               "no", choices=("yes", "no")),
        Column("source", _("Source"), cells.text(300), _("Where the rate was read, and when."), "", clears=True,
               width=30),
    )  # fmt: skip

    def keys(self, row: Row) -> list[Key]:
        names = ("tax_class", "jurisdiction", "valid_from")
        return [("tax", *(row.values[name] for name in names))] if all(n in row.values for n in names) else []

    def standing(self, keys: Iterable[Key], context: Context) -> dict[Key, State]:
        known = {each.code: each for each in catalog.list_jurisdictions(context.brand.id)}
        wanted = set(keys)
        found: dict[Key, State] = {}
        for rate in catalog.list_tax_rates(context.brand.id):
            key = ("tax", rate.tax_class, rate.jurisdiction, rate.valid_from.isoformat())
            if key in wanted:
                found[key] = {"rate_ppm": rate.rate_ppm, **_state(known.get(rate.jurisdiction))}
        return found

    def want(self, row: Row, before: Mapping[Key, State], context: Context) -> dict[Key, State]:
        (key,) = self.keys(row)
        known = context.once("known", lambda: {j.code: j for j in catalog.list_jurisdictions(context.brand.id)})
        given = {name: row.values[name] for name in OF_JURISDICTION if name in row.values}
        state = dict(before.get(key) or _state(known.get(key[2])))
        if given and not state.get("name"):
            state = {**_state(Jurisdiction(key[2], key[2], TaxLevel.COUNTRY)), **state}
        return {key: {**state, **given, "rate_ppm": row.values["rate"]}}

    def write(self, changes: Sequence[Change], context: Context) -> None:
        said = {change.key[2]: change.after for change in changes if change.after.get("country")}
        catalog.put_jurisdictions(context.brand.id, [_jurisdiction(*each) for each in said.items()], by=context.by)
        catalog.put_tax_rates(context.brand.id, [_tax(c.key, c.after) for c in changes], by=context.by)

    def take_back(self, changes: Sequence[Change], context: Context) -> None:
        """What a rate said before; a new one is taken away. Its jurisdiction stays and levies nothing by itself."""
        before = [(c.key, c.before) for c in changes if c.before]
        said = {key[2]: state for key, state in before if state.get("country")}
        catalog.put_jurisdictions(context.brand.id, [_jurisdiction(*each) for each in said.items()], by=context.by)
        catalog.put_tax_rates(context.brand.id, [_tax(key, state) for key, state in before], by=context.by)
        new = [_tax(c.key, c.after) for c in changes if not c.before]
        catalog.remove_tax_rates(context.brand.id, new, by=context.by)

    def export(self, brand_id: UUID) -> Iterator[dict[str, Raw]]:
        known = {each.code: each for each in catalog.list_jurisdictions(brand_id)}
        for rate in catalog.list_tax_rates(brand_id):
            each = known.get(rate.jurisdiction)
            told = {n: getattr(each, n) for n in ("name", "country", "source")} if each else {}
            lists = {n: ";".join(getattr(each, n)) for n in ("regions", "cities", "postcodes")} if each else {}
            yield {
                "jurisdiction": rate.jurisdiction,
                "tax_class": rate.tax_class,
                "rate": f"{rate.rate_ppm / 10_000:.4f}".rstrip("0").rstrip("."),
                "valid_from": rate.valid_from.isoformat(),
                "level": each.level.value if each else "",
                "stacks": ("yes" if each.stacks else "no") if each else "",
                **told,
                **lists,
            }


def _state(each: Jurisdiction | None) -> State:
    if each is None:
        return {}
    told = {name: getattr(each, name) for name in OF_JURISDICTION}
    return {n: list(v) if isinstance(v, tuple) else str(v) if isinstance(v, TaxLevel) else v for n, v in told.items()}


def _jurisdiction(code: str, state: State) -> Jurisdiction:
    lists = {name: tuple(state.get(name) or ()) for name in ("regions", "cities", "postcodes")}
    return Jurisdiction(
        code, state["name"], TaxLevel(state["level"]), state["country"], stacks=state["stacks"],
        source=state.get("source") or "", **lists,
    )  # fmt: skip


def _tax(key: Key, state: State) -> TaxRate:
    _kind, tax_class, code, begins = key
    return TaxRate(tax_class, state["rate_ppm"], datetime.fromisoformat(begins), code)
