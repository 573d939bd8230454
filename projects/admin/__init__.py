"""Admin pages of projects, what they sent, their web hooks and the saved views of organizations."""

from projects.admin.projects import ProjectAdmin, ProjectUsageAdmin
from projects.admin.saved_views import SavedViewAdmin
from projects.admin.web_hooks import WebHookAdmin, WebHookDeliveryAdmin

__all__ = ["ProjectAdmin", "ProjectUsageAdmin", "SavedViewAdmin", "WebHookAdmin", "WebHookDeliveryAdmin"]
