"""What a mapped marketplace is told back, as its mapping says (`[out]`): the calls, and what its answers mean.

Nothing is sent here; `sync` sends. `told` is the mapping's section, checked when a channel is connected.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from datong.integration.wire.mapping.evaluate import holds
from datong.integration.wire.mapping.language import Mapping as MappingFile
from datong.integration.wire.mapping.language import Out, Shown, Told
from datong.integration.wire.mapping.paths import as_text, walk
from datong.integration.wire.mapping.signature import sign
from datong.integration.wire.marketplace import mapping_in, open_embedded
from datong.kernel import clock
from datong.kernel.errors import BadInput, Problem


@dataclass(frozen=True, slots=True)
class Question:
    """A call as it goes out: `params` are the query of a GET, the form of a POST; the signature is among them."""

    method: str
    path: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer means: 'ok', 'busy' or 'refused' with the platform's code and words."""

    outcome: str
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class ShownProduct:
    """A product in a platform's list, all as text; '' where the mapping names no path."""

    product: str
    variant: str
    sku: str
    title: str
    price: str
    units: str


def way_back(settings: Mapping[str, Any]) -> Out:
    """The [out] section of the mapping these settings name. Raises BadInput when it has none, NotFound: no mapping."""
    mapping = mapping_in(settings)
    if mapping.out is None or mapping.signature is None:
        fix = "add an [out] section to the mapping: docs/reference/mapping-language.md"
        raise BadInput(f"the mapping {mapping.name} has no way back", Problem("/settings/mapping", "no_way_back", fix))
    return mapping.out


def question(
    settings: Mapping[str, Any],
    secrets: Mapping[str, str],
    words: Told | Shown,
    values: Sequence[Mapping[str, str]],
    *,
    base_url: str,
) -> Question:
    """One call that tells these values, signed. Several only where the mapping gathers them (`into`)."""
    mapping, out = mapping_in(settings), way_back(settings)
    now = clock.now()
    zoned = now.astimezone(ZoneInfo(out.zone))
    stamp = str(int(now.timestamp())) if out.now == "epoch_s" else zoned.strftime(out.now)
    parts = {**values[0], "now": stamp}
    params = {name: _param(text, parts, secrets) for name, text in {**out.common, **words.params}.items()}
    if isinstance(words, Told) and words.into:
        told = ",".join(_filled(words.each, _escaped(one), secrets) for one in values)
        params[words.into] = _filled(words.wrap, {**_escaped(parts), "list": f"[{told}]"}, secrets)
    url = (base_url or out.base_url).rstrip("/") + words.path
    _sign(mapping, params, secrets, url, stamp)
    return Question(words.method, words.path, params)


def _sign(file: MappingFile, params: dict[str, str], secrets: Mapping[str, str], url: str, stamp: str) -> None:
    spec = file.signature
    assert spec is not None  # way_back looked
    params[spec.at] = sign(spec, secret=secrets.get("secret", ""), params=params, body=b"", url=url, timestamp=stamp)


def _filled(text: str, parts: Mapping[str, str], secrets: Mapping[str, str]) -> str:
    if text.startswith("secret:"):
        return secrets.get(text.removeprefix("secret:"), "")
    return Template(text).safe_substitute(parts)


def _param(text: str, parts: Mapping[str, str], secrets: Mapping[str, str]) -> str:
    """A parameter; one that is JSON text has its values escaped."""
    return _filled(text, _escaped(parts) if text.lstrip()[:1] in ("{", "[") else parts, secrets)


def _escaped(values: Mapping[str, str]) -> dict[str, str]:
    """Values as they may stand inside the quotes of a JSON text."""
    return {name: msgspec.json.encode(value).decode()[1:-1] for name, value in values.items()}


def verdict(settings: Mapping[str, Any], answer: Any) -> Verdict:
    """What the decoded answer of a call means."""
    out = way_back(settings)
    try:
        opened = open_embedded(answer, out.embedded)
    except BadInput as error:  # half an answer: what it was to say is asked again
        return Verdict("busy", "not_json", str(error)[:300])
    said = [condition for condition in out.inside if walk(opened, condition.path)]
    if holds(opened, out.ok) and all(holds(opened, condition) for condition in said):
        return Verdict("ok")
    if out.already and holds(opened, out.already):
        return Verdict("ok")
    code, message = _first(opened, out.code), _first(opened, out.message)
    return Verdict("busy" if out.busy and holds(opened, out.busy) else "refused", code[:60], message[:300])


def _first(document: Any, paths: str | list[str]) -> str:
    named = [paths] if isinstance(paths, str) else paths
    texts = (as_text(value) for path in named if path for _, value in walk(document, path))
    return next((text for text in texts if text), "")


def shown_products(settings: Mapping[str, Any], answer: Any) -> tuple[list[ShownProduct], int]:
    """The products of one page of the platform's list, and how many rows it had."""
    out = way_back(settings)
    words = out.products
    if words is None:
        return [], 0
    found = walk(open_embedded(answer, out.embedded), words.rows)
    rows = [row for _, one in found for row in (one if isinstance(one, list) else [one]) if isinstance(row, dict)]
    made = []
    for row in rows:
        inner = row.get(words.variants) if words.variants else [row]
        for variant in inner if isinstance(inner, list) else []:
            both = {**row, **variant}
            made.append(
                ShownProduct(
                    *(
                        as_text(both.get(name, "")) if name else ""
                        for name in (words.product, words.variant, words.sku, words.title, words.price, words.units)
                    )
                )
            )
    return made, len(rows)
