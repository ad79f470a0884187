"""The pages of plain words say what is true of this site, and nothing for nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from calendar_app.public.edition import Edition
from calendar_app.public.sites import Operator
from calendar_app.public.texts import PENDING_HOURS
from calendar_app.store.bounced import COUNTED_FOR
from calendar_app.store.subscribers import PENDING_FOR
from calendar_app.words.catalogs import catalog
from calendar_app.words.languages import LANGUAGES
from tests.pages.markup import Element, Tree
from tests.publishing import BASE_URL, TODAY, real_catalogue

SOMEBODY = Operator("A group", "post@example.org")


def page(path: str, operator: Operator) -> Element:
    found = Edition(real_catalogue(), TODAY, BASE_URL, operator).get(path)
    assert found.status == 200
    return Tree(found.plain.body.decode()).root


def sections(root: Element) -> list[str]:
    return [section.attributes["aria-labelledby"] for section in root.all("section")]


@pytest.mark.parametrize("tag", LANGUAGES)
def test_what_a_mail_leaves_behind_is_said_where_mails_are_sent(tag: str) -> None:
    text = catalog(tag).text("privacy_mail_relay")
    with_mail = page(f"/{tag}/privacy/", Operator("A group", "post@example.org", sends_mail=True))
    without = page(f"/{tag}/privacy/", SOMEBODY)

    assert text in with_mail.text
    assert text not in without.text
    assert sections(with_mail) == [*sections(without), "mail"]


def test_the_hours_of_an_unconfirmed_request_are_those_of_the_store() -> None:
    assert timedelta(hours=PENDING_HOURS) == PENDING_FOR


@pytest.mark.parametrize("tag", LANGUAGES)
def test_the_days_for_which_a_missing_address_counts_are_those_of_the_store(tag: str) -> None:
    assert f"{COUNTED_FOR.days} " in catalog(tag).text("privacy_bounced")


@pytest.mark.parametrize(
    ("path", "gone"), [("/en/about/", "who"), ("/en/accessibility/", "report")]
)
def test_who_cannot_be_reached_is_not_named(path: str, gone: str) -> None:
    assert gone in sections(page(path, SOMEBODY))
    assert "post@example.org" in page(path, SOMEBODY).text
    assert gone not in sections(page(path, Operator()))
