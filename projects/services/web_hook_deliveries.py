"""The queue of calls to web hooks and Slack channels: each is made until it went well, or is given up.

The rows are durable and a lease protects each call, so a process may die at any moment: the call is then made by
another, in rare cases for the second time. Receivers tell repeated calls by their content.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Count, F

from exceptionless_site.core.clock import utc_now
from exceptionless_site.core.http import Outbound
from projects.models import WebHook, WebHookDelivery
from projects.services.slack import incoming_address
from projects.services.web_hook_calls import Outcome, call, outbound
from projects.web_hook_rules import FAILURES_TO_GIVE_UP, Health, retry_after

logger = logging.getLogger(__name__)

WAITING_PER_WEB_HOOK = 10_000
"""Calls beyond this are not made, and counted: a receiver that is so far behind would never catch up."""
KEPT = timedelta(days=3)
"""How long calls that are done with can be looked at."""
_LEASE = timedelta(minutes=1)
_AT_ONCE = 16
_AT_ONCE_PER_WEB_HOOK = 8
_LOOKED_AT, _LOOKS = 50, 40
_SECONDS = 4.0
_DISABLED = "The web hook is disabled."
_NO_ADDRESS = "There is no address to call any more."


def queue_deliveries(deliveries: Sequence[WebHookDelivery]) -> None:
    """Have the calls made; to be called in the transaction that decides about them."""
    waiting = _waiting_counts({delivery.web_hook_id for delivery in deliveries if delivery.web_hook_id})
    dropped: Counter[str] = Counter()
    kept = []
    for delivery in deliveries:
        key = delivery.web_hook_id or ""
        waiting[key] += 1
        if key and waiting[key] > WAITING_PER_WEB_HOOK:
            dropped[key] += 1
        else:
            kept.append(delivery)
    WebHookDelivery.objects.bulk_create(kept, batch_size=200)
    for web_hook_id, number in sorted(dropped.items()):
        WebHook.objects.filter(pk=web_hook_id).update(dropped=F("dropped") + number)


def run_deliveries(server: Outbound | None = None, seconds: float = _SECONDS) -> int:
    """Make the calls that are due, for about that long; how many. The job's function."""
    server, end, count = server or outbound(), time.monotonic() + seconds, 0
    while time.monotonic() < end:
        chosen = _claim()
        if not chosen:
            break
        # The threads only wait for other servers; the database is this thread's own.
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            outcomes = list(pool.map(partial(_call, server), chosen))
        for delivery, outcome in zip(chosen, outcomes, strict=True):
            _finish(delivery, outcome)
        count += len(chosen)
    return count


def remove_old_deliveries(limit: int = 500) -> int:
    """Remove what was finished long ago; how many."""
    removed = 0
    while True:
        old = WebHookDelivery.objects.filter(finished_utc__lt=utc_now() - KEPT).order_by("finished_utc")
        ids = list(old.values_list("pk", flat=True)[:limit])
        if not ids:
            return removed
        removed += WebHookDelivery.objects.filter(pk__in=ids).delete()[0]


def redeliver(*, delivery: WebHookDelivery) -> bool:
    """Make a call that was given up once more; False when it is waiting already."""
    finished = WebHookDelivery.objects.filter(pk=delivery.pk, finished_utc__isnull=False)
    return bool(finished.update(finished_utc=None, error="", attempts=0, available_utc=utc_now()))


def enable_web_hook(*, web_hook: WebHook) -> None:
    """Call the web hook again, as if nothing had failed."""
    WebHook.objects.filter(pk=web_hook.pk, organization_id=web_hook.organization_id).update(
        is_enabled=True, failures=0, first_failure_utc=None, last_error=""
    )


def health_of(web_hook: WebHook) -> Health:
    return Health(web_hook.failures, web_hook.first_failure_utc, web_hook.last_attempt_utc)


def _waiting_counts(web_hook_ids: set[str]) -> Counter[str]:
    rows = WebHookDelivery.objects.filter(web_hook_id__in=web_hook_ids, finished_utc__isnull=True)
    counts = rows.order_by().values_list("web_hook_id").annotate(waiting=Count("pk"))
    return Counter({str(key): waiting for key, waiting in counts})


def _claim() -> list[WebHookDelivery]:
    """The next calls, the oldest first. A receiver that hangs, or has many waiting, holds up only its own."""
    now = utc_now()
    chosen: list[WebHookDelivery] = []
    taken: Counter[tuple[str, str]] = Counter()
    full: set[tuple[str, str]] = set()
    for _ in range(_LOOKS):
        if not _choose(_due(now, full), now, chosen, taken, full):
            break
    return chosen


