from django.apps import AppConfig


class TokensConfig(AppConfig):
    name = "tokens"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.services import organizations, suspensions
        from projects.services import projects
        from tokens.services import tokens

        organizations.on_delete.append(tokens.delete_tokens_of_organization)
        suspensions.on_change.append(tokens.suspend_tokens_of_organization)
        projects.on_delete.append(tokens.delete_tokens_of_projects)
