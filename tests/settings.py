"""The product's settings, with a data directory of the test run's own."""

import os
import tempfile

os.environ.setdefault("EXCEPTIONLESS_DATA_DIR", tempfile.mkdtemp(prefix="exceptionless-tests-"))
os.environ.setdefault("EXCEPTIONLESS_SECRET_KEY", "only-for-tests-" * 4)

from exceptionless_site.settings import *  # noqa: F403

# Hundreds of users are made in a run; the real hasher is covered by its own test.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Each test has a client of its own, and each client would list all static files anew: ten times what a request takes.
WHITENOISE_AUTOREFRESH = True
