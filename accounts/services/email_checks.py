"""Whether an e-mail address has an account; only a few questions an hour get a true answer."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from accounts.services.users import normal_email
from exceptionless_site.core.rates import Window

CHECKS_PER_HOUR = 3
_CHECKS = Window("check-email-address", timedelta(hours=1))


def is_taken(*, email: str, ip: str, asker: User | None) -> bool:
    """True for the asker's own address too. After too many questions from one place always False."""
    address = normal_email(email)
    if not address:
        return False
    if asker is not None and asker.email_address == address:
        return True
    if _CHECKS.add(ip) > CHECKS_PER_HOUR:
        return False
    return User.objects.filter(email_address=address).exists()
