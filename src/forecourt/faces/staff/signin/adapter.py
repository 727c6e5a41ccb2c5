"""Staff are invited by their dealer; nobody signs up."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from forecourt.faces.ui import nearness


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return nearness.address(request)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Our pages say themselves what happened."""
