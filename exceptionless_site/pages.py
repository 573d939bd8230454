"""The pages for people outside of the admin: the start page and the API documentation."""

from __future__ import annotations

import functools
import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator

from exceptionless_site.api.browsable import PAGE_POLICY


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    address = request.build_absolute_uri("/").rstrip("/")
    return page(request, "landing.html", {"address": address, "version": settings.VERSION})


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Swagger UI over the OpenAPI document."""
    return page(request, "docs.html", {})


@gzip_page
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document. Any site may read it, so that other tools can load it from here."""
    response = HttpResponse(openapi_json(), content_type="application/json")
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(static("exceptionless/favicon.svg"))


@functools.cache
def openapi_json() -> bytes:
    """The document, made once per process: it depends on nothing but the code."""
    return json.dumps(openapi_document(), default=str).encode()


def openapi_document() -> dict[str, Any]:
    with GENERATOR_STATS.silence():
        generator: Any = SchemaGenerator()  # type: ignore[no-untyped-call]
        document: dict[str, Any] = generator.get_schema(request=None, public=True)
    return document


def page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page of ours, which loads nothing from elsewhere."""
    response = render(request, template, context)
    response["Content-Security-Policy"] = PAGE_POLICY
    return response
