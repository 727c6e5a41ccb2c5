"""What is logged, and how: see `config.logs`."""

from forecourt.config.environment import environment
from forecourt.config.logs import configuration

LOGGING = configuration(debug=environment().debug)
