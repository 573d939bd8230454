"""GET and POST projects/{id}/reset-data, POST projects/{id}/sample-data, and the work behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import OrganizationUsage
from events.ingest.direct import ingest_documents
from events.models import Event, Stack, WorkItem
from events.models.work_item import WorkItemKind
from events.services import project_data, work_items
from events.services.pace import Pace
from events.services.work_items import LEASE, MAXIMUM_FAILURES, remove_finished, request_work, run_work_items
from exceptionless_site.core.clock import utc_now
from projects.models import Project, ProjectUsage
from tests.conftest import Cast
from tests.contract.responses import ContractSiteClient
from tests.events.stack_rows import make_event, make_stack
from tests.retention.rows import FewBatches, deleted_usage, stack_with_events
from tokens.models import Token

RESET, SAMPLES = "reset-data", "sample-data"
ROUTES = [("GET", RESET), ("POST", RESET), ("POST", SAMPLES)]


def start(client: APIClient | Client, project: Project, what: str, method: str = "POST", **headers: Any) -> Any:
    return client.generic(method, f"/api/v2/projects/{project.pk}/{what}", **headers)


def only_item() -> WorkItem:
    return WorkItem.objects.get()


@pytest.mark.parametrize(("method", "what"), ROUTES)
def test_the_answer_names_the_work(cast: Cast, owner: APIClient, method: str, what: str) -> None:
    response = start(owner, cast.project, what, method)
    assert (response.status_code, response.json()) == (202, {"workers": [only_item().pk]})
    assert only_item().kind == what
    assert (only_item().organization_id, only_item().project_id) == (cast.organization.pk, cast.project.pk)


@pytest.mark.parametrize(("method", "what"), ROUTES)
@pytest.mark.parametrize(
    ("who", "status"),
    [("mate", 202), ("admin", 202), ("user_key", 202), ("stranger", 404), ("key", 403), (None, 401)],
)
def test_who_may_start_it(cast: Cast, method: str, what: str, who: str | None, status: int) -> None:
    client = cast.client(getattr(cast, who) if who else None)
    assert start(client, cast.project, what, method).status_code == status
    assert WorkItem.objects.exists() == (status == 202)


@pytest.mark.parametrize("what", [RESET, SAMPLES])
def test_a_deleted_project_is_not_found(cast: Cast, owner: APIClient, what: str) -> None:
    Project.objects.update(is_deleted=True)
    response = start(owner, cast.project, what)
    assert (response.status_code, response.json()["title"]) == (404, "Project not found.")


def test_looking_does_not_reset(cast: Cast, owner: APIClient) -> None:
    assert start(owner, cast.project, RESET, "HEAD").status_code == 405
    assert not WorkItem.objects.exists()


def test_a_link_that_a_signed_in_browser_follows_does_not_reset(cast: Cast) -> None:
    browser = ContractSiteClient()
    browser.force_login(cast.admin)
    assert start(browser, cast.project, RESET, "GET").status_code == 403
    assert not WorkItem.objects.exists()
    assert start(browser, cast.project, RESET, "POST").status_code == 202


def test_a_reset_removes_events_and_stacks_and_keeps_the_rest(cast: Cast, owner: APIClient) -> None:
    other = Project.objects.create(organization=cast.organization, name="Other")
    stack_with_events(cast.project, 30)
    stack_with_events(cast.project, 2, status="fixed")
    kept = stack_with_events(other, 3)
    start(owner, cast.project, RESET)
    assert run_work_items() == 1
    assert list(Stack.objects.all()) == [kept]
    assert Event.objects.count() == 3
    assert Project.objects.filter(pk=cast.project.pk, is_deleted=False).exists()
    assert Token.objects.filter(pk=cast.key.pk).exists()
    assert (only_item().state, only_item().progress) == ("done", 2 + 32 + 2)
    assert OrganizationUsage.objects.get().deleted == 32
    assert list(ProjectUsage.objects.values_list("project_id", "deleted")) == [(cast.project.pk, 32)]


def test_a_reset_does_not_count_what_was_deleted_before(cast: Cast, owner: APIClient) -> None:
    stack = stack_with_events(cast.project, 5)
    owner.delete(f"/api/v2/stacks/{stack.pk}")
    start(owner, cast.project, RESET)
    run_work_items()
    assert deleted_usage() == 5
    assert not Event.objects.exists()


def test_what_comes_after_the_request_stays(cast: Cast, owner: APIClient, post: Callable[..., None]) -> None:
    post({"type": "log", "source": "before"})
    start(owner, cast.project, RESET)
    post({"type": "log", "source": "after"})
    run_work_items()
    post({"type": "log", "source": "before"})
    sources = {stack.signature_info["Source"]: stack.total_occurrences for stack in Stack.objects.all()}
    assert sources == {"after": 1, "before": 1}
    assert Event.objects.count() == 2


def test_asking_twice_is_the_same_work(cast: Cast, owner: APIClient) -> None:
    first, second = (start(owner, cast.project, RESET).json() for _ in range(2))
    assert first == second
    run_work_items()
    assert start(owner, cast.project, RESET).json() != first


def test_asking_again_while_it_is_done_covers_what_came_meanwhile(
    cast: Cast, owner: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_event(make_stack(cast.project))
    start(owner, cast.project, RESET)

    def reset_and_ask_again(item: WorkItem, pace: Pace) -> bool:
        is_done = project_data.reset_data(item, pace)
        monkeypatch.setitem(work_items.HANDLERS, RESET, project_data.reset_data)
        make_event(make_stack(cast.project))
        start(owner, cast.project, RESET)
        return is_done

    monkeypatch.setitem(work_items.HANDLERS, RESET, reset_and_ask_again)
    assert run_work_items() == 2
    assert not Event.objects.exists()
    assert only_item().state == "done"


def test_a_reset_that_ran_out_of_time_goes_on(cast: Cast, owner: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_items, "Pace", lambda seconds: FewBatches(3))
    stack_with_events(cast.project, 1_500)
    start(owner, cast.project, RESET)
    slices = 0
    while only_item().finished_utc is None and slices < 20:
        run_work_items()
        slices += 1
    assert slices >= 2
    assert not Event.objects.exists()
    assert deleted_usage() == 1_500
    assert only_item().progress == 1 + 1_500 + 1


def test_samples_are_added_whatever_their_age(cast: Cast, owner: APIClient) -> None:
    start(owner, cast.project, SAMPLES)
    run_work_items(seconds=600)
    assert only_item().state == "done"
    assert only_item().progress == project_data.SAMPLE_EVENTS
    assert Event.objects.filter(project=cast.project).count() == project_data.SAMPLE_EVENTS
    assert Event.objects.earliest("key").date < utc_now() - timedelta(days=4)
    assert deleted_usage() == 0


def test_samples_that_were_interrupted_go_on_without_doubles(
    cast: Cast, owner: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_data, "SAMPLE_EVENTS", 45)
    start(owner, cast.project, SAMPLES)
    calls = 0

    def store_and_die(**arguments: Any) -> None:
        nonlocal calls
        calls += 1
        ingest_documents(**arguments)
        if calls == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(project_data, "ingest_documents", store_and_die)
    with pytest.raises(KeyboardInterrupt):
        run_work_items()
    assert (only_item().progress, Event.objects.count()) == (20, 20)
    assert run_work_items() == 0  # the dead process' lease has not ended
    with time_machine.travel(utc_now() + LEASE, tick=True):
        assert run_work_items() == 1
    assert (only_item().progress, Event.objects.count()) == (45, 45)
    assert only_item().state == "done"


def test_samples_for_a_project_that_was_deleted_meanwhile_are_not_added(cast: Cast, owner: APIClient) -> None:
    start(owner, cast.project, SAMPLES)
    Project.objects.update(is_deleted=True)
    run_work_items()
    assert only_item().state == "done"
    assert not Event.objects.exists()


def test_failing_work_is_tried_again_and_given_up_in_the_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(item: WorkItem, pace: Pace) -> bool:
        raise ValueError("no luck")

    monkeypatch.setitem(work_items.HANDLERS, RESET, fail)
    request_work(kind=WorkItemKind.RESET_DATA, project=cast.project)
    now = utc_now()
    states = []
    for attempt in range(MAXIMUM_FAILURES + 1):
        with time_machine.travel(now + timedelta(hours=attempt), tick=True):
            run_work_items()
            states.append(only_item().state)
    assert states == ["retrying"] * (MAXIMUM_FAILURES - 1) + ["failed"] * 2
    assert only_item().error == "ValueError: no luck"


def test_work_that_failed_can_be_started_again_in_the_admin(cast: Cast) -> None:
    item = WorkItem.objects.create(kind=RESET, error="ValueError: no luck", finished_utc=utc_now(), failures=5)
    site = ContractSiteClient()
    site.force_login(cast.admin)
    data = {"action": "retry", "_selected_action": [item.pk]}
    assert site.post("/admin/events/workitem/", data).status_code == 302
    assert (only_item().state, only_item().failures) == ("waiting", 0)


@pytest.mark.parametrize(("days", "left"), [(6, 1), (8, 0)])
def test_finished_work_is_remembered_for_a_week(cast: Cast, pace: Pace, days: int, left: int) -> None:
    WorkItem.objects.create(kind=RESET, finished_utc=utc_now() - timedelta(days=days))
    assert remove_finished(pace)
    assert WorkItem.objects.count() == left


def test_work_of_two_projects_is_kept_apart(cast: Cast) -> None:
    items = [request_work(kind=WorkItemKind.RESET_DATA, project=project) for project in Project.objects.all()]
    assert len({item.pk for item in items}) == 2
    assert run_work_items() == 2
