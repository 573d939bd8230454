"""The parts of a stored event that its page shows, each as names and values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from events.presentation.errors import ErrorView, error_views
from events.stacking.error_chain import text_member
from exceptionless_site.core.json import JSONObject

Pairs = list[tuple[str, Any]]
"""Titles and values, in the order in which they are shown."""

_KNOWN_KEYS = frozenset(
    {
        "@error",
        "@simple_error",
        "@request",
        "@environment",
        "@user",
        "@user_description",
        "@location",
        "@submission_client",
        "@submission_method",
        "@version",
        "@level",
        "@stack",
        "@trace",
        "sessionend",
    }
)
_REQUEST = (
    ("user_agent", "User agent"),
    ("referrer", "Referrer"),
    ("client_ip_address", "Client address"),
)
_AGENT = (("@browser", "@browser_version", "Browser"), ("@os", "@os_version", "System"), ("@device", "", "Device"))
_ENVIRONMENT = (
    ("machine_name", "Machine"),
    ("ip_address", "Address"),
    ("o_s_name", "System"),
    ("o_s_version", "System version"),
    ("architecture", "Architecture"),
    ("runtime_version", "Runtime"),
    ("processor_count", "Processors"),
    ("total_physical_memory", "Memory"),
    ("available_physical_memory", "Memory available"),
    ("process_memory_size", "Memory of the process"),
    ("process_name", "Process"),
    ("process_id", "Process id"),
    ("thread_name", "Thread"),
    ("thread_id", "Thread id"),
    ("command_line", "Command"),
    ("install_id", "Installation"),
)
_BYTES = frozenset({"total_physical_memory", "available_physical_memory", "process_memory_size"})


@dataclass(frozen=True, slots=True)
class RequestView:
    line: str
    """`GET https://host/path?query`."""
    facts: Pairs
    tables: list[tuple[str, Pairs]]
    """Headers, cookies and query string, as far as there are any."""
    body: Any


@dataclass(frozen=True, slots=True)
class DocumentView:
    errors: list[ErrorView]
    modules: list[str]
    request: RequestView | None
    user: Pairs
    environment: Pairs
    trace: list[str]
    extended: list[tuple[str, Any]]
    """Data of the sender's own, by key."""

    @property
    def error_text(self) -> str:
        return "\n--- inner error ---\n".join(error.text for error in self.errors)


def document_view(document: Mapping[str, Any]) -> DocumentView:
    """What an event's document holds, by topic; members of a wrong type are shown with the extended data."""
    data = _object(document, "data")
    request = data.get("@request")
    return DocumentView(
        errors=error_views(data),
        modules=_modules(_object(data, "@error")),
        request=_request_view(request) if isinstance(request, dict) else None,
        user=_user(data),
        environment=_facts(_object(data, "@environment"), _ENVIRONMENT),
        trace=[str(line) for line in data["@trace"]] if isinstance(data.get("@trace"), list) else [],
        extended=[(key, value) for key, value in data.items() if _is_extended(key, value)],
    )


def _is_extended(key: str, value: Any) -> bool:
    if key.startswith("@ref:"):
        return False
    is_text = key in {"@version", "@level", "@submission_method", "sessionend"}
    return key not in _KNOWN_KEYS or not isinstance(value, str if is_text else dict | list)


def _object(item: Mapping[str, Any], name: str) -> JSONObject:
    value = item.get(name)
    return value if isinstance(value, dict) else {}


def _facts(item: JSONObject, names: tuple[tuple[str, str], ...]) -> Pairs:
    facts = ((title, _fact(name, item.get(name))) for name, title in names)
    return [(title, value) for title, value in facts if value not in (None, "")]


def _fact(name: str, value: Any) -> Any:
    return _size(value) if name in _BYTES and isinstance(value, int) and value > 0 else value


def _size(number: int) -> str:
    size, units = float(number), ["B", "KiB", "MiB", "GiB", "TiB"]
    while size >= 1024 and len(units) > 1:
        size /= 1024
        units.pop(0)
    return f"{size:.1f} {units[0]}" if units[0] != "B" else f"{number} B"


def _modules(error: JSONObject) -> list[str]:
    modules = error.get("modules")
    rows = [row for row in modules if isinstance(row, dict)] if isinstance(modules, list) else []
    return [f"{text_member(row, 'name')} {text_member(row, 'version')}".strip() for row in rows]


def _user(data: JSONObject) -> Pairs:
    user = {key.lower(): value for key, value in _object(data, "@user").items()}
    description = _object(data, "@user_description")
    location = _object(data, "@location")
    places = [text_member(location, name) for name in ("locality", "level1", "country")]
    client = _object(data, "@submission_client")
    sender = f"{text_member(client, 'user_agent')} {text_member(client, 'version')}".strip()
    pairs: Pairs = [
        ("Name", user.get("name")),
        ("Identity", user.get("identity")),
        ("E-mail", text_member(description, "email_address")),
        ("Said", text_member(description, "description")),
        ("Place", ", ".join(place for place in places if place)),
        ("Sent by", sender),
        ("Sent from", text_member(client, "ip_address")),
    ]
    return [(title, value) for title, value in pairs if value not in (None, "")]


def _request_view(request: JSONObject) -> RequestView:
    own = _object(request, "data")
    agents = [(title, f"{own.get(name) or ''} {own.get(version) or ''}".strip()) for name, version, title in _AGENT]
    tables = [
        ("Query", _table(request, "query_string")),
        ("Headers", _table(request, "headers")),
        ("Cookies", _table(request, "cookies")),
    ]
    bot: Pairs = [("Bot", "yes")] if own.get("@is_bot") is True else []
    return RequestView(
        line=_request_line(request),
        facts=[*_facts(request, _REQUEST), *((title, text) for title, text in agents if text), *bot],
        tables=[(title, rows) for title, rows in tables if rows],
        body=request.get("post_data"),
    )


def _table(request: JSONObject, name: str) -> Pairs:
    rows = _object(request, name).items()
    return [(key, ", ".join(map(str, value)) if isinstance(value, list) else value) for key, value in rows]


def _request_line(request: JSONObject) -> str:
    address = text_member(request, "path")
    host = text_member(request, "host")
    if host:
        port = request.get("port")
        shown = f":{port}" if isinstance(port, int) and port not in (80, 443) else ""
        scheme = "https" if request.get("is_secure") is True else "http"
        address = f"{scheme}://{host}{shown}{address if address.startswith('/') else f'/{address}'}"
    return f"{text_member(request, 'http_method')} {address}".strip()
