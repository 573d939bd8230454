"""POST contact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from accounts.models import MailMessage
from tests.accounts.mailing import sent_mail, waiting
from tests.conftest import Cast

URL = "/api/v2/contact"
OPERATOR = "operator@example.test"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
MESSAGE = {
    "name": "Ada Lovelace",
    "email_address": "ada@example.test",
    "company": "Engines & Co",
    "subject": "Retention",
    "message": "May we keep our events for a year?\nWe <really> would like to.",
}


@pytest.fixture(autouse=True)
def _operator(settings: Any) -> None:
    settings.CONTACT_ADDRESS = OPERATOR


def send(client: APIClient, **changes: Any) -> Any:
    return client.post(URL, MESSAGE | changes, format="json")


def test_a_message_is_mailed_to_the_operator_and_answered_to_its_sender(cast: Cast, anonymous: APIClient) -> None:
    response = send(anonymous)

    assert (response.status_code, response.content) == (202, b"")
    assert waiting() == [("contact", OPERATOR)]
    mail = sent_mail()
    assert (mail.to, mail.reply_to) == ([OPERATOR], ["ada@example.test"])
    assert mail.subject == "Contact: Retention"
    assert "Ada Lovelace <ada@example.test>, Engines & Co, wrote" in mail.body
    assert MESSAGE["message"] in mail.body
    html = mail.alternatives[0][0]
    assert "We &lt;really&gt; would like to." in html


def test_without_subject_and_company_the_name_is_the_subject(cast: Cast, anonymous: APIClient) -> None:
    assert send(anonymous, subject="", company=None).status_code == 202
    mail = sent_mail()
    assert mail.subject == "Contact: Ada Lovelace"
    assert "Ada Lovelace <ada@example.test> wrote" in mail.body


def test_a_form_names_its_fields_in_another_case(cast: Cast, anonymous: APIClient) -> None:
    form = "Name=Ada&EmailAddress=ada%40example.test&Message=May+we+keep+our+events%3F"
    response = anonymous.generic("POST", URL, form, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 202
    assert "May we keep our events?" in sent_mail().body


def test_a_program_that_fills_in_everything_is_not_told(cast: Cast, anonymous: APIClient) -> None:
    assert send(anonymous, website="https://pills.test").status_code == 202
    assert waiting() == []


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"email_address": "nobody"}, "email_address"),
        ({"email_address": "a@b.test\r\nBcc: c@d.test"}, "email_address"),
        ({"email_address": f"{'x' * 250}@example.test"}, "email_address"),
        ({"company": "x" * 121}, "company"),
        ({"subject": "x" * 121}, "subject"),
        ({"message": "too short"}, "message"),
        ({"message": "x" * 4001}, "message"),
        ({"website": "x" * 201}, "website"),
    ],
)
def test_what_is_wrong_is_named(cast: Cast, anonymous: APIClient, changes: dict[str, Any], name: str) -> None:
    response = send(anonymous, **changes)
    assert response.status_code == 422
    assert list(response.json()["errors"]) == [name]
    assert waiting() == []


@pytest.mark.parametrize("body", [None, [], "text"])
def test_a_body_that_is_no_message_is_refused(cast: Cast, anonymous: APIClient, body: Any) -> None:
    assert anonymous.post(URL, body, format="json").status_code == 400


def test_line_breaks_in_a_subject_start_no_header(cast: Cast, anonymous: APIClient) -> None:
    assert send(anonymous, subject="Hello\r\nBcc: c@d.test").status_code == 202
    assert sent_mail().subject == "Contact: Hello Bcc: c@d.test"


def test_three_messages_an_hour_are_enough(cast: Cast, anonymous: APIClient) -> None:
    with time_machine.travel(NOON):
        statuses = [send(anonymous).status_code for _ in range(4)]
    with time_machine.travel(NOON + timedelta(hours=1)):
        later = send(anonymous).status_code
    assert statuses == [202, 202, 202, 429]
    assert later == 202
    assert MailMessage.objects.count() == 4


def test_without_an_address_the_form_is_not_available(cast: Cast, anonymous: APIClient, settings: Any) -> None:
    settings.CONTACT_ADDRESS = ""
    response = send(anonymous)
    assert response.status_code == 503
    assert response.json()["detail"] == "The contact form is not set up on this server."
