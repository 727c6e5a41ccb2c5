"""The live process's application with its parts tied: `granian forecourt.config.live:application` runs it."""

from logging.config import dictConfig
from urllib.parse import urlsplit

from forecourt.config import logs
from forecourt.config.environment import Environment, environment
from forecourt.config.postgres import application_url
from forecourt.runtime.live.server import Live


def origins(here: Environment) -> frozenset[str]:
    """Whose pages may follow: ours on this machine, or those of the proxy that FORECOURT_LIVE_URL names."""
    found = {f"http://{host}:{here.port}" for host in (*here.allowed_hosts, here.host)}
    found |= {f"https://{host}" for host in here.allowed_hosts if not here.is_local or here.live_url}
    if here.live_url:
        parts = urlsplit(here.live_url)
        found.add(f"{parts.scheme}://{parts.netloc}")
    return frozenset(found)


def application_of(here: Environment) -> Live:
    return Live(database_url=application_url(), secret=here.secret_key, origins=origins(here))


dictConfig(logs.configuration())
application = application_of(environment())
