"""The comparison itself, with documents of a few lines."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.openapi_comparison import differences

PERSON = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string", "maxLength": 5}}}


def document(schema: dict[str, Any] | None = None, **operation: Any) -> dict[str, Any]:
    answer = {"content": {"application/json": {"schema": schema or {"$ref": "#/components/schemas/Person"}}}}
    return {
        "paths": {"/people": {"get": {"tags": ["Person"], "responses": {"200": answer}} | operation}},
        "components": {"schemas": {"Person": PERSON}},
    }


def texts(ours: dict[str, Any], official: dict[str, Any]) -> list[str]:
    return [str(difference) for difference in differences(ours, official)]


def with_person(**changes: Any) -> dict[str, Any]:
    changed = document()
    changed["components"] = {"schemas": {"Person": PERSON | changes}}
    return changed


def test_a_document_equals_itself() -> None:
    assert texts(document(), document()) == []


def test_missing_and_additional_operations() -> None:
    assert texts({"paths": {}}, document()) == ["GET /people: missing"]
    assert texts(document(), {"paths": {}}) == ["GET /people: additional"]


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"required": []}, "Person.name: required is False"),
        ({"properties": {}}, "Person.name: missing"),
        ({"properties": PERSON["properties"] | {"age": {"type": "integer"}}}, "Person.age: additional"),  # type: ignore[operator]
        ({"properties": {"name": {"type": "integer", "maxLength": 5}}}, "Person.name: type is integer, not string"),
        ({"properties": {"name": {"type": "string"}}}, "Person.name: maxLength is None, not 5"),
        ({"properties": {"name": {"type": ["string", "null"], "maxLength": 5}}}, "Person.name: nullable is True"),
        (
            {"properties": {"name": {"type": "string", "maxLength": 5, "enum": ["a"]}}},
            "Person.name: enum is ['a'], not []",
        ),
    ],
)
def test_members_of_a_component(changes: dict[str, Any], text: str) -> None:
    assert texts(with_person(**changes), document()) == [text]


def test_a_component_of_another_name_is_compared_where_it_stands() -> None:
    inline = document({"type": "object", "properties": {}})
    place = "GET /people > 200"
    assert texts(inline, document()) == [f"{place}: schema is None, not Person", f"{place}.name: missing"]


def test_a_choice_that_has_the_component_is_named_once() -> None:
    other = {"$ref": "#/components/schemas/Pet"}
    choice = document({"oneOf": [{"$ref": "#/components/schemas/Person"}, other]})
    choice["components"]["schemas"]["Pet"] = {"type": "object"}
    assert texts(choice, document()) == ["GET /people > 200: schema is Person|Pet, not Person"]


def test_responses_bodies_and_parameters() -> None:
    page = {"name": "page", "in": "query", "schema": {"type": "integer", "format": "int32"}}
    body = {"required": True, "content": {"application/json": {"schema": {"type": "string"}}}}
    full = document(parameters=[page], requestBody=body)
    assert texts(document(), full) == ["GET /people > body: missing", "GET /people > query page: missing"]
    wrong = document(
        parameters=[page | {"required": True, "schema": {"type": "string"}}],
        requestBody={"content": {"text/plain": {"schema": {"type": "string"}}}},
    )
    assert texts(wrong, full) == [
        "GET /people > body: required is False",
        "GET /people > body > application/json: missing",
        "GET /people > body > text/plain: additional",
        "GET /people > query page: format is None, not int32",
        "GET /people > query page: required is True",
        "GET /people > query page: type is string, not integer",
    ]
    assert texts(document(responses={"201": {}}), document()) == [
        "GET /people > 200: missing",
        "GET /people > 201: additional",
    ]


def test_null_beside_a_component_is_nullability() -> None:
    nullable = document({"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Person"}]})
    assert texts(nullable, document()) == ["GET /people > 200: nullable is True"]


def test_components_may_refer_to_themselves() -> None:
    recursive = with_person(properties=PERSON["properties"] | {"boss": {"$ref": "#/components/schemas/Person"}})  # type: ignore[operator]
    assert texts(recursive, recursive) == []
