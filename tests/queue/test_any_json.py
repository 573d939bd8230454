"""Whatever a client sends goes from the queue into the database, and costs its neighbours nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import OrganizationUsage
from events.ingest import worker
from events.ingest.claims import claim_submissions
from events.models import Event, Stack, Submission
from events.models.submission import SubmissionKind
from exceptionless_site.core import json as wire
from tests.conftest import Cast
from tests.ingest.parsers.test_robustness import ANY_JSON, DOCUMENTS, TEXTS
from tests.queue.rows import queued, work

EXAMPLES = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)

# What databases refuse: too long for a column, out of a column's range, no text at all.
ODD_TEXTS = TEXTS | st.sampled_from(
    [
        *(
            "x" * 101,
            "x" * 256,
            "x" * 2_001,
            "x" * 100_000,
            "\U0001f600" * 101,
            "\x00" * 9,
            "\ud800" * 300,
            "\r\n" * 2_000,
        ),
        *("9999-12-31T23:59:59.9999999Z", "0000-00-00T00:00:00Z", "0001-01-01T00:00:00-14:00", "1e400", "-0", "NaN"),
    ]
)
ODD_NUMBERS = (
    st.sampled_from([2**31, -(2**31) - 1, 2**63, -(2**63) - 1, 2**64, 10**400, 1e308, -1e308, 5e-324, -0.0, 1e-310])
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.integers()
)
ODD = ODD_TEXTS | ODD_NUMBERS | st.none() | st.booleans() | ANY_JSON
ODD_EVENTS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("type", "source", "message", "reference_id", "id", "geo", "date"), ODD),
        **dict.fromkeys(("value", "count"), ODD),
        "tags": st.lists(ODD_TEXTS, max_size=60) | ODD,
        "data": st.fixed_dictionaries(
            {},
            optional={
                **dict.fromkeys(("@level", "@version", "@submission_method", "@trace", "@ref:session"), ODD),
                "@user": st.fixed_dictionaries({}, optional={"identity": ODD, "name": ODD}),
                "@stack": st.fixed_dictionaries(
                    {}, optional={"title": ODD, "signature_data": st.dictionaries(ODD_TEXTS, ODD, max_size=3)}
                ),
                "@error": st.fixed_dictionaries({}, optional={"type": ODD, "message": ODD, "stack_trace": ODD}),
                "@simple_error": st.fixed_dictionaries({}, optional={"type": ODD, "stack_trace": ODD}),
                "@request": st.fixed_dictionaries({}, optional={"path": ODD, "user_agent": ODD, "port": ODD}),
            },
        )
        | ODD,
    },
)
MAXIMUM = 200_000
NEIGHBOUR = {"type": "neighbour", "message": "untouched"}


def process_and_count(cast: Cast, payload: bytes, **fields: Any) -> tuple[int, int]:
    """How many neighbours and how many others were stored or, by their date, discarded; all at the first attempt."""
    for model in (Event, Stack, OrganizationUsage):
        model.objects.all().delete()
    queued(cast.project, payload, **fields)
    claim = claim_submissions("test")
    assert claim is not None
    worker.process(claim)
    assert list(Submission.objects.values_list("error", flat=True)) == []
    neighbours = Event.objects.filter(type="neighbour")
    assert all(event.content["message"] == "untouched" for event in neighbours)
    usage = OrganizationUsage.objects.get()
    return neighbours.count(), usage.total + usage.discarded - neighbours.count()


@EXAMPLES
@given(anything=ODD_EVENTS | DOCUMENTS, api_version=st.sampled_from([1, 2]))
def test_any_object_is_stored_and_so_are_its_neighbours(cast: Cast, anything: Any, api_version: int) -> None:
    payload = json.dumps([NEIGHBOUR, anything, NEIGHBOUR])
    if "NaN" in payload or "Infinity" in payload:
        return
    assert process_and_count(cast, payload.encode(), api_version=api_version) == (2, 1)


@EXAMPLES
@given(anything=ANY_JSON | ODD)
def test_any_value_costs_its_neighbours_nothing(cast: Cast, anything: Any) -> None:
    payload = json.dumps([NEIGHBOUR, anything, NEIGHBOUR])
    if "NaN" in payload or "Infinity" in payload:
        return
    neighbours, others = process_and_count(cast, payload.encode())
    assert neighbours == 2
    assert others <= 1


@EXAMPLES
@given(
    anything=ANY_JSON | ODD | ODD_EVENTS, address=st.sampled_from(["/api/v2/events", "/api/v1/events", "/api/v1/error"])
)
def test_any_json_that_is_posted_is_accepted_and_becomes_an_event_or_nothing(
    cast: Cast, anything: Any, address: str
) -> None:
    payload = json.dumps(anything)
    if len(payload) > MAXIMUM:
        return
    for model in (Event, Stack, Submission):
        model.objects.all().delete()
    client = cast.client(cast.key)
    for body in (payload, json.dumps(NEIGHBOUR)):
        response = client.post(address, body, content_type="application/json")
        assert (response.status_code, response.content) == (202, b"")
    work()
    assert list(Submission.objects.values_list("error", flat=True)) == []
    assert any(event.content.get("message") == "untouched" for event in Event.objects.all())


@EXAMPLES
@given(payload=st.binary(max_size=300) | ODD_TEXTS.map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_stored_as_something(cast: Cast, payload: bytes) -> None:
    queued(cast.project, NEIGHBOUR)
    neighbours, _ = process_and_count(cast, payload)
    assert neighbours >= 1


@EXAMPLES
@given(
    payload=st.binary(max_size=300),
    encoding=st.sampled_from(["", "gzip", "deflate", "br", "\ufffd" * 50]),
    charset=st.sampled_from(["", "utf-16", "latin1", "shift-jis", "nothing", "\ufffd" * 50]),
)
def test_any_bytes_in_any_encoding_are_stored_or_parked_with_a_reason(
    cast: Cast, payload: bytes, encoding: str, charset: str
) -> None:
    Submission.objects.all().delete()
    queued(cast.project, payload, content_encoding=encoding, charset=charset)
    queued(cast.project, NEIGHBOUR)
    before = Event.objects.filter(type="neighbour").count()
    work()
    assert Event.objects.filter(type="neighbour").count() == before + 1
    assert all(row.parked_utc and row.error for row in Submission.objects.all())


@pytest.mark.parametrize("number", ["1e400", "-1e400", "1" + "0" * 400, "1e-400", "4.9e-324", "0." + "1" * 400])
@pytest.mark.parametrize("field", ["value", "count", "date", "type", "reference_id"])
def test_numbers_beyond_all_columns(cast: Cast, field: str, number: str) -> None:
    payload = f'[{json.dumps(NEIGHBOUR)},{{"{field}":{number}}},{json.dumps(NEIGHBOUR)}]'
    assert process_and_count(cast, payload.encode()) == (2, 1)


@EXAMPLES
@given(data=st.dictionaries(ODD_TEXTS, ODD, max_size=4) | st.none(), text=ODD_TEXTS)
def test_any_description_is_added_to_its_event(cast: Cast, data: Any, text: str) -> None:
    Event.objects.all().delete()
    try:
        body = wire.loads(json.dumps({"reference_id": "order-1042", "description": text, "data": data}))
        payload = wire.dumps(body)
    except (ValueError, TypeError):
        return
    queued(cast.project, {"message": "x", "reference_id": "order-1042"})
    queued(cast.project, payload, kind=SubmissionKind.USER_DESCRIPTION)
    work()
    assert "@user_description" in Event.objects.get().content["data"]
    assert not Submission.objects.exists()
