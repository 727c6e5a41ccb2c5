"""Putting right what a file has wrong, by a form that stands as things are: only what is written otherwise is changed."""

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.db import transaction
from django.utils.translation import gettext as _

from forecourt.faces.staff.door import StaffRequest
from forecourt.kernel.errors import Refusal


def is_put_right(request: StaffRequest, form: forms.Form, change: Callable[..., object]) -> bool:
    """Whether the form was sent and what it says was done; else the form says why not."""
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        with transaction.atomic():
            change(**{name: form.cleaned_data[name] for name in form.changed_data})
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("Put right. The next file leaves it alone."))
    return True
