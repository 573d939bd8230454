"""What a person in a browser sees: the answer, and a form for what they may send."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from tests.conftest import Cast
from tests.contract.responses import ContractSiteClient

_FORM = re.compile(r'<textarea name="_content".*?</textarea>', re.DOTALL)


def page(cast: Cast, who: str, url: str) -> str:
    client = ContractSiteClient()
    client.force_login(getattr(cast, who))
    response: Any = client.get(url.format(cast), HTTP_ACCEPT="text/html")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/html")
    return str(response.content.decode())


@pytest.mark.parametrize(
    ("url", "shown", "offered"),
    [
        ("/api/v2/projects", "Disintegrating Pistol", "delete_bot_data_enabled"),
        ("/api/v2/projects/{0.project.pk}", "Disintegrating Pistol", '"promoted_tabs": []'),
        ("/api/v2/projects/{0.project.pk}/config", "@@UserAgentBotPatterns", "password,*token*"),
        ("/api/v2/projects/{0.project.pk}/tokens", "{0.key.secret}", "Web shop"),
        ("/api/v2/organizations/{0.organization.pk}/tokens", "{0.key.secret}", "Web shop"),
        ("/api/v2/tokens/{0.key.secret}", "{0.key.secret}", '"is_disabled": '),
    ],
)
def test_a_member_sees_the_answer_and_a_form(cast: Cast, url: str, shown: str, offered: str) -> None:
    text = page(cast, "owner", url)
    assert shown.format(cast) in text
    assert any(offered in unescape(form) for form in _FORM.findall(text))


@pytest.mark.parametrize("url", ["/api/v2/projects/{0.project.pk}", "/api/v2/tokens/{0.key.secret}"])
def test_what_can_be_deleted_has_a_button_for_it(cast: Cast, url: str) -> None:
    assert 'data-method="DELETE"' in page(cast, "owner", url)


@pytest.mark.parametrize("url", ["/api/v2/projects/{0.project.pk}", "/api/v2/tokens/{0.key.secret}"])
def test_other_methods_are_a_405_that_names_the_allowed_ones(cast: Cast, url: str) -> None:
    response = cast.client(cast.owner).post(url.format(cast))
    assert response.status_code == 405
    assert set(response["Allow"].split(", ")) >= {"GET", "PUT", "PATCH", "DELETE"}
