"""Who comes in by the staff door."""

from django.test import Client

from forecourt.records.dealership.models import StaffMember
from tests.cast import Alpen


def test_a_session_that_outlives_the_employment_opens_nothing(alpen: Alpen) -> None:
    client = Client()
    client.force_login(alpen.staff["Alice Adler"].account, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/staff/board/").status_code == 200
    with alpen.scope():
        StaffMember.objects.filter(pk=alpen.staff["Alice Adler"].pk).update(is_active=False)
    assert client.get("/staff/board/").status_code == 403
