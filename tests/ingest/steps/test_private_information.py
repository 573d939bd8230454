"""Projects that keep their users unnamed."""

from __future__ import annotations

from typing import Any

import pytest

from events.ingest.steps import private_information
from tests.ingest.steps.contexts import make_context, make_project

DATA: dict[str, Any] = {
    "@user": {"identity": "me"},
    "@user_description": {"email_address": "me@example.test", "description": "it broke"},
    "mine": 1,
}


@pytest.mark.parametrize("setting", ["false", "False", " FALSE "])
def test_user_and_address_are_removed(setting: str) -> None:
    context = make_context(data=dict(DATA), project=make_project({"@@includeprivateinformation": setting}))
    private_information.run([context])
    assert context.event.data == {"@user_description": {"description": "it broke"}, "mine": 1}


@pytest.mark.parametrize("setting", ["true", "0", "", None])
def test_anything_but_false_keeps_them(setting: str | None) -> None:
    settings = {} if setting is None else {"@@includeprivateinformation": setting}
    context = make_context(data=dict(DATA), project=make_project(settings))
    private_information.run([context])
    assert context.event.data == DATA


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"@user_description": {"EmailAddress": "x", "Description": "d"}}, {"@user_description": {"Description": "d"}}),
        ({"@user_description": {"emailAddress": "x"}}, {"@user_description": {}}),
        ({"@user_description": "text"}, {"@user_description": "text"}),
        ({"_@user": "me"}, {}),
        ({"@user": None}, {}),
        ({}, {}),
    ],
)
def test_other_spellings_give_no_way_around(data: dict[str, Any], expected: dict[str, Any]) -> None:
    context = make_context(data=data, project=make_project({"@@includeprivateinformation": "false"}))
    private_information.run([context])
    assert context.event.data == expected
    assert context.error is None
