"""The pages that mailed links lead to where no web UI is installed; they have the web UI's own routes.

Opening a link changes nothing, since mail programs open links by themselves: each page has a button.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.models import Invite
from accounts.services.email_addresses import TokenExpiredError, user_by_verification_token, verify_email_address
from accounts.services.memberships import find_invite
from accounts.services.password_resets import (
    InvalidResetTokenError,
    ResetTokenExpiredError,
    cancel_password_reset,
    request_password_reset,
    reset_password,
    user_by_reset_token,
)
from accounts.services.passwords import SamePasswordError
from accounts.services.users import is_email_address, normal_email
from exceptionless_site.api.browsable import PAGE_POLICY
from exceptionless_site.core.json import clean_text
from exceptionless_site.core.net import client_address
from tokens.services.login import LoginDeniedError, LoginFailedError, SignupDeniedError, sign_up

_BACKEND = "django.contrib.auth.backends.ModelBackend"
_EXPIRED = "This link is too old. Ask for a new one."
_INVALID = "This link is not valid: it was used already, a newer one replaced it, or a part of it is missing."


def _password(label: str, autocomplete: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        min_length=6,
        max_length=100,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
    )


class ForgotPasswordForm(forms.Form):
    email = forms.CharField(label="E-mail address", max_length=254, widget=forms.EmailInput)


class ResetPasswordForm(forms.Form):
    password = _password("New password", "new-password")


class SignUpForm(forms.Form):
    name = forms.CharField(label="Your name", max_length=250)
    email = forms.CharField(label="E-mail address", max_length=254, widget=forms.EmailInput)
    password = _password("Password", "new-password")

    def clean_email(self) -> str:
        address = normal_email(self.cleaned_data["email"])
        if not is_email_address(address):
            raise forms.ValidationError("This is not an e-mail address.")
        return address


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgot_password(request: HttpRequest) -> HttpResponse:
    form = ForgotPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request_password_reset(email_address=form.cleaned_data["email"], ip=client_address(request))
        return _done(request, "Look into your mailbox", "If somebody has this address here, a link is on its way.")
    return _page(request, "forgot_password.html", {"form": form})


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset_password_page(request: HttpRequest, token: str) -> HttpResponse:
    token = clean_text(token)
    if request.GET.get("cancel", "").lower() == "true":
        return _cancel(request, token)
    try:
        user = user_by_reset_token(token)
    except InvalidResetTokenError:
        return _refused(request, _INVALID)
    except ResetTokenExpiredError:
        return _refused(request, _EXPIRED)
    form = ResetPasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reset_password(token=token, password=form.cleaned_data["password"])
        except SamePasswordError:
            form.add_error("password", "This is your password already. Choose another one, or keep it.")
        except (InvalidResetTokenError, ResetTokenExpiredError):
            return _refused(request, _INVALID)
        else:
            return _done(request, "Your password is set", "Sign in with it from now on; older sessions have ended.")
    return _page(request, "reset_password.html", {"form": form, "email": user.email_address})


def _cancel(request: HttpRequest, token: str) -> HttpResponse:
    if request.method == "POST":
        cancel_password_reset(token=token)
        return _done(request, "The link is invalid now", "Your password stays as it was.")
    return _page(request, "cancel_reset.html", {})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_email_address_page(request: HttpRequest) -> HttpResponse:
    try:
        user = user_by_verification_token(clean_text(request.GET.get("token", "")))
    except TokenExpiredError:
        return _refused(request, _EXPIRED)
    if user is None:
        return _refused(request, _INVALID)
    if request.method == "POST":
        verify_email_address(user=user)
        return _done(request, "Your address is confirmed", f"{user.email_address} is known to be yours.")
    return _page(request, "verify_email_address.html", {"email": user.email_address})


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_page(request: HttpRequest) -> HttpResponse:
    """Making an account; with an invite's token, joining its organization, also for people who have one."""
    token = clean_text(request.GET.get("token", ""))
    invite = find_invite(token)
    if token and invite is None:
        return _refused(request, _INVALID)
    if invite is None and not settings.ENABLE_ACCOUNT_CREATION:
        return _refused(request, "On this server only people who are invited can make an account.")
    form = SignUpForm(request.POST or None, initial={"email": invite.email_address if invite else ""})
    if request.method == "POST" and form.is_valid() and _sign_up(request, form, invite):
        text = f"You belong to {invite.organization.name} now." if invite else "You are signed in."
        return _done(request, "Welcome", text)
    return _page(request, "sign_up.html", {"form": form, "invite": invite})


def _sign_up(request: HttpRequest, form: SignUpForm, invite: Invite | None) -> bool:
    # Not in a transaction: failed attempts must stay counted.
    try:
        token = sign_up(**form.cleaned_data, ip=client_address(request), invite=invite)
    except (LoginDeniedError, SignupDeniedError):
        form.add_error(None, "Too many attempts. Wait a while, then try again.")
    except LoginFailedError:
        form.add_error(None, "Somebody has an account with this address already, with another password.")
    else:
        login(request, token.user, _BACKEND)
        return True
    return False


def _done(request: HttpRequest, title: str, text: str) -> HttpResponse:
    return _page(request, "done.html", {"title": title, "text": text})


def _refused(request: HttpRequest, text: str) -> HttpResponse:
    return _page(request, "refused.html", {"text": text}, status=400)


def _page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, f"account/{template}", context, status=status)
    response["Content-Security-Policy"] = PAGE_POLICY
    return response
