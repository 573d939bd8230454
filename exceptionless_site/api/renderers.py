"""How answers are written: the wire's JSON first, the browsable API for people in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson
from django.http import Http404
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, BrowsableAPIRenderer
from rest_framework.request import Request

from exceptionless_site.core.dates import format_utc

_ESCAPES = {b"<": b"\\u003C", b">": b"\\u003E", b"&": b"\\u0026", b"'": b"\\u0027", b'\\"': b"\\u0022"}
# An escaped backslash is matched first, so that a quote behind it is seen as the end of the text it is.
_SPECIAL = re.compile(rb"\\\\|\\\"|[<>&']")


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
    """An `Accept` that admits nothing we write still gets JSON, never a 406."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        choices = list(renderers)
        try:
            chosen: tuple[BaseRenderer, str] = super().select_renderer(request, choices, format_suffix)
        except (NotAcceptable, Http404):
            return choices[0], choices[0].media_type or ""
        return chosen
