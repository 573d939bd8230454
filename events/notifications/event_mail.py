"""The mail about one event."""

from __future__ import annotations

from accounts.mails import web_link
from accounts.models import User
from events.notifications.mail import Mail
from events.notifications.occurrence import Occurrence, stack_url
from events.notifications.wording import Field, notice_of, person_of, short_message


def event_mail(occurrence: Occurrence, member: User) -> Mail | None:
    """None for an event that says nothing about itself."""
    notice = notice_of(occurrence)
    if notice is None:
        return None
    project, stack = occurrence.project, occurrence.stack
    return Mail(
        organization_id=project.organization_id,
        recipient=member.email_address,
        subject=notice.subject(project.name),
        template="event_notice",
        context={
            "name": member.full_name,
            "project_name": project.name,
            "kind": notice.kind,
            "title": notice.title,
            "fields": [_shown(field)._asdict() for field in notice.fields if field.title != "Stack Trace"],
            "person": person_of(occurrence)._asdict(),
            "total_occurrences": stack.total_occurrences,
            "event_url": occurrence.url,
            "fixed_url": stack_url(stack, "mark-fixed"),
            "ignored_url": stack_url(stack, "ignored"),
            "discarded_url": stack_url(stack, "discarded"),
            "settings_url": web_link(f"/account/notifications?projectId={project.pk}"),
        },
    )


def _shown(field: Field) -> Field:
    return field._replace(value=short_message(field.value)) if field.title == "Message" else field
