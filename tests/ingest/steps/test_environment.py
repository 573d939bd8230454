"""`@environment` on its way through the pipeline."""

from __future__ import annotations

from typing import Any

import pytest

from events.ingest.context import ProjectSettings
from events.ingest.steps import environment, submission_client
from tests.ingest.steps.contexts import PRIVATE, make_context, make_project, make_submission

JAVASCRIPT = "exceptionless-js/3.1.0"
OTHER_CLIENT = "exceptionless/6.0.4"


def completed(sent: Any, *, user_agent: str = OTHER_CLIENT, project: ProjectSettings | None = None) -> Any:
    context = make_context(
        data={"@environment": sent}, submission=make_submission("8.8.8.8", user_agent), project=project
    )
    submission_client.run([context])
    environment.run([context])
    assert context.error is None
    return context.event.data["@environment"]


@pytest.mark.parametrize(
    ("reported", "user_agent", "expected"),
    [
        (None, OTHER_CLIENT, "8.8.8.8"),
        ("127.0.0.1", OTHER_CLIENT, "127.0.0.1,8.8.8.8"),
        ("10.0.0.1, 10.0.0.2", OTHER_CLIENT, "10.0.0.1,10.0.0.2"),
        (None, JAVASCRIPT, None),
        ("127.0.0.1", JAVASCRIPT, "127.0.0.1"),
    ],
)
def test_the_machines_address(reported: str | None, user_agent: str, expected: str | None) -> None:
    assert completed({"ip_address": reported}, user_agent=user_agent).get("ip_address") == expected


def test_the_stored_environment_has_the_names_of_the_wire() -> None:
    sent = {"OSName": "Windows", "ProcessorCount": 4, "data": {}, "machineName": "M"}
    assert completed(sent, user_agent=JAVASCRIPT) == {"o_s_name": "Windows", "processor_count": 4, "machine_name": "M"}


def test_address_and_name_of_the_machine_are_private_information() -> None:
    sent = {"IpAddress": "1.1.1.1", "machine_name": "M", "MachineName": "N", "architecture": "x64"}
    assert completed(sent, project=make_project(PRIVATE)) == {"architecture": "x64"}


@pytest.mark.parametrize("sent", ["text", [], 5, None])
def test_an_environment_that_is_no_object_stays_as_sent(sent: Any) -> None:
    assert completed(sent) == sent
