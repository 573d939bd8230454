"""From queue rows to stored events, batch by batch."""

from __future__ import annotations

import logging
import threading
import traceback
from collections import Counter
from collections.abc import Sequence
from functools import cache

from django.conf import settings
from django.db import IntegrityError, OperationalError, close_old_connections

from accounts.services.usage import events_left_of
from events.ingest import duplicates, pipeline
from events.ingest.batches import Batch, read_batches, split_into_events
from events.ingest.bots import discard_bots
from events.ingest.claims import Claim, Claimer, LostClaim, has_waiting
from events.ingest.context import EventContext
from events.ingest.parking import fail, is_about_database
from events.ingest.stacks import BatchChanged, group_by_stack
from events.ingest.steps.geo_database import GeoDatabase
from events.ingest.steps.step import Step
from events.ingest.user_descriptions import (
    EventNotThereYet,
    apply_user_description,
    wait_for_event,
    wake_descriptions,
)
from events.ingest.waking import bell
from events.ingest.writer import Blocked, write_batch
from events.models.submission import SubmissionKind
from events.sessions import step as session_step
from events.sessions.changes import SessionChanges
from events.source_maps.step import FrameMapper
from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.ids import new_secret
from exceptionless_site.core.time_keys import reseed

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.025
_AFTER_FAILURE_SECONDS = 1.0
_WRITE_ATTEMPTS = 5
_ATTEMPTS_AS_A_WHOLE = 2


class Worker:
    """Claims, processes and stores; several may run at once, in as many processes or machines as wanted."""

    def __init__(self, name: str = "worker") -> None:
        self.name = f"{name[:30]}-{new_secret(8)}"
        self._claimer = Claimer(self.name)

    def run_until(self, stop: threading.Event) -> None:
        """Work until `stop` is set, which ends the loop after the batch in hand."""
        while not stop.is_set():
            try:
                handled = self.run_once(stop)
            except Exception as error:
                # The claim's lease brings the batch back; the database may only be restarting.
                where = "".join(traceback.format_tb(error.__traceback__))
                logger.error("The worker failed with %s and goes on\n%s", type(error).__name__, where)
                close_old_connections()
                stop.wait(_AFTER_FAILURE_SECONDS)
                continue
            if not handled:
                bell.wait(stop, IDLE_SECONDS)

    def run_once(self, stop: threading.Event | None = None) -> int:
        """Process one claim, or what of it is begun when `stop` is set; how many submissions it had."""
        claim = self._claimer.claim() if has_waiting() else None
        if claim is None:
            return 0
        process(claim, stop)
        return len(claim.submissions)


def process(claim: Claim, stop: threading.Event | None = None) -> None:
    """Process a claim in batches; when one fails, each submission alone, so that none holds up the rest."""
    for batch in read_batches(claim):
        _store_batch(claim.worker, batch)
        if stop is not None and stop.is_set():
            claim.release()
            return
    # Descriptions come last: the event they describe is often in the same claim.
    for submission in claim.submissions:
        if submission.kind == SubmissionKind.USER_DESCRIPTION:
            claim.keep()
            _describe(Claim(claim.worker, [submission]))


def _store_batch(worker: str, batch: Batch) -> None:
    claim = Claim(worker, batch.submissions)
    try:
        store(batch.contexts, claim)
    except LostClaim:
        logger.warning("Another worker has taken over some of %d submissions", len(claim.submissions))
        _store_each(claim)
    except Exception as error:
        if len(claim.submissions) == 1:
            _fail(claim, error)
            return
        logger.warning("A batch of %d submissions failed: %s", len(claim.submissions), type(error).__name__)
        _store_each(claim)


def _store_each(claim: Claim) -> None:
    for single in claim.single():
        # Read anew, since the events of the failed batch may be half processed.
        for batch in read_batches(single):
            try:
                store(batch.contexts, single)
            except LostClaim:
                continue
            except Exception as error:
                _fail(single, error)


def _fail(claim: Claim, error: Exception) -> None:
    """Try the one claimed submission again later; after the second failure, each of its events on its own."""
    (submission,) = claim.submissions
    if submission.attempts < _ATTEMPTS_AS_A_WHOLE or is_about_database(error):
        fail(submission, error)
        return
    try:
        is_split = split_into_events(claim, submission)
    except LostClaim:
        return
    except Exception as failure:
        error, is_split = failure, False
    if is_split:
        logger.warning("The events of submission %d are tried one by one: %s", submission.key, type(error).__name__)
    else:
        fail(submission, error)


def _describe(claim: Claim) -> None:
    (submission,) = claim.submissions
    try:
        apply_user_description(claim)
    except LostClaim:
        return
    except EventNotThereYet as error:
        wait_for_event(submission, error)
    except Exception as error:
        fail(submission, error)


def store(contexts: list[EventContext], claim: Claim | None, steps: Sequence[Step] | None = None) -> None:
    """Take contexts through the pipeline and write them, together with the end of their claim."""
    allowed, blocked = _within_quota(contexts)
    processed = pipeline.run(allowed, steps or default_steps())
    referenced = [context for context in processed if context.is_referenced]
    sessions = SessionChanges(processed)
    for attempt in range(1, _WRITE_ATTEMPTS + 1):
        sessions.plan(utc_now())
        groups = group_by_stack(processed)
        try:
            write_batch(
                contexts=processed,
                groups=groups,
                sessions=sessions,
                claim=claim,
                blocked=blocked,
                referenced=referenced,
            )
            break
        except (IntegrityError, OperationalError, BatchChanged):
            # Another worker drew one of our keys, holds what we wait for, or stored what we have too.
            if attempt == _WRITE_ATTEMPTS:
                raise
            reseed()
            duplicates.cancel_duplicates(referenced)
    wake_descriptions(processed)
    sessions.let_go()


def _within_quota(contexts: list[EventContext]) -> tuple[list[EventContext], Blocked]:
    """The first events up to what each organization has left; the rest is counted as blocked."""
    blocked: Blocked = Counter()
    left = events_left_of({context.project.organization_id for context in contexts})
    allowed = []
    for context in contexts:
        owner = context.project.organization_id
        if owner not in left:
            allowed.append(context)
        elif left[owner] > 0:
            left[owner] -= 1
            allowed.append(context)
        else:
            blocked[owner, context.project.project_id] += 1
    return allowed, blocked


@cache
def default_steps() -> tuple[Step, ...]:
    return pipeline.steps(
        find_place=GeoDatabase(lambda: settings.GEOIP_DATABASE),
        discard_bots=discard_bots,
        cancel_duplicates=duplicates.run,
        map_frames=FrameMapper(),
        session=session_step.run,
    )
