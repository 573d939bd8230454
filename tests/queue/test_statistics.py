"""What the queue says about itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from events.ingest.claims import claim_submissions
from events.queue_selectors import queue_statistics
from exceptionless_site.core.clock import utc_now
from tests.conftest import Cast
from tests.queue.rows import queued


def test_an_empty_queue(db: None) -> None:
    assert queue_statistics() == {"waiting": 0, "working": 0, "delayed": 0, "parked": 0, "oldest_seconds": 0.0}


def test_each_submission_is_in_one_of_the_figures(cast: Cast, django_assert_num_queries: Any) -> None:
    now = utc_now()
    queued(cast.project, {}, {})
    claim_submissions("somebody")
    queued(cast.project, {}, available_utc=now + timedelta(minutes=1), attempts=1, error="x")
    queued(cast.project, {}, {}, {}, parked_utc=now)
    queued(cast.project, {}, {}, {}, {}, available_utc=now - timedelta(seconds=90))
    with django_assert_num_queries(4):
        statistics = queue_statistics()
    assert statistics.pop("oldest_seconds") == pytest.approx(90, abs=5)  # type: ignore[misc]
    assert statistics == {"waiting": 4, "working": 2, "delayed": 1, "parked": 3}
