"""Signing in to the admin: by e-mail address in any case, with the same limits as the API."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from accounts.services import login_limits
from accounts.services.users import normal_email
from exceptionless_site.core.net import client_address

_WRONG = "The e-mail address or the password is wrong, or the account is not a global admin's."
_DENIED = "Too many attempts. Wait a quarter of an hour, then try again."


class SignInForm(AuthenticationForm):
    error_messages = {"invalid_login": _WRONG, "inactive": _WRONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail address"

    def clean_username(self) -> str:
        return normal_email(self.cleaned_data["username"])

    def clean(self) -> dict[str, Any]:
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not email or not password or self.request is None:
            return dict(super().clean() or {})
        address = client_address(self.request)
        if not login_limits.attempt(email, address):
            raise ValidationError(_DENIED, code="denied")
        cleaned = super().clean()
        login_limits.succeeded(email, address)
        return dict(cleaned or {})
