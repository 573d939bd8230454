"""The real product, started as the README says, for tests that walk it from outside."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
import pytest

CHECKOUT = Path(__file__).parents[2]
START_SECONDS = 60
PROJECT_ID = "537650f3b77efe23a47914f4"
PROJECT_KEY = "LhhP1C9gijpSKCslHHCvwdSIz298twx271nTest"
ORGANIZATION_ID = "537650f3b77efe23a47914f3"
EMAIL_ADDRESS, PASSWORD = "admin@exceptionless.test", "tester"


@dataclass(frozen=True)
class Product:
    """A running server with the demo data; `url` has no trailing slash."""

    url: str
    directory: Path

    def get(self, path: str, token: str | None = None, **parameters: str) -> Any:
        """The JSON answer of a GET that must succeed."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        response = httpx.get(self.url + path, params=parameters, headers=headers, timeout=10)
        assert response.status_code == 200, (response.status_code, response.text)
        return response.json()

    def login(self) -> str:
        body = {"email": EMAIL_ADDRESS, "password": PASSWORD}
        response = httpx.post(f"{self.url}/api/v2/auth/login", json=body, timeout=10)
        assert response.status_code == 200, response.text
        token: str = response.json()["token"]
        return token


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def eventually(look: Callable[[], Any], seconds: float = 10) -> Any:
    """What `look` gives as soon as it is something; fails after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > end:
            assert found, "nothing came within the time"
            return found
        time.sleep(0.05)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """An empty database of the kind this run is for; an empty text means the SQLite file."""
    given = os.environ.get("DATABASE_URL", "")
    if not given:
        yield ""
        return
    name = f"exceptionless_live_{os.getpid()}"
    parts = urlsplit(given)
    maintenance = urlunsplit(parts._replace(path="/postgres"))
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        try:
            yield urlunsplit(parts._replace(path=f"/{name}"))
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, database_url: str) -> Iterator[Product]:
    """`manage.py up --demo` on a free port; stopped by process id in the end."""
    directory = tmp_path_factory.mktemp("product")
    port = free_port()
    command = [sys.executable, "manage.py", "up", "--demo", "--port", str(port), "--data-dir", str(directory / "data")]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EXCEPTIONLESS_", "DJANGO_"))}
    environment = kept | {"DATABASE_URL": database_url}
    with (directory / "output.txt").open("wb") as output:
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL
        )
        try:
            started = Product(f"http://127.0.0.1:{port}", directory)
            _wait_until_it_answers(process, started)
            yield started
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], product: Product) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{product.url}/api/v2/users/me", timeout=2).status_code == 401:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the server did not start:\n" + (product.directory / "output.txt").read_text()[-4000:])


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the official client is installed; skips where npm is absent."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("client")
    (folder / "package.json").write_text('{"private": true, "type": "module"}')
    packages = ["@exceptionless/node@3.2.1"]
    command = [npm, "install", "--no-save", "--no-audit", "--no-fund", "--no-package-lock", *packages]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=180)
    if done.returncode != 0:
        pytest.fail("npm could not install the official client:\n" + done.stderr[-2000:])
    return folder
