"""Django's settings by topic. What the machine decides comes from `config.environment`; what a dealer decides is not here."""

from forecourt.config.settings.background import *  # noqa: F403
from forecourt.config.settings.database import *  # noqa: F403
from forecourt.config.settings.faces import *  # noqa: F403
from forecourt.config.settings.house import *  # noqa: F403
from forecourt.config.settings.logs import *  # noqa: F403
from forecourt.config.settings.security import *  # noqa: F403
from forecourt.config.settings.texts import *  # noqa: F403
