"""What is typed at the door."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.internal.flows import post_authentication
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from forecourt.records.accounts import factors
from forecourt.records.accounts.models import Account


class CodeForm(forms.Form):
    """A code of the authenticator app, or a recovery code; each works once."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
        help_text=gettext_lazy("From your authenticator app, or one of your recovery codes."),
    )

    def __init__(self, *args: Any, user: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._account = user
        self.factor: Any = None

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.factor = factors.use_code(self._account, code)
        if self.factor is None:
            raise ValidationError(_("This code is not right, or it was used already."), code="wrong_code")
        return code

    def save(self) -> None:
        """Called by allauth when it goes on with the sign-in."""
        self.factor.user = self._account
        post_authentication(context.request, self.factor)


class NewPasswordForm(forms.Form):
    """A password that is hard to guess."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("At least ten characters; three or four words that do not belong together do well."),
    )

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._account = account

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password, self._account)
        return password


class AppForm(forms.Form):
    """The first code of a new authenticator app shows that it has the secret."""

    code = forms.CharField(
        label=gettext_lazy("Code from the app"),
        max_length=10,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def __init__(self, *args: Any, secret: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._secret = secret

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not self._secret or not factors.is_code_of(self._secret, code):
            raise ValidationError(_("This code does not fit. Is the clock of the phone right?"), code="wrong_code")
        return code
