"""What a page of ours may load: only from us, scripts only with this response's nonce."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
# The phone's camera and the passkey are ours to ask for; nothing else, and nobody we would embed.
PERMISSIONS = (
    "camera=(self), publickey-credentials-create=(self), publickey-credentials-get=(self), "
    "microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=()"
)


class ContentSecurityPolicy:
    """Sets the policy; templates find the nonce as `request.csp_nonce`."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", policy(nonce))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


def policy(nonce: str) -> str:
    # Positions on the planning board are style attributes; style elements still need the nonce.
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'",
            f"style-src 'self' 'nonce-{nonce}'",
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "media-src 'self' blob:",
            f"connect-src 'self' {settings.LIVE_URL}",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )
