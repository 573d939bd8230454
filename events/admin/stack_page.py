"""What the page of one stack shows: its course, whom it concerns, its latest occurrence, and what can be decided."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django import forms
from django.urls import reverse

from events.admin.event_page import event_context
from events.admin.figures import SPANS, series_by_type
from events.models import Event, Rollup, Stack
from events.services import stacks
from events.stacking.status import StackStatus
from events.stacking.versions import normalize_version
from exceptionless_site.core.charts import bar_chart
from exceptionless_site.core.clock import utc_now

_LATEST = 200
"""So many of the latest events are looked at for versions and users' names."""
_SNOOZES = {"1": "1 hour", "24": "1 day", "168": "1 week", "720": "30 days"}


class DecisionForm(forms.Form):
    """What a person decides about a stack."""

    decision = forms.ChoiceField(
        choices=[
            ("fixed", "Fixed"),
            ("snoozed", "Snoozed"),
            ("open", "Open"),
            ("ignored", "Ignored"),
            ("discarded", "Discarded"),
            ("critical", "Critical"),
            ("not-critical", "Not critical"),
        ]
    )
    version = forms.CharField(required=False, max_length=100)
    hours = forms.ChoiceField(required=False, choices=list(_SNOOZES.items()))

    def clean_version(self) -> str | None:
        text = self.cleaned_data["version"].strip()
        version = normalize_version(text)
        if text and version is None:
            raise forms.ValidationError(f"{text!r} is no version; write it like 1.2.3")
        return version

    def decide(self, stack: Stack) -> str:
        """Carry it out; what is so now, as a sentence."""
        decision = self.cleaned_data["decision"]
        if decision in {"critical", "not-critical"}:
            stacks.set_critical(stacks=[stack], is_critical=decision == "critical")
            return "Future events will be marked critical." if decision == "critical" else "Not critical any more."
        if decision == "snoozed":
            hours = int(self.cleaned_data["hours"] or 24)
            stacks.snooze(stacks=[stack], until=utc_now() + timedelta(hours=hours))
            return f"Snoozed for {_SNOOZES[str(hours)]}."
        if decision == "fixed":
            version = self.cleaned_data["version"]
            stacks.mark_fixed(stacks=[stack], version=version)
            return f"Fixed in version {version}." if version else "Fixed."
        stacks.change_status(stacks=[stack], status=StackStatus(decision))
        return f"The stack is {decision} now."


def stack_context(stack: Stack, span_name: str) -> dict[str, Any]:
    """The context of the page's template."""
    span_name = span_name if span_name in SPANS else "month"
    span, now = SPANS[span_name], utc_now()
    rollups = Rollup.objects.filter(organization_id=stack.organization_id, stack_id=stack.pk)
    series = series_by_type(rollups, span, now)
    chart = bar_chart(f"Occurrences, {span.title}", span.labels(now), series)
    events = Event.objects.filter(organization_id=stack.organization_id, stack_id=stack.pk)
    latest = list(events.order_by("-key").only("key", "version", "user_hash", "level")[:_LATEST])
    newest = events.order_by("-key").first()
    return {
        "chart": chart,
        "shown": sum(one.total for one in series),
        "spans": [(name, one.title, name == span_name) for name, one in SPANS.items()],
        "users": events.exclude(user_hash=None).values("user_hash").distinct().count(),
        "versions": Counter(row.version for row in latest if row.version).most_common(8),
        "latest_number": len(latest),
        # What is no address of the web might be a script.
        "links": [(str(link), str(link).startswith(("http://", "https://"))) for link in stack.references],
        "snoozes": _SNOOZES.items(),
        "signature": sorted(stack.signature_info.items()),
        "events_address": f"{reverse('admin:events_event_changelist')}?stack__id__exact={stack.pk}",
        "latest": None if newest is None else event_context(newest) | {"original": newest},
    }
