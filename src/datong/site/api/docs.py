"""The API's page for people: made from the schema, served from here, without a script from anywhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from datong.site.api.openapi import MEANING
from datong.site.problems import STATUS


def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, bodies and answers."""
    from datong.site.api import api  # the schema knows all routers

    schema = api.get_openapi_schema()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            row = {"method": method.upper(), "path": path, **_operation(operation, schema["components"])}
            groups.setdefault((operation.get("tags") or ["other"])[0], []).append(row)
    kinds = [{"kind": kind, "status": status, "means": MEANING.get(status, "")} for kind, status in STATUS.items()]
    return render(request, "site/api_docs.html", {"groups": groups, "kinds": kinds, "info": schema["info"]})


def _operation(operation: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    return {
        "id": operation.get("operationId", ""),
        "summary": operation.get("summary", ""),
        "description": operation.get("description", ""),
        "parameters": [
            {
                "name": parameter["name"],
                "where": parameter["in"],
                "required": parameter.get("required", False),
                "type": _type(parameter.get("schema", {})),
            }
            for parameter in operation.get("parameters", [])
        ],
        "body": _type(body) if body else "",
        "answers": [
            {"status": status, "description": _answer(answer, components).get("description", "")}
            for status, answer in operation.get("responses", {}).items()
        ],
    }


def _answer(answer: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    name = str(answer.get("$ref", "")).rpartition("/")[2]
    return components["responses"][name] if name else answer


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type", "any"))
