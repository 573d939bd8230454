"""How often a password may be tried: 5 times per e-mail address and 15 times per IP address in a quarter hour.

Every way of signing in by a form counts here, the API and the admin alike.
"""

from __future__ import annotations

from datetime import timedelta

from exceptionless_site.core.rates import Window

_LENGTH = timedelta(minutes=15)
_BY_EMAIL = Window("login-email", _LENGTH)
_BY_ADDRESS = Window("login-address", _LENGTH)
EMAIL_LIMIT = 5
ADDRESS_LIMIT = 15


def attempt(email: str, ip: str) -> bool:
    """Count one attempt; False when it is one too many, and then the password must not be looked at."""
    by_email = _BY_EMAIL.add(_normal(email))
    by_address = _BY_ADDRESS.add(ip)
    return by_email <= EMAIL_LIMIT and by_address <= ADDRESS_LIMIT


def succeeded(email: str, ip: str) -> None:
    """The attempt was right: forget those of the e-mail address, and this one of the IP address."""
    _BY_EMAIL.reset(_normal(email))
    _BY_ADDRESS.take_back(ip)


def _normal(email: str) -> str:
    return email.strip().lower()
