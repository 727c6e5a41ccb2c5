"""What a device is called: the browser and the system, as far as the browser says."""

from typing import Final

from django.utils.translation import gettext as _

_BROWSERS: Final = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
_SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"), ("Linux", "Linux"),
)  # fmt: skip


def device_name(program: str) -> str:
    """`Chrome, Windows`."""
    browser = next((name for mark, name in _BROWSERS if mark in program), "")
    system = next((name for mark, name in _SYSTEMS if mark in program), "")
    return ", ".join(filter(None, (browser, system))) or _("Unknown device")
