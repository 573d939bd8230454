from django.apps import AppConfig


class TokensConfig(AppConfig):
    name = "tokens"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts.services import organizations, passwords, suspensions
        from projects.services import projects
        from tokens.services import tokens

        organizations.on_delete.append(tokens.delete_tokens_of_organization)
        passwords.on_credentials_reset.append(tokens.delete_tokens_of_user)
        suspensions.on_change.append(tokens.suspend_tokens_of_organization)
        projects.on_delete.append(tokens.delete_tokens_of_projects)
