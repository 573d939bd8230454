"""POST /api/v2/events and its twins: what is accepted, what is refused, and with which status."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.test import RequestFactory

from accounts.models import OrganizationUsage
from events.ingest.receive import receive_payload
from events.models import Event, Stack, Submission
from exceptionless_site.api.errors import Problem
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from tests.conftest import Cast, make_key
from tests.contract.responses import ContractSiteClient
from tokens.authentication import identity_of_secret

Work = Callable[[], None]
JSON = "application/json"
ADDRESSES = ("/api/v2/events", "/api/v1/events", "/api/v1/error")


def body_of(response: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(response.content)
    return found


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_posted_event_is_queued_and_answered_with_202_and_an_empty_body(cast: Cast, address: str) -> None:
    response = cast.client(cast.key).post(address, {"message": "hello"}, format="json")
    assert response.status_code == 202
    assert response.content == b""
    assert Submission.objects.get().project_id == cast.project.pk


def test_the_config_version_comes_in_one_header_for_each_version_of_the_api(cast: Cast) -> None:
    second = cast.client(cast.key).post("/api/v2/events", {}, format="json")
    assert second["X-Exceptionless-ConfigVersion"] == "1"
    assert "v" not in second.headers
    first = cast.client(cast.key).post("/api/v1/events", {}, format="json")
    assert first["v"] == "1"
    assert "X-Exceptionless-ConfigVersion" not in first.headers


def test_an_object_an_array_and_lines_of_text_become_events(cast: Cast, work: Work) -> None:
    client = cast.client(cast.key)
    client.post("/api/v2/events", {"message": "object"}, format="json")
    client.post("/api/v2/events", [{"message": "first"}, {"message": "second"}], format="json")
    client.post("/api/v2/events", "line one\nline two", content_type="text/plain")
    work()
    messages = {event.content["message"] for event in Event.objects.all()}
    assert messages == {"object", "first", "second", "line one", "line two"}
    assert not Submission.objects.exists()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda raw: zlib.compress(raw, wbits=-15)),
    ],
    ids=["gzip", "zlib", "raw deflate"],
)
def test_compressed_bodies_are_unpacked(cast: Cast, work: Work, encoding: str, pack: Callable[[bytes], bytes]) -> None:
    raw = pack(b'{"message": "packed"}')
    response = cast.client(cast.key).post(
        "/api/v2/events", raw, content_type=JSON, headers={"content-encoding": encoding}
    )
    assert response.status_code == 202
    work()
    assert Event.objects.get().content["message"] == "packed"


def test_a_post_from_the_browsable_api_by_a_session_is_kept_whole(cast: Cast, work: Work) -> None:
    client = ContractSiteClient(enforce_csrf_checks=True)
    client.force_login(cast.owner)
    token = "t" * 32
    client.cookies["csrftoken"] = token
    response = client.post(
        f"/api/v2/projects/{cast.project.pk}/events",
        {"message": "by session"},
        content_type=JSON,
        headers={"x-csrftoken": token},
    )
    assert response.status_code == 202
    work()
    assert Event.objects.get().content["message"] == "by session"


def test_the_project_of_the_address_is_used(cast: Cast, work: Work) -> None:
    response = cast.client(cast.owner).post(f"/api/v2/projects/{cast.project.pk}/events", {}, format="json")
    assert response.status_code == 202
    work()
    assert Event.objects.get().project_id == cast.project.pk


class TestRefusals:
    """Each leaves the queue empty."""

    @pytest.fixture(autouse=True)
    def _nothing_is_queued(self, db: None) -> Any:
        yield
        assert not Submission.objects.exists()
        assert not Event.objects.exists()

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_without_credentials_401(self, cast: Cast, address: str) -> None:
        response = cast.client(None).post(address, {}, format="json")
        assert response.status_code == 401
        assert body_of(response)["status"] == 401
        assert response["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize(
        "change",
        [{"is_disabled": True}, {"is_suspended": True}, {"expires_utc": utc_now() - timedelta(seconds=1)}],
        ids=["disabled", "suspended", "expired"],
    )
    def test_with_a_key_that_is_no_longer_good_401(self, cast: Cast, change: dict[str, Any]) -> None:
        client = cast.client(cast.key)
        type(cast.key).objects.filter(pk=cast.key.pk).update(**change)
        assert client.post("/api/v2/events", {}, format="json").status_code == 401

    def test_with_a_key_without_the_client_scope_403(self, cast: Cast) -> None:
        key = make_key(cast.project, "source-maps:write")
        assert cast.client(key).post("/api/v2/events", {}, format="json").status_code == 403

    def test_with_content_length_zero_411(self, cast: Cast) -> None:
        response = cast.client(cast.key).post("/api/v2/events", b"", content_type=JSON, CONTENT_LENGTH="0")
        assert response.status_code == 411

    def test_beyond_the_size_limit_413_and_counted(self, cast: Cast) -> None:
        response = cast.client(cast.key).post("/api/v2/events", b'"' + b"x" * 200_000 + b'"', content_type=JSON)
        assert response.status_code == 413
        assert OrganizationUsage.objects.get().too_big == 1
        assert "X-Exceptionless-ConfigVersion" not in response.headers

    def test_a_gzip_bomb_413_and_counted(self, cast: Cast) -> None:
        bomb = gzip.compress(b"x" * 50_000_000)
        response = cast.client(cast.key).post(
            "/api/v2/events", bomb, content_type=JSON, headers={"content-encoding": "gzip"}
        )
        assert response.status_code == 413
        assert OrganizationUsage.objects.get().too_big == 1

    def test_a_body_shorter_than_announced_400(self, cast: Cast) -> None:
        environ = RequestFactory().post("/api/v2/events", b"{}", content_type=JSON).environ
        # Unlike the test client's stream, a server's simply ends when the connection does.
        request = WSGIRequest(environ | {"wsgi.input": BytesIO(b"{}"), "CONTENT_LENGTH": "50"})
        identity = identity_of_secret(cast.key.secret)
        assert identity is not None
        with pytest.raises(Problem) as refused:
            receive_payload(request, identity, None)
        assert refused.value.status_code == 400

    @pytest.mark.parametrize(
        "content_type", ["application/xml", "multipart/form-data", "application/x-www-form-urlencoded"]
    )
    def test_with_another_content_type_415(self, cast: Cast, content_type: str) -> None:
        response = cast.client(cast.key).post("/api/v2/events", "x", content_type=content_type)
        assert response.status_code == 415

    def test_to_a_foreign_or_an_unknown_project_404(self, cast: Cast) -> None:
        client = cast.client(cast.owner)
        for project_id in (cast.foreign_project.pk, "0" * 24):
            response = client.post(f"/api/v2/projects/{project_id}/events", {}, format="json")
            assert response.status_code == 404
            assert body_of(response)["title"] == "Project not found."

    def test_with_a_key_of_another_project_404(self, cast: Cast) -> None:
        response = cast.client(cast.key).post(f"/api/v2/projects/{cast.foreign_project.pk}/events", {}, format="json")
        assert response.status_code == 404

    def test_to_an_id_that_is_none_404(self, cast: Cast) -> None:
        assert cast.client(cast.owner).post("/api/v2/projects/nope/events", {}, format="json").status_code == 404

    def test_without_any_project_400(self, cast: Cast) -> None:
        response = cast.client(cast.owner).post("/api/v2/events", {}, format="json")
        assert response.status_code == 400
        assert body_of(response)["title"] == "No project id specified and no default project was found"

    def test_by_a_person_without_an_organization_401(self, cast: Cast) -> None:
        assert cast.client(cast.admin).post("/api/v2/events", {}, format="json").status_code == 401

    def test_over_the_monthly_limit_402_and_counted(self, cast: Cast) -> None:
        cast.organization.max_events_per_month = 10
        cast.organization.save(update_fields=["max_events_per_month"])
        OrganizationUsage.objects.create(
            organization=cast.organization, hour=utc_now().replace(minute=0, second=0, microsecond=0), total=10
        )
        assert cast.client(cast.key).post("/api/v2/events", {}, format="json").status_code == 402
        assert OrganizationUsage.objects.get().blocked == 1

    def test_by_a_person_of_a_suspended_organization_402(self, cast: Cast) -> None:
        type(cast.organization).objects.filter(pk=cast.organization.pk).update(is_suspended=True)
        response = cast.client(cast.owner).post(f"/api/v2/projects/{cast.project.pk}/events", {}, format="json")
        assert response.status_code == 402

    def test_when_submission_is_switched_off_503(self, cast: Cast, settings: Any) -> None:
        settings.EVENT_SUBMISSION_DISABLED = True
        assert cast.client(cast.key).post("/api/v2/events", {}, format="json").status_code == 503

    def test_over_the_request_limit_429_without_rate_headers(self, cast: Cast, settings: Any) -> None:
        settings.API_THROTTLE_LIMIT = 0
        response = cast.client(cast.key).post("/api/v2/events", {}, format="json")
        assert response.status_code == 429
        assert "X-RateLimit-Limit" not in response.headers


def test_requests_below_the_limit_say_how_many_remain(cast: Cast, settings: Any) -> None:
    settings.API_THROTTLE_LIMIT = 3
    client = cast.client(cast.key)
    remaining = [client.post("/api/v2/events", {}, format="json")["X-RateLimit-Remaining"] for _ in range(3)]
    assert remaining == ["2", "1", "0"]
    assert client.post("/api/v2/events", {}, format="json").status_code == 429


class TestOddPayloads:
    """Accepted, and nothing of what can be read is lost."""

    @pytest.mark.parametrize(
        ("payload", "messages"),
        [
            ('{"message": "broken', ['{"message": "broken']),
            ("{\"message\": 'x'}", ["{\"message\": 'x'}"]),
            ('[{"message": "a"}, null, {"message": "b"}]', ["a", "b"]),
            ('{"message": 5}', ["5"]),
            ('{"message": "a\\u0000b"}', ["ab"]),
            ('{"message": "a\\ud800b"}', ["a\ufffdb"]),
            ('{"message": "' + "x" * 5000 + '"}', ["x" * 1997 + "..."]),
        ],
        ids=["broken", "single quotes", "null in array", "number", "NUL", "lone surrogate", "over-long"],
    )
    def test_payload(self, cast: Cast, work: Work, payload: str, messages: list[str]) -> None:
        assert cast.client(cast.key).post("/api/v2/events", payload, content_type=JSON).status_code == 202
        work()
        assert sorted(event.content["message"] for event in Event.objects.all()) == messages
        assert not Submission.objects.exists()

    def test_an_over_long_type_is_cut_and_the_event_kept(self, cast: Cast, post: Callable[..., None]) -> None:
        post({"type": "t" * 300, "message": "kept"})
        assert Event.objects.get().type == "t" * 97 + "..."

    def test_deeply_nested_json_keeps_its_event_and_its_neighbour(self, cast: Cast, work: Work) -> None:
        deep = '{"message":"deep","data":{"x":' + '{"a":' * 300 + "1" + "}" * 300 + "}}"
        payload = f'[{deep},{{"message":"neighbour"}}]'
        cast.client(cast.key).post("/api/v2/events", payload, content_type=JSON)
        work()
        assert {event.content["message"] for event in Event.objects.all()} == {"deep", "neighbour"}

    def test_json_beyond_all_depth_is_kept_as_text(self, cast: Cast, work: Work) -> None:
        cast.client(cast.key).post("/api/v2/events", "[" * 90_000, content_type=JSON)
        work()
        assert Event.objects.get().type == "log"

    def test_an_array_of_very_many_elements_is_stored_whole(self, cast: Cast, work: Work) -> None:
        payload = gzip.compress(b"[" + b",".join([b'{"type":"usage"}'] * 100_000) + b"]")
        response = cast.client(cast.key).post(
            "/api/v2/events", payload, content_type=JSON, headers={"content-encoding": "gzip"}
        )
        assert response.status_code == 202
        work()
        assert Event.objects.count() == 100_000
        assert Stack.objects.get().total_occurrences == 100_000

    @pytest.mark.parametrize(
        ("encoding", "payload"),
        [("br", b"anything"), ("gzip", b"no gzip at all"), ("gzip", gzip.compress(b"{}" * 100, mtime=0)[:20])],
        ids=["unknown encoding", "no gzip", "cut off"],
    )
    def test_what_cannot_be_unpacked_is_accepted_and_parked_with_its_reason(
        self, cast: Cast, work: Work, encoding: str, payload: bytes
    ) -> None:
        client = cast.client(cast.key)
        response = client.post("/api/v2/events", payload, content_type=JSON, headers={"content-encoding": encoding})
        assert response.status_code == 202
        work()
        parked = Submission.objects.get()
        assert parked.parked_utc is not None
        assert parked.error
        assert bytes(parked.payload) == payload


@pytest.mark.parametrize("address", ["/api/v2/events", "/api/v2/projects/config", "/api/v2/nothing"])
def test_a_preflight_needs_no_credentials(db: None, address: str) -> None:
    response = ContractSiteClient().options(
        address,
        headers={
            "origin": "https://shop.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type",
        },
    )
    assert response.status_code == 204
    assert response["Access-Control-Allow-Origin"] == "https://shop.example"
    assert response["Access-Control-Allow-Headers"] == "authorization,content-type"
    assert response["Access-Control-Allow-Methods"] == "POST"


def test_errors_carry_the_cross_origin_headers_too(cast: Cast) -> None:
    response = cast.client(None).post("/api/v2/events", {}, format="json", headers={"origin": "https://shop.example"})
    assert response.status_code == 401
    assert response["Access-Control-Allow-Origin"] == "https://shop.example"
    assert "X-Exceptionless-ConfigVersion" in response["Access-Control-Expose-Headers"]


def test_every_answer_carries_the_security_headers(cast: Cast) -> None:
    response = cast.client(cast.key).post("/api/v2/events", {}, format="json")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "Content-Security-Policy" not in response.headers
