"""Who the user is stays out where the project asks for it."""

from __future__ import annotations

from events.ingest.context import EventContext
from events.ingest.steps.model_members import without_members
from events.ingest.steps.step import each

DESCRIPTION = "@user_description"
_PRIVATE = frozenset({"emailaddress"})


def remove_private_information(context: EventContext) -> None:
    """Without private information: no `@user`, nor what was sent in its place, and no e-mail address of the user."""
    if context.project.include_private_information:
        return
    event = context.event
    event.data.pop("@user", None)
    event.data.pop("_@user", None)
    description = event.mapping(DESCRIPTION)
    if description is not None:
        event.data[DESCRIPTION] = without_members(description, _PRIVATE)


run = each(remove_private_information)
