from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import jobs, letters  # noqa: F401 - the letters register themselves
        from accounts.services import avatars, users

        users.on_delete.append(avatars.forget_avatar)
        jobs.register_jobs()
