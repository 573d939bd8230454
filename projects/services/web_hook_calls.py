"""One call of a web hook: what is sent, and what the answer means."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from exceptionless_site.core.http import Limits, Outbound, OutboundError, Reach

LIMITS = Limits(size=0, seconds=5.0, ignores_body=True)
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}
_GONE = (401, 403, 410)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`error` is empty after a success; `is_gone` says that the receiver wants no calls any more."""

    status: int | None = None
    error: str = ""

    @property
    def is_gone(self) -> bool:
        return self.status in _GONE


def outbound() -> Outbound:
    """For addresses that people chose: the public internet, and the networks that the operator named."""
    return Outbound(reach=Reach(any_port=True, networks=settings.WEB_HOOK_NETWORKS))


def call(server: Outbound, url: str, payload: bytes) -> Outcome:
    """Make the call; failures are outcomes too."""
    try:
        status = server.post(url, payload, limits=LIMITS, headers=_HEADERS).status
    except OutboundError as error:
        return Outcome(error=str(error))
    if 200 <= status < 300:
        return Outcome(status)
    return Outcome(status, f"The receiver answered with status {status}.")
