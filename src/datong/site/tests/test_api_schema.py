"""The API's schema as others have it in their hands: a change of it is seen, and it tells every refusal."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import pytest
from django.test import Client
from ninja import Schema

from datong.site.api import api
from datong.site.problems import MEDIA_TYPE, STATUS

SNAPSHOT = Path(__file__).with_name("openapi.json")
RENEW = "DATONG_RENEW=1 .venv/bin/pytest src/datong/site/tests/test_api_schema.py"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """As it goes out: through JSON, so that numbers of statuses are text."""
    found: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/")))
    return found


def test_the_schema_is_the_one_that_was_agreed_on(schema: dict[str, Any]) -> None:
    text = json.dumps({**schema, "info": {**schema["info"], "version": ""}}, indent=1, sort_keys=True) + "\n"
    if os.environ.get("DATONG_RENEW") == "1":
        SNAPSHOT.write_text(text)
    kept, now = SNAPSHOT.read_text().splitlines(), text.splitlines()
    differing = [f"-{line}" for line in kept if line not in now] + [f"+{line}" for line in now if line not in kept]
    assert text == SNAPSHOT.read_text(), "\n".join(
        [f"The API has changed. When that is meant: {RENEW}", *differing[:40]]
    )


def test_the_schema_is_served_and_so_is_its_page(db: None) -> None:
    served = Client().get("/api/openapi.json")
    assert served.status_code == 200 and served.json()["paths"].keys() == api.get_openapi_schema()["paths"].keys()
    page = Client().get("/api/docs").content.decode()
    for path, methods in served.json()["paths"].items():
        for method, operation in methods.items():
            assert f"{method.upper()} {path}" in page and f'id="{operation["operationId"]}"' in page
    for kind, status in STATUS.items():
        assert f'id="{kind}"' in page and f"{status} {kind}" in page, "the address in a problem's `type` leads there"


def test_two_shapes_never_go_by_one_name() -> None:
    """Of two classes of one name the document would tell one, for both."""

    def below(kind: type) -> Iterator[type]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    def enums(kind: Any) -> Iterator[type]:
        if isinstance(kind, type) and issubclass(kind, Enum):
            yield kind
        for inner in get_args(kind):
            yield from enums(inner)

    named: dict[str, set[type]] = {}
    for shape in below(Schema):
        if shape.__module__.startswith("datong.") and ".tests" not in shape.__module__:
            named.setdefault(shape.__name__, set()).add(shape)
            for field in getattr(shape, "model_fields", {}).values():
                for kind in enums(field.annotation):
                    named.setdefault(kind.__name__, set()).add(kind)
    assert len(named) > 100
    assert {name: kinds for name, kinds in named.items() if len(kinds) > 1} == {}


def test_every_operation_tells_its_problems_and_its_key(schema: dict[str, Any]) -> None:
    answers, details = schema["components"]["responses"], schema["components"]["schemas"]["ProblemDetails"]
    assert details["required"] == ["type", "title", "status", "detail", "trace", "problems"]
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            refusals = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
            assert {"400", "401", "403", "422", "429", "500", "503"} <= refusals.keys(), (method, path)
            assert ("413" in refusals) == ("requestBody" in operation)
            headers = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
            assert headers <= {"Idempotency-Key"}, (method, path)
            assert "409" in refusals or not headers, (method, path)
            assert ("404" in refusals) >= ("{" in path), (method, path)
            assert operation["security"] == [{"ClientKey": []}]
            for status, answer in refusals.items():
                one = answers[answer["$ref"].removeprefix("#/components/responses/")]
                assert one["content"] == {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
                assert ("Retry-After" in one.get("headers", {})) == (status in ("429", "503"))
    assert schema["components"]["securitySchemes"]["ClientKey"]["scheme"] == "bearer"


def test_an_operation_is_named_described_and_has_an_example_where_it_takes_an_order(schema: dict[str, Any]) -> None:
    ids = [operation["operationId"] for methods in schema["paths"].values() for operation in methods.values()]
    assert len(ids) == len(set(ids))
    for methods in schema["paths"].values():
        for operation in methods.values():
            assert operation["summary"] and operation["description"] and operation["tags"], operation["operationId"]
    for path in ("/api/v1/orders", "/api/v1/orders/batch", "/api/v1/till/orders"):
        body = schema["paths"][path]["post"]["requestBody"]
        assert body["required"] and body["content"]["application/json"]["example"]
