"""Language and appearance from the menu of a page stay with the account of who is signed in, and mails follow."""

from django.test import Client
from django.urls import reverse

from forecourt.records.accounts import customer_links
from forecourt.records.accounts.models import Account
from forecourt.records.people.models import Customer
from tests.cast import Alpen, Rosso
from tests.faces.customer import persons


def staff_client(account: Account) -> Client:
    client = Client()
    client.force_login(account, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_what_staff_choose_is_kept_with_their_account_and_shown_on_their_next_device(alpen: Alpen) -> None:
    account = alpen.staff["Alice Adler"].account
    first = staff_client(account)
    assert first.post(reverse("ui:language"), {"language": "it", "next": "/staff/"})["Location"] == "/staff/"
    first.post(reverse("ui:theme"), {"theme": "dark"})
    account.refresh_from_db()
    assert (account.language, account.theme) == ("it", "dark")
    shown = staff_client(account).get("/staff/own/").content.decode()
    assert '<html lang="it"' in shown
    assert 'data-theme="dark"' in shown


def test_what_a_customer_chooses_is_kept_and_each_of_their_dealers_writes_so(alpen: Alpen, rosso: Rosso) -> None:
    client, account = persons.signed_in("dana@example.org")
    friends = alpen.customers["dieter"]
    for dealer, customer in ((alpen, alpen.dana), (rosso, rosso.eve)):
        with dealer.scope():
            customer_links.begin(account=account, customer_id=customer.pk, way="dealer_code")
    with alpen.scope():
        owner = customer_links.begin(account=persons.signed_in("dieter@example.org")[1], customer_id=friends.pk, way="dealer_code")
        car = alpen.cars["octavia"]
        customer_links.begin_driver(account=account, owner=owner, vehicle_id=car.pk, may_book=True, may_approve=False)
        before = Customer.objects.get(pk=friends.pk).language
    client.post(reverse("ui:language"), {"language": "ro"})
    account.refresh_from_db()
    assert account.language == "ro"
    with alpen.scope():
        assert Customer.objects.get(pk=alpen.dana.pk).language == "ro"
        assert Customer.objects.get(pk=friends.pk).language == before != "ro"
    with rosso.scope():
        assert Customer.objects.get(pk=rosso.eve.pk).language == "ro"


def test_nobody_and_nonsense_change_no_account(alpen: Alpen) -> None:
    account = alpen.staff["Alice Adler"].account
    Account.objects.filter(pk=account.pk).update(language="de", theme="light")
    Client().post(reverse("ui:language"), {"language": "it"})
    client = staff_client(account)
    client.post(reverse("ui:language"), {"language": "klingon"})
    client.post(reverse("ui:theme"), {"theme": "pink"})
    client.get(reverse("ui:language"), {"language": "it"})
    account.refresh_from_db()
    assert (account.language, account.theme) == ("de", "light")
