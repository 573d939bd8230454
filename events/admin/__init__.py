"""Admin pages of stacks, events and the queue."""

from events.admin.events import EventAdmin
from events.admin.notifications import NotificationAdmin
from events.admin.stacks import StackAdmin
from events.admin.submissions import SubmissionAdmin
from events.admin.work_items import WorkItemAdmin

__all__ = ["EventAdmin", "NotificationAdmin", "StackAdmin", "SubmissionAdmin", "WorkItemAdmin"]
