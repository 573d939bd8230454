"""Promoted stacks: sent to the web hooks that ask for them."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from events.models import Stack
from events.notifications.web_hook_payloads import stack_payload
from exceptionless_site.core import json
from projects.models import WebHook, WebHookDelivery
from projects.models.web_hook import STACK_PROMOTED
from projects.services.web_hook_deliveries import queue_deliveries


@transaction.atomic
def promote_to_web_hooks(stack: Stack) -> int:
    """Have the stack sent to the project's web hooks for promoted stacks; how many there are."""
    rows = WebHook.objects.filter(
        Q(project_id=stack.project_id) | Q(project_id__isnull=True),
        organization_id=stack.organization_id,
        is_enabled=True,
    )
    web_hooks = [web_hook for web_hook in rows if STACK_PROMOTED in web_hook.event_types]
    queue_deliveries(
        [
            WebHookDelivery(
                organization_id=stack.organization_id,
                project_id=stack.project_id,
                web_hook=web_hook,
                event_type=STACK_PROMOTED,
                payload=json.dumps(stack_payload(web_hook.version, stack)),
            )
            for web_hook in web_hooks
        ]
    )
    return len(web_hooks)
