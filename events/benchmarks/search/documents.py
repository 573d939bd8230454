"""Made-up events that look like real ones: 1.5 KB each, the same for the same number."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any, NamedTuple

from exceptionless_site.core.dates import format_offset

Document = dict[str, Any]

USERS = 50_000
RARE_ADDRESS_EVERY = 100_000
"""So many events apart, one comes from an address of its own."""

_TYPES = ("error", "error", "error", "log", "log", "404", "usage")
_AREAS = ("web", "worker", "billing", "search", "mail", "import", "webhooks", "reports")
_CLASSES = ("Order", "Invoice", "Cart", "Session", "Report", "Customer", "Payment", "Stock", "Shipment", "Account")
_METHODS = ("Load", "Save", "Find", "Render", "Submit", "Validate", "Parse", "Send")
_FAILURES = ("NullReference", "Timeout", "InvalidOperation", "Argument", "Sql", "Http", "Format", "KeyNotFound")
_WORDS = (
    *("order", "customer", "not", "found", "connection", "closed", "while", "reading", "the", "response", "of"),
    *("server", "value", "cannot", "be", "null", "index", "out", "range", "access", "denied", "for", "file"),
    *("retry", "failed", "after", "attempts", "unexpected", "token", "in", "document", "payment", "refused", "by"),
)
TAGS = ("critical", "checkout", "mobile", "beta", "internal", "slow", "europe", "america", "batch", "nightly")
_BROWSERS = (("Chrome", "142.0.1"), ("Firefox", "144.0"), ("Mobile Safari", "18.6"), ("Edge", "142.0.3"))
_SYSTEMS = ("Windows", "Mac OS X", "Android", "iOS", "Linux")
_LEVELS = ("trace", "debug", "info", "warn", "error")
_PLACES = (
    *(("52.52,13.4", "DE", "Berlin", "Berlin"), ("48.85,2.35", "FR", "Paris", "Paris")),
    *(("40.71,-74", "US", "New York", "New York"), ("35.68,139.69", "JP", "Tokyo", "Tokyo")),
)


class StackShape(NamedTuple):
    """What the events of a stack have in common."""

    type: str
    source: str
    message: str
    frames: tuple[Document, ...]


def stack_shape(number: int) -> StackShape:
    random = Random(number)  # noqa: S311 - test data
    area, owner, method = random.choice(_AREAS), random.choice(_CLASSES), random.choice(_METHODS)
    message = " ".join(random.choices(_WORDS, k=6)) + f" {number}"
    if random.random() < 0.08:
        message = f"Timeout: {message}"
    kind = _TYPES[number % len(_TYPES)]
    source = f"/{area}/{owner.lower()}/{number}" if kind == "404" else f"Acme.{area.title()}.{owner}{number}.{method}"
    return StackShape(kind, source, message, tuple(_frame(random, area) for _ in range(4)))


def _frame(random: Random, area: str) -> Document:
    owner = random.choice(_CLASSES)
    return {
        "declaring_namespace": f"Acme.{area.title()}",
        "declaring_type": owner,
        "name": random.choice(_METHODS),
        "file_name": f"{owner}.cs",
        "line_number": random.randint(10, 400),
    }


def event_document(number: int, shape: StackShape, moment: datetime) -> Document:
    """The wire form of event `number`, without its ids."""
    random = Random(number)  # noqa: S311
    document: Document = {
        "type": shape.type,
        "source": shape.source,
        "date": format_offset(moment, 0),
        "tags": random.sample(TAGS, random.choice((0, 1, 1, 2))),
        "message": f"{shape.message} at {random.randint(1, 5000)}",
        "data": _data(number, random, shape),
    }
    if random.random() < 0.1:
        document["count"] = random.randint(2, 9)
    if shape.type == "usage":
        document["value"] = random.randint(1, 1000)
    if random.random() < 0.3:
        document["reference_id"] = f"ref-{number:08d}"
    place = random.choice(_PLACES)
    document["geo"] = place[0]
    document["data"]["@location"] = {"country": place[1], "level1": place[2], "locality": place[3]}
    return document


def _data(number: int, random: Random, shape: StackShape) -> Document:
    user = int(USERS * random.random() ** 2)
    data: Document = {
        "@version": f"{1 + number % 3}.{random.randint(0, 9)}.{random.randint(0, 20)}",
        "@level": random.choice(_LEVELS),
        "@submission_method": "POST",
        "@user": {"identity": f"user{user}@example.com", "name": f"User {user}"},
        "@request": _request(number, random),
        "@environment": _environment(random),
        "plan": random.choice(("free", "small", "large")),
        "age": random.randint(18, 90),
    }
    if shape.type == "error":
        failure = f"System.{_FAILURES[len(shape.message) % len(_FAILURES)]}Exception"
        data["@error"] = {
            "type": failure,
            "message": shape.message,
            "code": str(random.choice((404, 500, 502, -1))),
            "stack_trace": list(shape.frames),
            "data": {"@target": {"ExceptionType": failure, "Method": f"{shape.source}(System.Int32 id)"}},
        }
    return data


def address(number: int) -> str:
    """The address that event `number` came from."""
    if number % RARE_ADDRESS_EVERY == RARE_ADDRESS_EVERY // 2:
        return f"192.0.2.{number // RARE_ADDRESS_EVERY % 250 + 1}"
    return f"10.{number % 7}.{number % 61}.{number % 251}"


def _request(number: int, random: Random) -> Document:
    browser, version = random.choice(_BROWSERS)
    return {
        "user_agent": f"Mozilla/5.0 (compatible) {browser}/{version}",
        "http_method": "GET",
        "is_secure": True,
        "host": "shop.example.com",
        "port": 443,
        "path": f"/{random.choice(_AREAS)}/{random.choice(_CLASSES).lower()}/{random.randint(1, 2000)}",
        "client_ip_address": address(number),
        "data": {
            "@browser": browser,
            "@browser_version": version,
            "@browser_major_version": version.partition(".")[0],
            "@os": random.choice(_SYSTEMS),
            "@is_bot": random.random() < 0.05,
        },
    }


def _environment(random: Random) -> Document:
    return {
        "processor_count": 4,
        "total_physical_memory": 8 * 1024**3,
        "process_name": "acme",
        "architecture": "x64",
        "o_s_name": "Linux",
        "o_s_version": "6.1",
        "machine_name": f"web-{random.randint(1, 12)}",
        "runtime_version": ".NET 9.0.1",
    }
