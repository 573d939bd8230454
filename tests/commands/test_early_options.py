"""Options of `up` that act before the settings are read."""

from __future__ import annotations

import os

import pytest

from exceptionless_site import early_options


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], {}),
        (["--data-dir", "/srv/x"], {"EXCEPTIONLESS_DATA_DIR": "/srv/x"}),
        (["--data-dir=/srv/x", "--demo"], {"EXCEPTIONLESS_DATA_DIR": "/srv/x", "EXCEPTIONLESS_DEMO": "true"}),
        (["--port", "9000", "--host", "0.0.0.0"], {"EXCEPTIONLESS_BASE_URL": "http://localhost:9000"}),  # noqa: S104
        (["--verbosity", "2", "--no-color"], {}),
        (["--port", "many"], {}),
        (["--data-dir"], {}),
    ],
)
def test_options_become_environment_variables(
    arguments: list[str], expected: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EXCEPTIONLESS_BASE_URL", raising=False)
    assert early_options.environment(arguments) == expected


def test_the_operators_own_address_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCEPTIONLESS_BASE_URL", "https://errors.example.com")
    assert early_options.environment(["--port", "9000"]) == {}


def test_other_commands_set_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", environment := {"PATH": "/bin"})
    early_options.apply(["migrate", "--demo"])
    assert environment == {"PATH": "/bin"}
    early_options.apply(["up", "--demo"])
    assert environment == {"PATH": "/bin", "EXCEPTIONLESS_DEMO": "true"}
