"""Every API response of the test suite against our own OpenAPI document.

`ContractClient` is the client of the cast, `ContractSiteClient` stands for any other. An undocumented status, media
type, member or type of a member fails the test that met it. Schemas are taken strictly: what a schema does not name
must not be there.
"""

from __future__ import annotations

import copy
import re
from functools import cache, wraps
from typing import Any

from django.test import Client
from django.urls import Resolver404
from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from rest_framework.test import APIClient

from exceptionless_site.api.schema_names import camel
from exceptionless_site.core import json
from tests.contract.documents import ours

ANYWHERE = {405, 406, 429}
"""What any address may answer and no operation has to name."""
WITH_A_BODY = {413}
"""What any address may answer that reads a body."""
_JSON = ("application/json", "application/problem+json")
_DOCUMENT = "urn:document"
_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?(Z|[+-]\d\d:\d\d)?")

formats = FormatChecker(formats=())


@formats.checks("date-time")
def is_date(value: object) -> bool:
    """The wire's dates; the unset one has no zone."""
    return not isinstance(value, str) or _DATE.fullmatch(value) is not None


class ContractClient(APIClient):
    """An API client; what it gets is compared with the document, as with every test client (`compare_all`)."""


class ContractSiteClient(Client):
    """The same for what browsers and clients send without DRF's test client: cookies, bodies of any bytes."""


def compare_all() -> None:
    """From now on whatever a test client gets is compared with the document."""
    request = Client.request

    @wraps(request)
    def compared(self: Client, **sent: Any) -> Any:
        response = request(self, **sent)
        # A test that provokes a failure of the server says so.
        if response.status_code != 500 or self.raise_request_exception:
            check_response(response)
        return response

    Client.request = compared  # type: ignore[method-assign]


class UndocumentedError(AssertionError):
    """The response is not one that the document allows."""


def check_response(response: Any) -> None:
    """Raises UndocumentedError. Addresses outside of the API and of no operation are not looked at."""
    method = response.request["REQUEST_METHOD"]
    found = documented_operation("GET" if method == "HEAD" else method, _route(response))
    if found is None or response.status_code in ANYWHERE:
        return
    name, operation = found
    status = str(response.status_code)
    if response.status_code in WITH_A_BODY and "requestBody" in operation:
        return
    if status not in operation["responses"]:
        raise UndocumentedError(f"{name} answered {status}, which is not documented: {_start(response)}")
    if method != "HEAD":
        _check_content(f"{name} > {status}", operation["responses"][status].get("content", {}), response)


def _route(response: Any) -> str:
    try:
        route: str = response.resolver_match.route
    except Resolver404:
        return ""
    return route


def documented_operation(method: str, route: str) -> tuple[str, dict[str, Any]] | None:
    """The name and the operation of Django's route; one that takes ids answers at the address of an id too."""
    path = "/" + _PARAMETER.sub(lambda match: "{" + camel(match.group(1)) + "}", route)
    for candidate in (path, path.replace("{id}", "{ids}")):
        operation = ours()["paths"].get(candidate, {}).get(method.lower())
        if operation is not None:
            return f"{method} {candidate}", operation
    return None


def _check_content(place: str, content: dict[str, Any], response: Any) -> None:
    body = response.getvalue() if response.streaming else response.content
    media_type = response.headers.get("Content-Type", "").partition(";")[0]
    if body and media_type == "text/html":
        return  # the browsable API shows the same to people, also that there is nothing to show
    if not content or not body:
        if bool(content) != bool(body):
            raise UndocumentedError(f"{place} has {'no ' if content else 'a '}body: {_start(response)}")
        return
    if media_type not in content:
        raise UndocumentedError(f"{place} is {media_type or 'of no media type'}, not {' or '.join(content)}")
    if media_type in _JSON:
        _check_json(place, media_type, body)


def _check_json(place: str, media_type: str, body: bytes) -> None:
    validator = _validator(place, media_type)
    errors = [
        f"{place} {error.json_path.removeprefix('$')}: {error.message[:500]}"
        for error in validator.iter_errors(json.loads(body))
    ]
    if errors:
        raise UndocumentedError("\n".join(errors[:10]))


@cache
def _validator(place: str, media_type: str) -> Draft202012Validator:
    name, _, status = place.partition(" > ")
    method, _, path = name.partition(" ")
    schema = _strict_document()["paths"][path][method.lower()]["responses"][status]["content"][media_type]["schema"]
    return Draft202012Validator(_located(schema), registry=_registry(), format_checker=formats)


@cache
def _registry() -> Registry[Any]:
    resource: Resource[Any] = Resource.from_contents(_strict_document(), default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource(_DOCUMENT, resource)
    return registry


@cache
def _strict_document() -> dict[str, Any]:
    document = copy.deepcopy(ours())
    _make_strict(document["components"]["schemas"])
    _make_strict(document["paths"])
    return document


def _make_strict(part: Any) -> None:
    """Objects may have the members that they name and no others."""
    if isinstance(part, list):
        for item in part:
            _make_strict(item)
    elif isinstance(part, dict):
        if part.get("type") == "object" and "properties" in part:
            part.setdefault("additionalProperties", False)
        for item in part.values():
            _make_strict(item)


def _located(part: Any) -> Any:
    """The schema with its references into the whole document."""
    if isinstance(part, list):
        return [_located(item) for item in part]
    if isinstance(part, dict):
        return {
            name: _DOCUMENT + item if name == "$ref" and isinstance(item, str) else _located(item)
            for name, item in part.items()
        }
    return part


def _start(response: Any) -> str:
    return "" if response.streaming else response.content[:300].decode(errors="replace")
