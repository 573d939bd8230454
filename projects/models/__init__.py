from projects.models.notification_setting import NotificationSetting
from projects.models.project import Project
from projects.models.saved_view import PredefinedViews, SavedView
from projects.models.usage import ProjectUsage
from projects.models.web_hook import WebHook
from projects.models.web_hook_delivery import WebHookDelivery

__all__ = [
    "NotificationSetting",
    "PredefinedViews",
    "Project",
    "ProjectUsage",
    "SavedView",
    "WebHook",
    "WebHookDelivery",
]
