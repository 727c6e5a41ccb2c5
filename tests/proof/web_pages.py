"""The pages as they are served, but they can be made to die after the commit of a POST and before its answer.

When the file named by PROOF_DIE_NOW exists, the process that answers the next POST kills itself there, once.
"""

import os
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from forecourt.config.wsgi import application as pages

_TRIGGER = Path(os.environ["PROOF_DIE_NOW"])


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    answer: Iterable[bytes] = pages(environ, start_response)
    if environ["REQUEST_METHOD"] == "POST" and _TRIGGER.exists():
        _TRIGGER.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    return answer
