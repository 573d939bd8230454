"""Errors of about 4.5 KB as a web shop may have them: 30 stacks, many users, 20 to 30 frames each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

STACKS = 30
USERS = 5_000

_AREAS = ("Shop.Web", "Shop.Orders", "Shop.Billing", "Shop.Stock", "Shop.Mail", "System.Threading", "System.Web")
_TYPES = ("InvalidOperation", "Argument", "Timeout", "Format", "KeyNotFound", "NullReference")
_METHODS = ("Load", "Save", "Render", "Submit", "Validate", "Parse", "Send", "Invoke", "Execute", "MoveNext")
_AGENT = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Safari/537.36"


@dataclass(frozen=True, slots=True)
class Frame:
    namespace: str
    type: str
    method: str
    line: int

    @property
    def file(self) -> str:
        return f"src/{self.type}.cs"


@dataclass(frozen=True, slots=True)
class ErrorSample:
    """The content of one event, in no product's form yet."""

    id: str
    """32 hexadecimal digits, each id once."""
    moment: datetime
    type: str
    message: str
    frames: tuple[Frame, ...]
    user: str
    browser_version: str
    path: str
    address: str

    @property
    def user_agent(self) -> str:
        return _AGENT.format(self.browser_version)


def error_samples(count: int, *, seed: int) -> Iterator[ErrorSample]:
    """`count` errors of now; the same seed gives the same content, except for the dates."""
    random = Random(seed)  # noqa: S311 - samples, no secrets
    shapes = [_shape(number) for number in range(STACKS)]
    for _ in range(count):
        type_name, message, frames = shapes[min(int(random.expovariate(0.15)), STACKS - 1)]
        number = random.randrange(USERS)
        yield ErrorSample(
            id=f"{random.getrandbits(128):032x}",
            moment=datetime.now(UTC),
            type=type_name,
            message=f"{message} ({random.randint(1, 9_999)})",
            frames=frames,
            user=f"user{number}@example.com",
            browser_version=f"{random.randint(120, 142)}.0.{random.randint(0, 99)}.0",
            path=f"/orders/{random.randint(1, 500)}",
            address=f"203.0.113.{number % 250 + 1}",
        )


def _shape(number: int) -> tuple[str, str, tuple[Frame, ...]]:
    random = Random(number)  # noqa: S311
    frames = tuple(
        Frame(
            namespace=random.choice(_AREAS),
            type=f"{random.choice(_TYPES)}Handler{random.randint(1, 9)}",
            method=f"{random.choice(_METHODS)}Async",
            line=random.randint(10, 900),
        )
        for _ in range(random.randint(20, 30))
    )
    type_name = f"Shop.{random.choice(_TYPES)}Exception{number}"
    return type_name, f"Order could not be processed by step {number}", frames


def exceptionless_event(sample: ErrorSample) -> dict[str, Any]:
    """The sample as official clients send it."""
    frames = [
        {
            "declaring_namespace": frame.namespace,
            "declaring_type": frame.type,
            "name": frame.method,
            "file_name": frame.file,
            "line_number": frame.line,
            "column": 13,
        }
        for frame in sample.frames
    ]
    return {
        "type": "error",
        "date": sample.moment.isoformat(timespec="milliseconds"),
        "message": sample.message,
        "reference_id": sample.id,
        "tags": ["shop", "checkout"],
        "data": {
            "@error": {"type": sample.type, "message": sample.message, "stack_trace": frames},
            "@user": {"identity": sample.user, "name": sample.user.partition("@")[0]},
            "@request": _request(sample),
            "@environment": _environment(),
            "@version": "2.6.1",
            "cart": {"items": 3, "total": 119.5, "currency": "EUR"},
        },
    }


def _request(sample: ErrorSample) -> dict[str, Any]:
    return {
        "user_agent": sample.user_agent,
        "http_method": "POST",
        "is_secure": True,
        "host": "shop.example.com",
        "port": 443,
        "path": sample.path,
        "client_ip_address": sample.address,
        "query_string": {"ref": "mail"},
        "headers": {"Accept": ["application/json"], "Accept-Language": ["en-GB,en;q=0.7"]},
    }


def _environment() -> dict[str, Any]:
    return {
        "processor_count": 4,
        "total_physical_memory": 8 * 1024**3,
        "process_name": "Shop.Web",
        "process_id": "812",
        "architecture": "x64",
        "o_s_name": "Linux",
        "o_s_version": "6.1",
        "machine_name": "web-03",
        "runtime_version": ".NET 9.0.0",
    }
