"""The door: what is checked before a request becomes a queue row. Nothing slow happens here.

The order of the checks is the wire's; authentication, the policy and the throttle come before them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import UnreadablePostError

from accounts.identity import Identity
from accounts.models import Organization
from accounts.services.usage import may_send_none
from events.ingest.decoding import PayloadError, PayloadTooLarge, decode_payload
from events.ingest.queue import QueueUnavailable, enqueue
from events.models import Submission
from events.models.submission import SubmissionKind
from exceptionless_site.api.errors import Problem, bad_request, not_found
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.json import clean_text
from exceptionless_site.core.memory import Memory
from exceptionless_site.core.net import client_address
from exceptionless_site.core.time_keys import arrival_key
from projects.models import Project
from projects.services.usage import count_project_usage

if TYPE_CHECKING:
    from django.http import HttpRequest

MEDIA_TYPES = ("application/json", "text/plain")
DECOMPRESSED_FACTOR = 10
"""How many times the size limit of a request its decompressed content may reach."""
CHUNKED = "exceptionless.chunked"


_organizations: Memory[str, Organization] = Memory(Organization)
_projects: Memory[tuple[Identity, str], Project] = Memory(Project, Organization)


def check_gate(request: HttpRequest, identity: Identity) -> None:
    """The checks before the project is known: 401, 503, 411, 413, 402."""
    if not identity.organization_ids:
        raise Problem(401)
    if settings.EVENT_SUBMISSION_DISABLED:
        raise Problem(503, detail="Event submission is switched off.")
    if request.method == "POST":
        _check_length(request, identity)
    _check_quota(identity)


def _check_length(request: HttpRequest, identity: Identity) -> None:
    length = content_length(request)
    if length == 0 and CHUNKED not in request.META:
        raise Problem(411)
    if length is not None and length > settings.MAXIMUM_EVENT_POST_SIZE:
        raise _too_big(identity)


def content_length(request: HttpRequest) -> int | None:
    """The announced length in bytes; None when the request has none."""
    text = request.META.get("CONTENT_LENGTH", "")
    return int(text) if text.isdecimal() else None


def _too_big(identity: Identity) -> Problem:
    count_project_usage(
        organization_id=identity.organization_ids[0], project_id=identity.default_project_id, counts={"too_big": 1}
    )
    return Problem(413, "Request body too large.")


def _check_quota(identity: Identity) -> None:
    organization_id = identity.organization_ids[0]
    organization = _organizations.get(organization_id, partial(_read_organization, organization_id))
    if organization is None:
        # Deleted since the credential was checked.
        raise Problem(401)
    if may_send_none(organization):
        count_project_usage(
            organization_id=organization.pk, project_id=identity.default_project_id, counts={"blocked": 1}
        )
        raise Problem(402)
    if identity.kind == "user" and organization.is_suspended:
        raise Problem(402)


def _read_organization(organization_id: str) -> Organization | None:
    return Organization.objects.filter(pk=organization_id).first()


def resolve_project(identity: Identity, project_id: str | None) -> Project:
    """The project that the request is for: of the address, of the key, or the default one; 400 or 404."""
    if project_id and identity.project_id and project_id != identity.project_id:
        raise not_found("Project not found.")
    wanted = project_id or identity.project_id or identity.default_project_id
    if not wanted:
        raise bad_request("No project id specified and no default project was found")
    project = _projects.get((identity, wanted), partial(_read_project, identity, wanted))
    if project is None:
        raise not_found("Project not found.")
    return project


def _read_project(identity: Identity, project_id: str) -> Project | None:
    return Project.objects.visible_to(identity).filter(pk=project_id).first()


def receive_payload(request: HttpRequest, identity: Identity, project_id: str | None) -> Project:
    """Accept a posted payload: checks, then one durable queue row; the project it is for. Raises Problem."""
    check_gate(request, identity)
    media_type, charset = _content_type(request)
    if media_type not in MEDIA_TYPES:
        raise Problem(415)
    project = resolve_project(identity, project_id)
    payload = _read(request, identity)
    submission = describe_request(request, project, api_version(request))
    submission.media_type, submission.charset, submission.payload = media_type, charset, payload
    _check_decompressed(submission, identity)
    store(submission)
    return project


def api_version(request: HttpRequest) -> int:
    return 1 if request.path.startswith("/api/v1/") else 2


def configuration_header(request: HttpRequest, project: Project) -> tuple[str, str]:
    """What an answer that accepts tells of the project's client configuration."""
    name = "v" if api_version(request) == 1 else "X-Exceptionless-ConfigVersion"
    return name, str(project.configuration_version)


def describe_request(request: HttpRequest, project: Project, version: int) -> Submission:
    """A queue row, not yet stored, with the facts of the request and without its payload."""
    now = utc_now()
    headers = request.META
    agent = headers.get("HTTP_X_EXCEPTIONLESS_CLIENT") or headers.get("HTTP_USER_AGENT", "")
    return Submission(
        key=arrival_key(now),
        organization_id=project.organization_id,
        project_id=project.pk,
        kind=SubmissionKind.EVENTS,
        api_version=version,
        content_encoding=clean_text(headers.get("HTTP_CONTENT_ENCODING", ""))[:50],
        ip_address=client_address(request)[:50],
        user_agent=clean_text(agent)[:500],
        received_utc=now,
        available_utc=now,
        payload=b"",
    )


def store(submission: Submission) -> None:
    """Queue the row; 503 when it cannot be stored, so that the client keeps what it sent."""
    try:
        enqueue(submission)
    except QueueUnavailable:
        raise Problem(503, detail="The event could not be stored right now; please send it again.") from None


def _content_type(request: HttpRequest) -> tuple[str, str]:
    media_type, _, parameters = request.META.get("CONTENT_TYPE", "").partition(";")
    names = dict(part.strip().partition("=")[::2] for part in parameters.split(";"))
    charset = next((value for name, value in names.items() if name.lower() == "charset"), "")
    return media_type.strip().lower(), clean_text(charset.strip("\"' "))[:50]


def _read(request: HttpRequest, identity: Identity) -> bytes:
    limit = settings.MAXIMUM_EVENT_POST_SIZE
    try:
        payload = request.read(limit + 1)
    except UnreadablePostError:
        raise _incomplete() from None
    if len(payload) > limit:
        raise _too_big(identity)
    if len(payload) < (content_length(request) or 0):
        # The connection ended early, or the body was read before: what is not there cannot be accepted.
        raise _incomplete()
    return payload


def _incomplete() -> Problem:
    return bad_request("The request body is incomplete.")


def _check_decompressed(submission: Submission, identity: Identity) -> None:
    """Refuse what unpacks beyond the limit, while the client can still be told.

    What cannot be unpacked at all is accepted, as the official server does: it is parked where the admin
    shows it with its error.
    """
    if not submission.content_encoding:
        return
    limit = settings.MAXIMUM_EVENT_POST_SIZE
    try:
        decode_payload(
            bytes(submission.payload),
            content_encoding=submission.content_encoding,
            max_size=limit,
            max_decompressed_size=limit * DECOMPRESSED_FACTOR,
        )
    except PayloadTooLarge:
        raise _too_big(identity) from None
    except PayloadError:
        return
