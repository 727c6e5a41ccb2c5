"""What a person sets for themselves: name, language, appearance, quiet hours, favourite dealer."""

from datetime import time
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.kernel.errors import Refusal
from forecourt.records.accounts import customer_links
from forecourt.records.accounts.models import Account

THEMES = ("auto", "light", "dark")


@transaction.atomic
def change(
    *,
    account: Account,
    name: str,
    language: str,
    theme: str,
    quiet_from: time | None,
    quiet_until: time | None,
    favourite_organisation_id: UUID | None,
) -> Account:
    """All of it at once, as the page shows it. Refusal("half_a_time", "not_your_dealer")."""
    if (quiet_from is None) != (quiet_until is None) or (quiet_from is not None and quiet_from == quiet_until):
        raise Refusal("half_a_time", _("Quiet hours need a beginning and an end that differ."))
    own = set(customer_links.of(account).values_list("organisation_id", flat=True))
    if favourite_organisation_id is not None and favourite_organisation_id not in own:
        raise Refusal("not_your_dealer", _("Choose one of your dealers."))
    account = Account.objects.select_for_update().get(pk=account.pk)
    account.name, account.language, account.theme = name.strip()[:120], language, theme
    account.quiet_from, account.quiet_until = quiet_from, quiet_until
    account.favourite_organisation_id = favourite_organisation_id
    account.save(update_fields=["name", "language", "theme", "quiet_from", "quiet_until", "favourite_organisation_id"])
    return account


@transaction.atomic
def choose(*, account: Account, language: str = "", theme: str = "") -> None:
    """Keep what was chosen in a menu; empty: not chosen. Raises ValueError for an appearance that there is not."""
    if theme and theme not in THEMES:
        raise ValueError(theme)
    chosen = {name: value for name, value in (("language", language), ("theme", theme)) if value}
    for name, value in chosen.items():
        setattr(account, name, value)
    account.save(update_fields=[*chosen])
