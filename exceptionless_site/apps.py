from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "exceptionless_site"
    verbose_name = "Exceptionless"

    def ready(self) -> None:
        from exceptionless_site.jobs import housekeeping

        housekeeping.register_jobs()
