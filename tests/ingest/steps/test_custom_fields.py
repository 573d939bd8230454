"""Custom fields of premium organizations."""

from __future__ import annotations

from events.ingest.steps import custom_fields
from tests.ingest.steps.contexts import make_context, make_project

DATA = {"Age": 5, "@ref:session": "12345678", "@level": "Info"}


def test_premium_organizations_get_their_fields() -> None:
    context = make_context(data=dict(DATA))
    custom_fields.run([context])
    assert context.custom_fields == {"age-n": 5, "session-r": "12345678"}
    assert context.event.data == DATA


def test_others_do_not() -> None:
    context = make_context(data=dict(DATA), project=make_project(has_premium_features=False))
    custom_fields.run([context])
    assert context.custom_fields == {}
