"""From queue rows to stored events, batch by batch."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache

from django.conf import settings
from django.db import DatabaseError, IntegrityError, close_old_connections

from accounts.models import Organization
from accounts.services.usage import events_left
from events.ingest import pipeline
from events.ingest.claims import Claim, LostClaim, claim_submissions, has_waiting
from events.ingest.context import EventContext, ProjectSettings, SubmissionInfo
from events.ingest.decoding import PayloadError, decode_payload
from events.ingest.duplicates import cancel_duplicates
from events.ingest.event import IncomingEvent
from events.ingest.parking import park, postpone
from events.ingest.parsers import parse_events
from events.ingest.project_settings import load_settings
from events.ingest.receive import DECOMPRESSED_FACTOR
from events.ingest.stacks import group_by_stack
from events.ingest.steps.geo_database import GeoDatabase
from events.ingest.steps.step import Step
from events.ingest.user_descriptions import apply_user_description
from events.ingest.writer import Blocked, write_batch
from events.models import Submission
from events.models.submission import SubmissionKind
from exceptionless_site.core.ids import new_secret

logger = logging.getLogger(__name__)

BATCH_SIZE = 200
IDLE_SECONDS = 0.025
_AFTER_FAILURE_SECONDS = 1.0
_WRITE_ATTEMPTS = 3


class Worker:
    """Claims, processes and stores; several may run at once, in as many processes or machines as wanted."""

    def __init__(self, name: str = "worker") -> None:
        self.name = f"{name}-{new_secret(8)}"[:40]

    def run_until(self, stop: threading.Event) -> None:
        """Work until `stop` is set, which ends the loop after the batch in hand."""
        while not stop.is_set():
            try:
                handled = self.run_once()
            except DatabaseError as error:
                # The claim's lease brings the batch back; the database may only be restarting.
                logger.error("The worker could not reach its database: %s", type(error).__name__)
                close_old_connections()
                stop.wait(_AFTER_FAILURE_SECONDS)
                continue
            if not handled:
                stop.wait(IDLE_SECONDS)

    def run_once(self) -> int:
        """Process one batch; how many submissions it had."""
        if not has_waiting():
            return 0
        claim = claim_submissions(self.name, BATCH_SIZE)
        if claim is None:
            return 0
        process(claim)
        return len(claim.submissions)


def process(claim: Claim) -> None:
    """Process a claim; when that fails as a whole, each submission alone, so that one cannot hold up the rest."""
    posts = Claim(claim.worker, [row for row in claim.submissions if row.kind != SubmissionKind.USER_DESCRIPTION])
    try:
        if posts.submissions:
            process_posts(posts)
    except LostClaim:
        logger.warning("Another worker has taken over %d submissions", len(posts.submissions))
    except Exception as error:
        _process_each(posts, error)
    # Descriptions come last: the event they describe is often in the same batch.
    for submission in claim.submissions:
        if submission.kind == SubmissionKind.USER_DESCRIPTION:
            _describe(Claim(claim.worker, [submission]))


def _process_each(claim: Claim, error: Exception) -> None:
    if len(claim.submissions) == 1:
        _fail(claim.submissions[0], error)
        return
    logger.warning("A batch of %d submissions failed: %s", len(claim.submissions), type(error).__name__)
    for single in claim.single():
        try:
            process_posts(single)
        except LostClaim:
            continue
        except Exception as failure:
            _fail(single.submissions[0], failure)


def _describe(claim: Claim) -> None:
    try:
        apply_user_description(claim)
    except LostClaim:
        return
    except Exception as error:
        _fail(claim.submissions[0], error)


def _fail(submission: Submission, error: Exception) -> None:
    # The traceback names places in our code; the text of the error is left out, it may quote the payload.
    name = type(error).__name__
    logger.error("Submission %d failed (attempt %d): %s", submission.key, submission.attempts, name, exc_info=error)
    postpone(submission, f"{name}: {str(error)[:500]}")


def process_posts(claim: Claim) -> None:
    """Parse, take through the pipeline and store the submissions of a claim. Raises whatever fails."""
    projects = load_settings(row.project_id for row in claim.submissions)
    kept: list[Submission] = []
    contexts: list[EventContext] = []
    for submission in claim.submissions:
        project = projects.get(submission.project_id)
        try:
            # Events of a project that was deleted meanwhile have no reader any more.
            contexts += _read(submission, project) if project else []
        except PayloadError as error:
            park(submission, error.reason)
            continue
        kept.append(submission)
    store(contexts, Claim(claim.worker, kept))


def _read(submission: Submission, project: ProjectSettings) -> list[EventContext]:
    info = SubmissionInfo(
        received_at=submission.received_utc,
        api_version=submission.api_version,
        ip_address=submission.ip_address or None,
        user_agent=submission.user_agent or None,
    )
    limit = settings.MAXIMUM_EVENT_POST_SIZE * DECOMPRESSED_FACTOR
    text = decode_payload(
        bytes(submission.payload),
        content_encoding=submission.content_encoding,
        charset=submission.charset,
        max_size=limit,
        max_decompressed_size=limit,
    )
    events = parse_events(text, api_version=submission.api_version, now=submission.received_utc)
    return contexts_of(events, info, project)


def contexts_of(events: Iterable[IncomingEvent], info: SubmissionInfo, project: ProjectSettings) -> list[EventContext]:
    return [EventContext(event, info, project) for event in events]


def store(contexts: list[EventContext], claim: Claim | None, steps: Sequence[Step] | None = None) -> None:
    """Take contexts through the pipeline and write them, together with the end of their claim."""
    allowed, blocked = _within_quota(contexts)
    cancel_duplicates(allowed)
    pipeline.run(allowed, steps or default_steps())
    groups = group_by_stack(allowed)
    for attempt in range(1, _WRITE_ATTEMPTS + 1):
        try:
            write_batch(contexts=allowed, groups=groups, claim=claim, blocked=blocked)
        except IntegrityError:
            # Another worker drew one of our keys, or a stack was deleted meanwhile: fresh keys, fresh stacks.
            if attempt == _WRITE_ATTEMPTS:
                raise
            groups = group_by_stack(allowed)
        else:
            return


def _within_quota(contexts: list[EventContext]) -> tuple[list[EventContext], Blocked]:
    """The first events up to what each organization has left; the rest is counted as blocked."""
    blocked: Blocked = Counter()
    left: dict[str, int] = {}
    allowed = []
    for context in contexts:
        owner = context.project.organization_id
        if owner not in left:
            left[owner] = events_left(Organization.objects.get(pk=owner))
        if left[owner] == 0:
            blocked[owner, context.project.project_id] += 1
            continue
        if left[owner] > 0:
            left[owner] -= 1
        allowed.append(context)
    return allowed, blocked


@cache
def default_steps() -> tuple[Step, ...]:
    return pipeline.steps(find_place=GeoDatabase(lambda: settings.GEOIP_DATABASE))
