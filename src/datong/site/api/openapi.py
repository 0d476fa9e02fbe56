"""The API's schema says of every operation what it may answer beside success: problem details (RFC 9457)."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError, ValidationErrorContext
from ninja.openapi.schema import OpenAPISchema

from datong.integration.http.schemas import ProblemOut
from datong.site.problems import MEDIA_TYPE, STATUS


class ProblemDetails(Schema):
    """RFC 9457. `trace` is the id under which the log has it; `problems` name each field and what it should be."""

    type: str
    title: str
    status: int
    detail: str
    trace: str
    problems: list[ProblemOut]


MEANING = {
    400: "The request cannot be read at all.",
    401: "No key, a wrong one, or one that was taken back.",
    403: "The key lacks the scope.",
    404: "There is no such thing in this brand.",
    405: "This address does not take the method; Allow says which it takes.",
    409: "The number or key was used for something else, or the thing is in another state.",
    413: "Over the limit of size.",
    422: "Something in the request is wrong; nothing was changed.",
    429: "Over the rate; Retry-After says when.",
    500: "The fault is ours; the log has it under the trace.",
    503: "Something we need is away for now; Retry-After says when.",
}
ALWAYS = (400, 401, 403, 422, 429, 500, 503)
COMES_AGAIN = (429, 503)


class Api(NinjaAPI):
    """A module says of its operation only what is its own: `response={200: Thing, 404: None}`."""

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        told: set[int] = set()
        for methods in schema["paths"].values():
            for method, operation in methods.items():
                told |= _tell_problems(method, operation)
        components = schema["components"]
        components["schemas"] |= _schemas()
        components["responses"] = {_name(status): _response(status) for status in sorted(told)}
        components["securitySchemes"]["ClientKey"]["description"] = (
            "A client's key, `dtk_...`, as the console hands it out once. It opens one brand and one channel; what it "
            "may do there are its scopes (403 names the one that is missing)."
        )
        return schema

    def validation_error_from_error_contexts(self, error_contexts: list[ValidationErrorContext]) -> ValidationError:
        """As ninja's own, with the value that was sent still in it: a refusal shows what was there."""
        found: list[dict[str, Any]] = []
        for context in error_contexts:
            source, names = context.model.__ninja_param_source__, context.model.__ninja_flatten_map_reverse__
            for error in context.pydantic_validation_error.errors(include_url=False, include_context=False):
                found.append({**error, "loc": (source, *names.get(error["loc"], error["loc"]))})
        return ValidationError(found)


def _tell_problems(method: str, operation: dict[str, Any]) -> set[int]:
    answers = operation["responses"]
    wanted = {status for status in answers if status >= 400} | set(ALWAYS)
    if "requestBody" in operation:
        wanted.add(413)
    if method != "get":
        wanted.add(409)  # what is there already, or has gone on meanwhile, forbids it
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "header":  # ninja writes Python's name; proxies drop headers with an underscore
            parameter["name"] = parameter["name"].replace("_", "-").title()
    for status in sorted(wanted):
        answers[status] = {"$ref": f"#/components/responses/{_name(status)}"}
    return wanted


def _name(status: int) -> str:
    """'NotFound': the first kind of problem that has this status."""
    kind = next(kind for kind, number in STATUS.items() if number == status)
    return "".join(word.capitalize() for word in kind.split("_"))


def _response(status: int) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{ProblemDetails.__name__}"}
    answer: dict[str, Any] = {"description": MEANING[status], "content": {MEDIA_TYPE: {"schema": schema}}}
    if status in COMES_AGAIN:
        seconds = {"description": "Seconds until the same may be sent again.", "schema": {"type": "integer"}}
        answer["headers"] = {"Retry-After": seconds}
    return answer


def _schemas() -> dict[str, Any]:
    schema = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
    return {**schema.pop("$defs"), ProblemDetails.__name__: schema}
