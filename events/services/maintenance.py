"""The maintenance jobs of the official server, as far as there is something to do for them here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db import transaction
from django.db.models import F

from accounts.models import Organization, User
from accounts.plans import plan_by_id
from accounts.services.plans import change_plan
from events.models import Submission
from events.models.work_item import WorkItemKind
from events.services.work_items import request_work
from exceptionless_site.core.clock import utc_now
from projects.models import Project


def nothing_to_do() -> None:
    """Indexes are the database's, addresses are stored in lower case, bots are known to the code, and who leaves
    takes their settings along: the official server repairs here what cannot break.
    """


def correct_stacks() -> None:
    """Counters are written with their events; after a backup that was put together by hand they may say too little."""
    request_work(kind=WorkItemKind.STACK_STATISTICS)


def remove_old_usage() -> None:
    request_work(kind=WorkItemKind.CLEAN_UP)


def make_clients_read_their_configuration() -> None:
    """Clients ask for their settings again when the version has grown."""
    Project.objects.filter(is_deleted=False).update(configuration_version=F("configuration_version") + 1)


def forget_used_verifications() -> None:
    """Who has a verified address needs no token any more."""
    verified = User.objects.filter(is_email_address_verified=True).exclude(verify_email_address_token="")
    verified.update(verify_email_address_token="", verify_email_address_token_expires_utc=None)


def take_over_plans() -> None:
    """Give every organization the limits of its plan; those that were changed by hand are lost."""
    for organization in Organization.objects.alive().order_by("pk").iterator(chunk_size=500):
        plan = plan_by_id(organization.plan_id)
        if plan is not None:
            change_plan(organization=organization, plan=plan)


ACTIONS: Mapping[str, Callable[[], None]] = {
    "fix-stack-stats": correct_stacks,
    "increment-project-configuration-version": make_clients_read_their_configuration,
    "indexes": nothing_to_do,
    "normalize-user-email-address": nothing_to_do,
    "remove-old-organization-usage": remove_old_usage,
    "remove-old-project-usage": remove_old_usage,
    "reset-verify-email-address-token-and-expiration": forget_used_verifications,
    "update-organization-plans": take_over_plans,
    "update-project-default-bot-lists": nothing_to_do,
    "update-project-notification-settings": nothing_to_do,
}


@transaction.atomic
def requeue_parked() -> int:
    """Try again what was parked, as if it had just arrived; how many submissions."""
    parked = Submission.objects.filter(parked_utc__isnull=False, claimed_by="")
    return parked.update(parked_utc=None, error="", attempts=0, available_utc=utc_now())
