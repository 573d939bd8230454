"""From claimed submissions to batches: few enough events to hold in memory and to store in one transaction."""

from __future__ import annotations

import gzip
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from django.conf import settings
from django.db import transaction

from events.ingest.claims import Claim, LostClaim
from events.ingest.context import EventContext, ProjectSettings, SubmissionInfo
from events.ingest.decoding import PayloadError, decode_payload
from events.ingest.event import IncomingEvent
from events.ingest.parking import fail, park
from events.ingest.parsers import iterate_events
from events.ingest.project_settings import load_settings
from events.ingest.receive import DECOMPRESSED_FACTOR
from events.models import Submission
from events.models.submission import SubmissionKind
from exceptionless_site.core import json
from exceptionless_site.core.time_keys import arrival_key

logger = logging.getLogger(__name__)

EVENTS_PER_BATCH = 1_000
"""A submission with more events is split into submissions of so many each."""
CHARACTERS_PER_BATCH = 8_000_000
_ROWS_PER_STATEMENT = 100
# A part of a split submission is larger than its share of it, because each event names its date and its type.
_GROWTH = 2


@dataclass(slots=True)
class Batch:
    """Whole submissions and their events; `characters` is the length of their texts."""

    submissions: list[Submission] = field(default_factory=list)
    contexts: list[EventContext] = field(default_factory=list)
    characters: int = 0

    def has_room_for(self, other: Batch) -> bool:
        return (
            len(self.contexts) + len(other.contexts) <= EVENTS_PER_BATCH
            and self.characters + other.characters <= CHARACTERS_PER_BATCH
        )

    def take(self, other: Batch) -> None:
        self.submissions += other.submissions
        self.contexts += other.contexts
        self.characters += other.characters


def read_batches(claim: Claim) -> Iterator[Batch]:
    """The posts of a claim, each read when its batch is asked for.

    What cannot be read is parked or tried again later; what has more than EVENTS_PER_BATCH events is split.
    """
    posts = [row for row in claim.submissions if row.kind != SubmissionKind.USER_DESCRIPTION]
    projects = load_settings(row.project_id for row in posts)
    batch = Batch()
    for submission in posts:
        claim.keep()
        found = _read(claim, submission, projects.get(submission.project_id))
        if found is None:
            continue
        if batch.submissions and not batch.has_room_for(found):
            yield batch
            batch = Batch()
        batch.take(found)
    if batch.submissions:
        yield batch


def _read(claim: Claim, submission: Submission, project: ProjectSettings | None) -> Batch | None:
    if project is None:
        # Events of a project that was deleted meanwhile have no reader any more.
        logger.info("Submission %d is let go with its project", submission.key)
        return Batch([submission])
    try:
        return _read_events(claim, submission, project)
    except LostClaim:
        pass
    except PayloadError as error:
        park(submission, error.reason)
    except Exception as error:
        fail(submission, error)
    return None


def _read_events(claim: Claim, submission: Submission, project: ProjectSettings) -> Batch | None:
    text = _text(submission)
    events = _events(submission, text)
    batch = list(islice(events, EVENTS_PER_BATCH))
    more = next(events, None)
    if more is not None:
        _replace(claim, submission, chain(batch, [more], events), EVENTS_PER_BATCH)
        return None
    info = SubmissionInfo(
        received_at=submission.received_utc,
        api_version=submission.api_version,
        ip_address=submission.ip_address or None,
        user_agent=submission.user_agent or None,
    )
    return Batch([submission], contexts_of(batch, info, project), len(text))


def contexts_of(events: Iterable[IncomingEvent], info: SubmissionInfo, project: ProjectSettings) -> list[EventContext]:
    return [EventContext(event, info, project) for event in events]


def _text(submission: Submission) -> str:
    limit = settings.MAXIMUM_EVENT_POST_SIZE * DECOMPRESSED_FACTOR * _GROWTH
    return decode_payload(
        bytes(submission.payload),
        content_encoding=submission.content_encoding,
        charset=submission.charset,
        max_size=limit,
        max_decompressed_size=limit,
    )


def _events(submission: Submission, text: str) -> Iterator[IncomingEvent]:
    return iterate_events(text, api_version=submission.api_version, now=submission.received_utc)


def split_into_events(claim: Claim, submission: Submission) -> bool:
    """Replace a submission by one for each of its events; False when it has only one, or none. Raises LostClaim."""
    events = _events(submission, _text(submission))
    start = list(islice(events, 2))
    if len(start) < 2:
        return False
    _replace(claim, submission, chain(start, events), 1)
    return True


def _replace(claim: Claim, submission: Submission, events: Iterator[IncomingEvent], size: int) -> None:
    """Replace a submission by several with `size` events each, in the same place of the queue. Raises LostClaim."""
    parts = []
    # All the work comes before the transaction: on SQLite nobody else can write during one.
    while chunk := list(islice(events, size)):
        claim.keep()
        parts.append(_part(submission, chunk))
    with transaction.atomic():
        Claim(claim.worker, [submission]).finish()
        Submission.objects.bulk_create(parts, batch_size=_ROWS_PER_STATEMENT)


def _part(whole: Submission, events: Iterable[IncomingEvent]) -> Submission:
    return Submission(
        key=arrival_key(whole.received_utc),
        organization_id=whole.organization_id,
        project_id=whole.project_id,
        media_type="application/json",
        content_encoding="gzip",
        ip_address=whole.ip_address,
        user_agent=whole.user_agent,
        payload=gzip.compress(json.dumps([event.to_document() for event in events]), 1),
        received_utc=whole.received_utc,
        available_utc=whole.received_utc,
    )
