"""Writes of a brand's own templates: put, take away. A built-in one is copied, never changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from datong.catalog import rules
from datong.catalog.actions.common import stamp
from datong.catalog.queries.products import templates_of
from datong.catalog.types import AttributeType, ItemKind, Template
from datong.kernel import audit
from datong.kernel.db import execute, in_brand, rows
from datong.kernel.errors import BadInput, Conflict, NotFound, Problem

PUT_TEMPLATE = """
    INSERT INTO catalog_template (brand_id, code, body) VALUES (%(brand)s, %(code)s, %(body)s)
    ON CONFLICT (brand_id, code) DO UPDATE SET body = excluded.body
"""
IN_USE = """
    SELECT key, count(*) FROM catalog_product, jsonb_object_keys(body->'attributes') AS key
     WHERE brand_id = %(brand)s AND template = %(code)s AND key = ANY(%(keys)s::text[]) GROUP BY key ORDER BY key
"""


def put_template(
    brand_id: UUID, template: Template, *, by: str, reason: str = "", expected: Template | None = None
) -> Template:
    """Add a template of the brand's own, or change it; a built-in one is copied under a code of the brand's.

    An attribute that products of the template have filled in stays, with its type. The same again changes nothing.
    Raises BadInput naming every field, Conflict when `expected` is not what stands.
    """
    problems = rules.problems_of_template(template)
    if template.code in rules.built_in():
        fix = "a code of your own; name the built-in template in based_on"
        problems.append(Problem("/code", "built_in", fix, template.code))
    if template.kind not in ItemKind:
        problems.append(Problem("/kind", "bad_value", "goods, on_site or service", str(template.kind)))
    if problems:
        raise BadInput(f"{len(problems)} values of the template cannot be used", *problems[:100])
    with in_brand(brand_id):
        stamp(brand_id, "products")  # writers go one after the other from here on
        before = templates_of(brand_id).get(template.code)
        if expected is not None and before != expected:
            fix = "the template as it is now, with your change made again"
            raise Conflict(f"{template.code} was changed meanwhile", Problem("/code", "changed", fix, template.code))
        if before == template:
            return template
        if before is not None:
            _keep_used(brand_id, before, template)
        body = msgspec.json.encode(template).decode()
        execute(PUT_TEMPLATE, {"brand": brand_id, "code": template.code, "body": body})
        old, new = _said(before), _said(template)
        differs = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        audit.record(
            brand=brand_id,
            actor=by,
            verb="template.put" if before else "template.made",
            subject=f"template {template.code}",
            before={key: old[key] for key in differs if key in old},
            after={key: new[key] for key in differs if key in new},
            reason=reason[:300],
        )
    return template


def _keep_used(brand: UUID, before: Template, template: Template) -> None:
    stay = {a.code: a for a in template.attributes}
    lost = {a.code: a.title for a in before.attributes if a.code not in stay or not _holds(a.type, stay[a.code].type)}
    if not lost:
        return
    key = {"brand": brand, "code": template.code, "keys": list(lost)}
    if used := rows(IN_USE, key):
        where = {a.code: n for n, a in enumerate(template.attributes)}
        problems = [
            Problem(
                f"/attributes/{where[code]}/type" if code in where else "/attributes",
                "in_use",
                f"keep {lost[code]} ({code}) as it is: {n} products have filled it in",
                code,
            )
            for code, n in used
        ]
        raise BadInput(f"{len(problems)} attributes are in use", *problems)


def _holds(before: AttributeType, after: AttributeType) -> bool:
    """Whether values of one type are values of the other."""
    return (
        before == after
        or after in (AttributeType.TEXT, AttributeType.LONG_TEXT)
        and before
        not in (
            AttributeType.WHOLE,
            AttributeType.YES_NO,
        )
    )


def _said(template: Template | None) -> dict[str, Any]:
    """What a template says, line by line, for the trail."""
    if template is None:
        return {}
    found: dict[str, Any] = {"title": template.title, "axes": ", ".join(template.axes)}
    for a in template.attributes:
        text = " ".join(filter(None, (a.title, a.type.value, "required" if a.required else "", a.unit)))
        found[f"attribute {a.code}"] = f"{text}: {', '.join(a.choices)}"[:300] if a.choices else text
    return {key: value for key, value in found.items() if value}


COUNT = "SELECT count(*) FROM catalog_product WHERE brand_id = %(brand)s AND template = %(code)s"
GONE = "DELETE FROM catalog_template WHERE brand_id = %(brand)s AND code = %(code)s"


def remove_template(brand_id: UUID, code: str, *, by: str) -> Template:
    """Take a template of the brand's own away, and say what it was, so that it can be put back.

    Raises NotFound, and Conflict when products are made from it or another template is a copy of it.
    """
    with in_brand(brand_id):
        stamp(brand_id, "products")  # no product is made from it meanwhile
        template = templates_of(brand_id).get(code)
        if template is None or code in rules.built_in():
            raise NotFound(f"no template {code} of the brand's own")
        ((used,),) = rows(COUNT, {"brand": brand_id, "code": code})
        if used:
            fix = f"another template for its {used} products first, or keep it"
            raise Conflict(f"{code} is in use", Problem("/code", "in_use", fix, used))
        execute(GONE, {"brand": brand_id, "code": code})
        subject = f"template {code}"
        audit.record(brand=brand_id, actor=by, verb="template.removed", subject=subject, before=_said(template))
    return template
