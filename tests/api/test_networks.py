"""Networks in the environment."""

from __future__ import annotations

import ipaddress

import pytest
from django.core.exceptions import ImproperlyConfigured

from exceptionless_site import env


def test_networks_are_read_and_none_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EXCEPTIONLESS_WEB_HOOK_NETWORKS", raising=False)
    assert env.networks("WEB_HOOK_NETWORKS") == ()
    monkeypatch.setenv("EXCEPTIONLESS_WEB_HOOK_NETWORKS", "10.0.0.0/8, fd00::/8,127.0.0.1")
    assert env.networks("WEB_HOOK_NETWORKS") == tuple(
        map(ipaddress.ip_network, ("10.0.0.0/8", "fd00::/8", "127.0.0.1/32"))
    )


@pytest.mark.parametrize("value", ["10.0.0.1/8", "everything", "10.0.0.0/33"])
def test_what_is_no_network_stops_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("EXCEPTIONLESS_WEB_HOOK_NETWORKS", value)
    with pytest.raises(ImproperlyConfigured, match="EXCEPTIONLESS_WEB_HOOK_NETWORKS must list networks"):
        env.networks("WEB_HOOK_NETWORKS")
