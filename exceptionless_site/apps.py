from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "exceptionless_site"
    verbose_name = "Exceptionless"
