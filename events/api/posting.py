"""The hot route: a client's post of events, answered without the REST framework."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from accounts.models.user import CLIENT
from events.ingest.receive import configuration_header, receive_payload
from exceptionless_site.api.errors import Problem, problem_response
from exceptionless_site.api.throttling import take_turn, tell_rate
from tokens.authentication import remembered_identity


def post_events(request: HttpRequest, project_id: str | None = None) -> HttpResponse | None:
    """202 when the events are on disk, or why not; None leaves browsers, passwords and refused keys to the viewset."""
    if "text/html" in request.META.get("HTTP_ACCEPT", ""):
        return None
    identity = remembered_identity(request)
    if identity is None or not identity.has_role(CLIENT):
        return None
    try:
        if not take_turn(request, identity):
            raise Problem(429)
        project = receive_payload(request, identity, project_id)
    except Problem as problem:
        return problem_response(
            request, problem.status_code, problem.title, errors=problem.errors, detail=problem.problem_detail
        )
    response = HttpResponse(status=202)
    name, version = configuration_header(request, project)
    response[name] = version
    tell_rate(request, response)
    return response
