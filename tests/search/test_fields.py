"""The table of fields: every name finds its field, and no two share a place."""

from __future__ import annotations

import pytest

from events.search.document import field_values
from events.search.fields import EVENT_FIELDS, STACK_FIELDS, FieldTable, Kind

TABLES = pytest.mark.parametrize("table", [EVENT_FIELDS, STACK_FIELDS], ids=["event", "stack"])


@TABLES
def test_names_and_storage_names_are_unique(table: FieldTable) -> None:
    names = [name.lower() for field in table.fields for name in field.names]
    assert len(names) == len(set(names))
    storages = [field.storage for field in table.fields]
    assert len(storages) == len(set(storages))


@TABLES
def test_text_fields_and_only_they_have_an_analysis(table: FieldTable) -> None:
    assert all((field.analysis is not None) == (field.kind is Kind.TEXT) for field in table.fields)


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("Type", "type"),
        ("project", "project_id"),
        ("user", "data.@user.identity"),
        ("user.email", "data.@user.identity"),
        ("user.name", "data.@user.name"),
        ("data.@user.identity", "data.@user.identity"),
        ("browser.major", "data.@request.data.@browser_major_version"),
        ("os", "os"),
        ("data.@request.data.@os", "os"),
        ("os.version", "data.@request.data.@os_version"),
        ("bot", "data.@request.data.@is_bot"),
        ("error.targetmethod", "error.targetmethod"),
        ("IDX.Age-n", "idx.age-n"),
    ],
)
def test_a_field_is_found_by_all_its_names_in_any_case(name: str, full: str) -> None:
    field = EVENT_FIELDS.resolve(name)
    assert field is not None
    assert field.name == full


@pytest.mark.parametrize("name", ["user.x", "browser.x", "status", "data.age", "idx.age", "idx.age-x", ""])
def test_other_names_find_nothing(name: str) -> None:
    assert EVENT_FIELDS.resolve(name) is None


def test_custom_fields_have_the_kind_of_their_suffix() -> None:
    kinds = {suffix: EVENT_FIELDS.resolve(f"idx.a-{suffix}") for suffix in "bndsr"}
    found = {suffix: field.kind for suffix, field in kinds.items() if field}
    assert found == {
        "b": Kind.BOOLEAN,
        "n": Kind.NUMBER,
        "d": Kind.DATE,
        "s": Kind.KEYWORD,
        "r": Kind.KEYWORD,
    }


def test_bare_terms_search_the_default_fields() -> None:
    assert len(EVENT_FIELDS.default_fields) == 14
    assert {field.name for field in STACK_FIELDS.default_fields} == {"id", "title", "description", "tags", "references"}


def test_values_come_from_everywhere_a_field_unites() -> None:
    error = {"code": 1, "type": "A", "message": "a", "inner": {"code": 2, "type": "B", "inner": "broken"}}
    document = {
        "type": "error",
        "tags": ["x", None, "y"],
        "value": None,
        "data": {
            "@error": error,
            "@simple_error": {"type": "C"},
            "@user": {"identity": "me"},
            "@user_description": {"email_address": "me@example.test"},
            "@request": {"client_ip_address": "10.0.0.1", "data": "broken"},
            "Age": 5,
        },
    }
    expected: dict[str, list[object]] = {
        "type": ["error"],
        "tags": ["x", "y"],
        "value": [],
        "error.code": ["1", "2"],
        "error.type": ["A", "B"],
        "user": ["me", "me@example.test"],
        "ip": ["10.0.0.1"],
        "browser": [],
        "idx.age-n": [5.0],
        "idx.age-s": [],
    }
    for name, values in expected.items():
        field = EVENT_FIELDS.resolve(name)
        assert field is not None
        assert field_values(document, field) == values
    assert field_values({}, EVENT_FIELDS.fields[0]) == []
