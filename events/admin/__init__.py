"""Admin pages of stacks, events and the queue."""

from events.admin.events import EventAdmin
from events.admin.stacks import StackAdmin
from events.admin.submissions import SubmissionAdmin

__all__ = ["EventAdmin", "StackAdmin", "SubmissionAdmin"]
