"""Whether a password is hard enough to guess. Measured by zxcvbn with the person's own words in mind, not by classes of characters."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

ENOUGH = 3  # of 4: about 10^10 guesses
_LONGEST_MEASURED = 72
_OWN = ("forecourt", "autohaus", "werkstatt", "concessionaria", "dealer")


def strength(password: str, *own_words: str) -> int:
    """0 to 4. `own_words` are those that a stranger would try first: name, address, dealer."""
    words = [*_OWN, *(part for word in own_words for part in (word, *word.replace("@", " ").replace(".", " ").split()) if part)]
    return int(zxcvbn(password[:_LONGEST_MEASURED], user_inputs=words)["score"])


class HardToGuess:
    """Django's password validator."""

    def validate(self, password: str, user: object = None) -> None:
        own = [str(getattr(user, name, "") or "") for name in ("email", "name")]
        if strength(password, *own) < ENOUGH:
            raise ValidationError(
                _(
                    "This password is too easy to guess. Three or four words that do not belong together are hard to guess and easy to keep."
                ),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return _("At least ten characters; three or four words that do not belong together do well.")
