"""Signatures that the sender wants."""

from __future__ import annotations

from typing import Any

import pytest

from events.ingest.steps import error, manual_stacking, simple_error
from tests.ingest.steps.contexts import make_context


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ({"signature_data": {"Key": "b", "Other": "a"}}, {"Key": "b", "Other": "a"}),
        ({"signature_data": {"Key": "", "Other": "a"}}, {"Other": "a"}),
        ({"SignatureData": {"ManualStackingKey": "mine"}}, {"ManualStackingKey": "mine"}),
        ({"signatureData": {"Key": "b"}, "title": "t"}, {"Key": "b"}),
        ({"signature_data": {"Key": None}}, {}),
        ({"signature_data": {}}, {}),
        ({"signature_data": "text"}, {}),
        ({"title": "t"}, {}),
        ({}, {}),
        ("text", {}),
        ([], {}),
        (None, {}),
    ],
)
def test_non_empty_pairs_become_the_signature_in_their_order(stack: Any, expected: dict[str, str]) -> None:
    context = make_context(data={"@stack": stack})
    manual_stacking.run([context])
    assert list(context.signature.items()) == list(expected.items())
    assert context.error is None


@pytest.mark.parametrize("key", ["@error", "@simple_error"])
def test_a_manual_signature_keeps_errors_from_setting_theirs(key: str) -> None:
    sent = {"Type": "E", "Message": "failed"}
    context = make_context("error", {"@stack": {"signature_data": {"Key": "mine"}}, key: sent})
    for step in (manual_stacking, error, simple_error):
        step.run([context])
    assert context.signature == {"Key": "mine"}
    assert context.event.message == "failed"
    assert context.event.data[key] == {"Type": "E", "Message": "failed"}
