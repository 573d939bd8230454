"""How answers are written: the wire's JSON first, the browsable API for people in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django import forms
from django.http import Http404
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer
from rest_framework.request import Request, override_method

from exceptionless_site.api import browsable
from exceptionless_site.core.dates import format_utc

_ESCAPES = {b"<": b"\\u003C", b">": b"\\u003E", b"&": b"\\u0026", b"'": b"\\u0027", b'\\"': b"\\u0022"}
# An escaped backslash is matched first, so that a quote behind it is seen as the end of the text it is.
_SPECIAL = re.compile(rb"\\\\|\\\"|[<>&']")

_JSON_SUFFIX = re.compile(r"application/[\w.-]+\+json\s*(?:;|$)", re.IGNORECASE)


def render_json(value: Any) -> bytes:
    """JSON with `< > & ' "` escaped inside texts, as the official server writes them."""
    raw = orjson.dumps(value, default=_default, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME)
    return _SPECIAL.sub(_escape, raw)


def _escape(match: re.Match[bytes]) -> bytes:
    return _ESCAPES.get(match.group(), match.group())


def _default(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_utc(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence | set | frozenset):
        return list(value)
    return str(value)


class WireJSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = "utf-8"

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else render_json(data)


class BrowsableRenderer(BrowsableAPIRenderer):
    """DRF's browsable API with this product's page around it."""

    template = "browsable_api.html"

    def get_default_renderer(self, view: Any) -> BaseRenderer:
        return IndentedJSONRenderer()

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> Any:
        response = (renderer_context or {})["response"]
        self.is_refused = response.status_code >= 400
        # An error's response names the problem's content type, but this is a page.
        response["Content-Type"] = "text/html; charset=utf-8"
        response["Content-Security-Policy"] = browsable.PAGE_POLICY
        return super().render(data, accepted_media_type, renderer_context)

    def get_context(
        self, data: Any, accepted_media_type: str | None, renderer_context: Mapping[str, Any]
    ) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(data, accepted_media_type, renderer_context)
        request, response = renderer_context["request"], renderer_context["response"]
        hidden = ("Content-Security-Policy", "Content-Type")
        headers = {name: value for name, value in context["response_headers"].items() if name not in hidden}
        context["response_headers"] = {name: browsable.covered(value) for name, value in headers.items()}
        context["shown_path"] = browsable.covered(request.get_full_path())
        context["neighbours"] = browsable.neighbours(response.get("Link", ""))
        context["by_session"] = isinstance(request.successful_authenticator, SessionAuthentication)
        return context

    def get_name(self, view: Any) -> str:
        return browsable.page_name(view, view.request.method)

    def get_description(self, view: Any, status_code: int) -> str:
        return browsable.page_text(view, view.request.method)

    def get_breadcrumbs(self, request: Request) -> list[tuple[str, str]]:
        return browsable.trail(request.path)

    def get_rendered_html_form(self, data: Any, view: Any, method: str, request: Request) -> Any:
        """No forms by field: bodies are JSON. For DELETE and OPTIONS this only says whether to offer them."""
        if method in ("POST", "PUT", "PATCH"):
            return None
        return super().get_rendered_html_form(data, view, method, request)

    def get_raw_data_form(self, data: Any, view: Any, method: str, request: Request) -> Any:
        with override_method(view, request, method) as overridden:
            if not self.show_form_for_method(view, method, overridden, None):
                return None
            content = browsable.sent_body(request) if self.is_refused and request.method == method else ""
            content = content or browsable.body_template(view, method, data)
            return body_form(method.lower(), browsable.media_types(view, method), content)

    def get_filter_form(self, data: Any, view: Any, request: Request) -> Any:
        """What the list can be asked, filled in with what was asked; None where there is nothing to ask."""
        filters = getattr(view, "filtersets", {}).get(getattr(view, "action", None))
        if filters is None or request.method != "GET":
            return None
        asked = {name: request.query_params[name] for name in filters.base_filters if name in request.query_params}
        return filters(asked, queryset=view.get_queryset().none(), request=request).form


def body_form(prefix: str, media_types: Sequence[str], content: str) -> forms.Form:
    """The form that DRF's script turns into a request with that body."""
    form = forms.Form(auto_id=f"{prefix}%s")
    form.fields["_content_type"] = forms.ChoiceField(
        label="Media type",
        choices=[(name, name) for name in media_types],
        widget=forms.Select(attrs={"data-override": "content-type"}),
    )
    form.fields["_content"] = forms.CharField(
        label="Body", initial=content, widget=forms.Textarea(attrs={"data-override": "content", "spellcheck": "false"})
    )
    return form


class IndentedJSONRenderer(WireJSONRenderer):
    """The same JSON for people, inside the browsable page, which escapes it itself."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        if data is None:
            return b""
        options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
        return orjson.dumps(data, default=_default, option=options)


class ForgivingNegotiation(DefaultContentNegotiation):
    """An `Accept` that admits nothing we write still gets JSON, never a 406; `application/*+json` is read as JSON."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        choices = list(parsers)
        found: BaseParser | None = super().select_parser(request, choices)
        if found is None and _JSON_SUFFIX.match(request.content_type or ""):
            return next((parser for parser in choices if parser.media_type == "application/json"), None)
        return found

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        choices = list(renderers)
        try:
            chosen: tuple[BaseRenderer, str] = super().select_renderer(request, choices, format_suffix)
        except (NotAcceptable, Http404):
            return choices[0], choices[0].media_type or ""
        return chosen
