"""The dealer's own identity provider: which one, with which credentials, and whom it may bring in.

It never makes anybody a member of staff: who signs in by it was invited before, with the same, verified e-mail address. The first time
the provider's own name for the person is kept; from then on it must be the same, so that an address that changed hands opens nothing.
"""

from uuid import UUID

from django.db import transaction

from forecourt.kernel.errors import NotFound
from forecourt.records.dealership.events import IdentityProviderSet
from forecourt.records.dealership.models import IdentityProvider, Organisation, StaffMember
from forecourt.runtime import access, audit, clock, scope, seals
from forecourt.runtime.actors import Actor, system
from forecourt.runtime.events import publish


def kept() -> IdentityProvider | None:
    """The provider of the organisation in scope."""
    return IdentityProvider.objects.first()


@transaction.atomic
def arrange(*, actor: Actor, name: str, issuer: str, client_id: str, secret: str = "", is_on: bool = True) -> IdentityProvider:
    """Set it up or change it; an empty secret leaves the one that is kept. A new issuer knows nobody yet."""
    access.require(actor, "dealership.manage_sign_in")
    provider = IdentityProvider.objects.select_for_update().first() or IdentityProvider(issuer=issuer)
    if not secret and not provider.sealed_secret:
        raise ValueError("The first time the secret is needed.")
    if provider.issuer != issuer.rstrip("/"):
        StaffMember.objects.exclude(identity_subject="").update(identity_subject="")
    provider.name, provider.issuer, provider.client_id, provider.is_on = name, issuer.rstrip("/"), client_id, is_on
    if secret:
        provider.sealed_secret, provider.secret_set_at = seals.seal(secret), clock.now()
    provider.save()
    publish(IdentityProviderSet(provider_id=provider.pk, has_new_secret=bool(secret)), by=actor)
    audit.record(by=actor, act="identity_provider_set", object_kind="identity_provider", object_id=provider.pk, new_secret=bool(secret))
    return provider


@transaction.atomic
def forget(*, actor: Actor) -> None:
    """Without a provider of their own, staff sign in as everybody does."""
    access.require(actor, "dealership.manage_sign_in")
    provider = kept()
    if provider is not None:
        audit.record(by=actor, act="identity_provider_forgotten", object_kind="identity_provider", object_id=provider.pk)
        provider.delete()
        StaffMember.objects.exclude(identity_subject="").update(identity_subject="")


def secret_of(provider: IdentityProvider) -> str:
    """For asking the provider, and for nothing else; raises Unsealable."""
    return seals.unseal(provider.sealed_secret)


@transaction.atomic
def recognise(*, subject: str, email: str, is_verified: bool) -> StaffMember:
    """The invited member of staff whom the provider means; raises NotFound for everybody else."""
    rows = StaffMember.objects.select_for_update(of=("self",)).select_related("account").filter(is_active=True, account__is_active=True)
    member = rows.filter(account__email__iexact=email).first() if is_verified and email else None
    if member is None or not subject or member.identity_subject not in {"", subject}:
        raise NotFound
    if not member.identity_subject:
        member.identity_subject = subject[:255]
        member.save(update_fields=["identity_subject"])
        by = system(member.organisation_id, via="identity")
        audit.record(by=by, act="identity_joined", object_kind="staff_member", object_id=member.pk)
    return member


def of_organisation(organisation_id: UUID) -> IdentityProvider | None:
    """The provider that is switched on there."""
    with scope.of(organisation_id):
        return IdentityProvider.objects.filter(is_on=True).first()


@transaction.atomic
def renew_seals() -> int:
    """Bring the secrets of all organisations under the first key; how many there were."""
    count = 0
    for organisation_id in Organisation.objects.values_list("pk", flat=True):
        with scope.of(organisation_id):
            for provider in IdentityProvider.objects.select_for_update():
                provider.sealed_secret = seals.renew(provider.sealed_secret)
                provider.save(update_fields=["sealed_secret"])
                count += 1
    return count