def _due(now: datetime, full: set[tuple[str, str]]) -> list[WebHookDelivery]:
    """The oldest calls that are due, without those of receivers that have their share of the turn."""
    due = WebHookDelivery.objects.filter(finished_utc__isnull=True, available_utc__lte=now)
    due = due.exclude(web_hook_id__in={key for key, _ in full if key})
    due = due.exclude(web_hook_id__isnull=True, project_id__in={project_id for key, project_id in full if not key})
    rows = due.select_related("web_hook", "project", "organization").order_by("available_utc", "pk")
    return list(rows[:_LOOKED_AT])


def _choose(
    due: Sequence[WebHookDelivery],
    now: datetime,
    chosen: list[WebHookDelivery],
    taken: Counter[tuple[str, str]],
    full: set[tuple[str, str]],
) -> bool:
    """Take calls until the turn is full; whether it pays to look further."""
    before = len(full)
    for delivery in due:
        key = (delivery.web_hook_id or "", delivery.project_id)
        if len(chosen) == _AT_ONCE:
            return False
        if taken[key] == _places(delivery):
            full.add(key)
        elif _is_wanted(delivery, now) and _take(delivery, now):
            taken[key] += 1
            chosen.append(delivery)
    return len(due) == _LOOKED_AT and len(full) > before


def _places(delivery: WebHookDelivery) -> int:
    """How many calls may be made at once; one to find out whether a receiver that failed is back."""
    return 1 if delivery.web_hook and delivery.web_hook.failures else _AT_ONCE_PER_WEB_HOOK


def _is_wanted(delivery: WebHookDelivery, now: datetime) -> bool:
    """Whether the call is to be made now; what is not wanted any more ends here, what must wait is put off."""
    web_hook = delivery.web_hook
    if delivery.project.is_deleted or delivery.organization.is_deleted or not _address(delivery):
        return _end(delivery, Outcome(error=_NO_ADDRESS))
    if web_hook is None:
        return True
    if not web_hook.is_enabled:
        return _end(delivery, Outcome(error=_DISABLED))
    pause = health_of(web_hook).paused_until(now)
    if pause is not None:
        waiting = WebHookDelivery.objects.filter(web_hook_id=web_hook.pk, finished_utc__isnull=True)
        waiting.filter(available_utc__lte=now).update(available_utc=pause)
    return pause is None


def _take(delivery: WebHookDelivery, now: datetime) -> bool:
    """Move the row into the future, so that no other process makes the same call."""
    mine = WebHookDelivery.objects.filter(
        pk=delivery.pk, finished_utc__isnull=True, available_utc=delivery.available_utc
    )
    delivery.attempts += 1
    return bool(mine.update(available_utc=now + _LEASE, attempts=delivery.attempts))


def _address(delivery: WebHookDelivery) -> str | None:
    return delivery.web_hook.url if delivery.web_hook else incoming_address(delivery.project.data)


def _call(server: Outbound, delivery: WebHookDelivery) -> Outcome:
    try:
        return call(server, _address(delivery) or "", bytes(delivery.payload))
    except Exception as error:
        # Without its text, which may hold the address.
        logger.error("The call of %s failed with %s", delivery, type(error).__name__)
        return Outcome(error=f"The call failed: {type(error).__name__}.")


@transaction.atomic
def _finish(delivery: WebHookDelivery, outcome: Outcome) -> None:
    health = _note(delivery, outcome)
    if not outcome.error or outcome.is_gone or health.gives_up or delivery.attempts >= FAILURES_TO_GIVE_UP:
        _end(delivery, outcome)
        return
    WebHookDelivery.objects.filter(pk=delivery.pk).update(
        status=outcome.status, error=outcome.error, available_utc=utc_now() + retry_after(delivery.attempts)
    )


def _end(delivery: WebHookDelivery, outcome: Outcome) -> bool:
    """False, for callers that ask whether to go on."""
    WebHookDelivery.objects.filter(pk=delivery.pk).update(
        finished_utc=utc_now(), status=outcome.status, error=outcome.error
    )
    return False


def _note(delivery: WebHookDelivery, outcome: Outcome) -> Health:
    """Keep in the web hook how the call went; its health then, which is good without a web hook."""
    if delivery.web_hook_id is None:
        return Health()
    # Several calls may end at once: each counts on what the row holds when its turn has come.
    rows = WebHook.objects.filter(pk=delivery.web_hook_id, organization_id=delivery.organization_id)
    web_hook = rows.select_for_update().first()
    if web_hook is None:
        return Health()
    now = utc_now()
    if not outcome.error:
        rows.update(failures=0, first_failure_utc=None, last_attempt_utc=now, last_error="")
        return Health()
    health = health_of(web_hook).after_failure(now)
    is_enabled = web_hook.is_enabled and not (outcome.is_gone or health.is_hopeless(now))
    if web_hook.is_enabled and not is_enabled:
        logger.warning("The web hook %s is disabled: %s", web_hook.pk, outcome.error)
    rows.update(
        failures=health.failures,
        first_failure_utc=health.first_failure,
        last_attempt_utc=now,
        last_error=outcome.error,
        is_enabled=is_enabled,
    )
    return health
