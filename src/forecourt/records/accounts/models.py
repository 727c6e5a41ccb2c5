"""A person's login. It belongs to the person, not to a dealer, so these tables know no organisation unless they say so.

Staff sign in to it with a session of Django's, customers with a `Device`: neither opens the other's pages.
"""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from forecourt.kernel.ids import uuid7
from forecourt.runtime.scope import ScopedModel


class AccountManager(BaseUserManager["Account"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Account":
        account = Account(email=self.normalize_email(email), **fields)
        account.set_password(password)
        account.save()
        return account

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email__iexact=username)


class Account(AbstractBaseUser):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=10, default="en")
    theme = models.CharField(max_length=6, default="auto")
    is_active = models.BooleanField(default=True)
    favourite_organisation_id = models.UUIDField(null=True)
    quiet_from = models.TimeField(null=True)  # on the wall clock of whoever writes
    quiet_until = models.TimeField(null=True)
    session_epoch = models.PositiveIntegerField(default=0)  # one more ends every session there is
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    objects = AccountManager()

    # Django's admin is not a product path; these satisfy libraries that ask.
    is_staff = False
    is_superuser = False

    class Meta:
        app_label = "accounts"
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]

    def __str__(self) -> str:
        return self.email

    def get_session_auth_hash(self) -> str:
        """What every session of this account must still know: it changes with the password and with the epoch."""
        salt = "forecourt.records.accounts.session"
        return salted_hmac(salt, f"{self.password}:{self.session_epoch}", algorithm="sha256").hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """None: the secret key has no predecessors."""
        return iter(())


class SignIn(models.Model):
    """One session of an account: on which device, how it began, when it was seen last. Not a dealer's row: it is the person's."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="signins")
    session_key = models.CharField(max_length=40, unique=True)
    how = models.CharField(max_length=20)
    address = models.CharField(max_length=45, blank=True)
    program = models.CharField(max_length=250, blank=True)  # what the browser calls itself
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "accounts"
        indexes = [models.Index(fields=["account", "-seen_at"], name="signin_by_account")]


class Proof(models.Model):
    """That somebody reads what comes to an address: a code, to mail addresses also a link, was sent to it. Of both only digests are kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12)  # sign_in | old_address | new_address; to a phone: sign_in_sms | new_phone
    address = models.CharField(max_length=254)  # of mail, or a number in E.164
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="+")  # whose address is to change
    browser_digest = models.CharField(max_length=64)  # of the browser that asked
    code_digest = models.CharField(max_length=64)
    link_digest = models.CharField(max_length=64, unique=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "accounts"
        indexes = [models.Index(fields=["ends_at"], name="proof_by_end")]


class AddressChange(models.Model):
    """An account moves to another address once both the old and the new one have been proven."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    address = models.CharField(max_length=254)  # the new one
    old_proof = models.ForeignKey(Proof, on_delete=models.CASCADE, related_name="+")
    new_proof = models.ForeignKey(Proof, on_delete=models.CASCADE, null=True, related_name="+")  # none if another account has the address
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "accounts"
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=models.Q(ended_at=None), name="one_open_address_change_per_account")
        ]


class Phone(models.Model):
    """The mobile number that an account has proven: a code sent there signs in. One number opens one account."""

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="phone")
    number = models.CharField(max_length=16, unique=True)  # E.164
    proven_at = models.DateTimeField()
    used_at = models.DateTimeField()  # when a code sent there was last entered

    class Meta:
        app_label = "accounts"
        indexes = [models.Index(fields=["used_at"], name="phone_by_use")]


class Device(models.Model):
    """A browser in which a customer is signed in; it holds a secret of which we keep the digest."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="devices")
    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)  # such as "Chrome, Android"
    way = models.CharField(max_length=8)  # code | link | sms | passkey
    began_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "accounts"


class Passkey(models.Model):
    """A customer's passkey. Only its public half is here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.CharField(max_length=1400, unique=True)
    credential = models.BinaryField()
    uses = models.BigIntegerField(default=0)  # its own counter
    name = models.CharField(max_length=80)
    made_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "accounts"


class CustomerLink(models.Model):
    """A person's account joined to a dealer's customer: all their cars (owner), or one of them with some rights (driver).

    It spans dealers for one person, and is therefore outside every dealer's scope; of the dealer it holds ids alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="customer_links")
    organisation_id = models.UUIDField()
    customer_id = models.UUIDField()
    vehicle_id = models.UUIDField(null=True)  # a driver's one car
    may_book = models.BooleanField(default=True)
    may_approve = models.BooleanField(default=True)
    way = models.CharField(max_length=12)  # address | dealer_code | staff_check | invitation
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "accounts"
        indexes = [models.Index(fields=["organisation_id", "customer_id"], name="link_by_customer")]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "organisation_id", "customer_id"],
                condition=models.Q(ended_at=None, vehicle_id=None),
                name="one_link_per_account_and_customer",
            ),
            models.UniqueConstraint(
                fields=["account", "organisation_id", "customer_id", "vehicle_id"],
                condition=models.Q(ended_at=None, vehicle_id__isnull=False),
                name="one_link_per_driver_and_car",
            ),
        ]

    @property
    def is_owner(self) -> bool:
        return self.vehicle_id is None


class DriverInvitation(models.Model):
    """An owner lets somebody use one car. It opens only for the account of the address it was sent to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner_link = models.ForeignKey(CustomerLink, on_delete=models.CASCADE, related_name="invitations")
    vehicle_id = models.UUIDField()
    address = models.CharField(max_length=254)
    may_book = models.BooleanField()
    may_approve = models.BooleanField()
    digest = models.CharField(max_length=64, unique=True)
    invited_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    driver_link = models.ForeignKey(CustomerLink, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        app_label = "accounts"


class DealerCode(ScopedModel):
    """A code that staff hand to a customer whom they know; whoever enters it joins that record to their account."""

    seen_everywhere = "a code says whose it is"

    customer_id = models.UUIDField()
    digest = models.CharField(max_length=64, unique=True)
    given_by_id = models.UUIDField(null=True)
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "accounts"
        indexes = [models.Index(fields=["organisation_id", "customer_id"], name="dealer_code_by_customer")]


class CarClaim(ScopedModel):
    """Somebody says a car is theirs and shows a paper; staff of the dealer decide. States: waiting, approved, rejected."""

    account_id = models.UUIDField()
    vin = models.CharField(max_length=17)
    name = models.CharField(max_length=120)
    paper = models.ForeignKey("runtime.StoredFile", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, default="waiting")
    asked_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    decided_by_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)  # whose car it is, once approved
    reason = models.CharField(max_length=24, blank=True)  # unreadable | other_car | unknown_car

    class Meta:
        app_label = "accounts"
        indexes = [models.Index(fields=["organisation_id", "state", "asked_at"], name="car_claim_waiting")]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation_id", "account_id", "vin"], condition=models.Q(state="waiting"), name="one_waiting_claim_per_car"
            )
        ]


class ApiToken(ScopedModel):
    """A program's login at one dealer, with the rights of one role. Only a digest of the secret is kept."""

    seen_everywhere = "a token says whose it is"

    name = models.CharField(max_length=80)
    role = models.CharField(max_length=20)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.UUIDField(null=True)  # the member of staff; it ends when they leave
    created_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "accounts"
