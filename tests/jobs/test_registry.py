"""The list of repeating jobs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exceptionless_site.jobs import registry


@pytest.fixture(autouse=True)
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_jobs", {})


def test_jobs_are_kept_in_their_order() -> None:
    for name in ("second", "first"):
        registry.register(name, every=timedelta(minutes=1), run=lambda: None)
    assert [job.name for job in registry.registered_jobs()] == ["second", "first"]


def test_a_name_belongs_to_one_job() -> None:
    registry.register("cleanup", every=timedelta(minutes=1), run=lambda: None)
    with pytest.raises(ValueError, match="two jobs named 'cleanup'"):
        registry.register("cleanup", every=timedelta(minutes=2), run=lambda: None)


def test_a_job_cannot_run_all_the_time() -> None:
    with pytest.raises(ValueError, match="below a second"):
        registry.register("frantic", every=timedelta(milliseconds=10), run=lambda: None)


def test_the_server_brings_its_own_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    names = {job.name for job in registry.registered_jobs()}
    assert {"remove-expired-rate-counters", "clear-expired-sessions"} <= names
