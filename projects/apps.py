from django.apps import AppConfig


class ProjectsConfig(AppConfig):
    name = "projects"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.services import memberships, organizations
        from projects import jobs
        from projects.services import notification_settings, saved_views, web_hooks

        memberships.on_leave += [notification_settings.forget_recipient, saved_views.forget_private_views]
        organizations.on_delete += [
            web_hooks.delete_web_hooks_of_organization,
            saved_views.delete_views_of_organization,
        ]
        jobs.register_jobs()
