"""The identity provider of the tests, taken in without the warnings of what it stands on: authlib shows its own whatever our filters say."""

import warnings

with warnings.catch_warnings(record=True):
    from oidc_provider_mock import User, run_server_in_thread

__all__ = ["User", "run_server_in_thread"]
