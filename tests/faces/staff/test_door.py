"""Who comes in by the staff door."""

import pytest
from django.test import Client
from django.urls import reverse

from forecourt.records.dealership.models import StaffMember
from tests.cast import Alpen


@pytest.mark.django_db
def test_without_a_session_a_page_goes_to_the_sign_in_and_a_piece_of_one_is_told_so(client: Client) -> None:
    url = reverse("segments:new")
    assert client.get(url).headers["Location"] == f"/signin/?next={url}"
    piece = client.post(url, {"do": "count"}, headers={"HX-Request": "true"})
    assert (piece.status_code, piece.content) == (401, b"")


def test_a_session_that_outlives_the_employment_opens_nothing(alpen: Alpen) -> None:
    client = Client()
    client.force_login(alpen.staff["Alice Adler"].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/staff/board/").status_code == 200
    with alpen.scope():
        StaffMember.objects.filter(pk=alpen.staff["Alice Adler"].pk).update(is_active=False)
    assert client.get("/staff/board/").status_code == 403
