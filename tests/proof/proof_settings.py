"""The house's settings with short leases, so that a proof need not wait a minute for each death."""

from forecourt.config.settings import *  # noqa: F403

MESSAGING_LEASE_SECONDS = 4
BACKGROUND_STALLED_SECONDS = 3
PROCRASTINATE_WORKER_DEFAULTS = {"update_heartbeat_interval": 1.0, "stalled_worker_timeout": BACKGROUND_STALLED_SECONDS}
