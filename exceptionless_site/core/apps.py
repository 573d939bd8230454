from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "exceptionless_site.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Server"
