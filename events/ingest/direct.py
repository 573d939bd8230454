"""Events that do not come over the wire: sample data goes the same way as real events, past the queue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from events.ingest import duplicates, pipeline
from events.ingest.batches import contexts_of
from events.ingest.context import SubmissionInfo
from events.ingest.parsers import parse_events
from events.ingest.project_settings import project_settings
from events.ingest.worker import default_steps, store
from events.sessions import step as session_step
from exceptionless_site.core import json
from exceptionless_site.core.clock import utc_now
from projects.models import Project


def ingest_documents(*, project: Project, documents: Sequence[dict[str, Any]], keep_old: bool = False) -> None:
    """Parse, process and store events in wire form at once; `keep_old` lets pass what is older than three days."""
    now = utc_now()
    events = parse_events(json.dumps(list(documents)).decode(), api_version=2, now=now)
    info = SubmissionInfo(received_at=now, ip_address="127.0.0.1", user_agent="exceptionless-sample-data")
    past = pipeline.steps(maximum_age=None, cancel_duplicates=duplicates.run, session=session_step.run)
    steps = past if keep_old else default_steps()
    store(contexts_of(events, info, project_settings(project)), claim=None, steps=steps)
