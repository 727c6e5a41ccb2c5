"""Runs the darkroom: a process of its own per file, with bounded memory and time and none of our environment."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from forecourt.runtime.files import limits

_DARKROOM = Path(__file__).with_name("darkroom.py")


def command(kind: limits.Kind, decoder: str, source: Path, target: Path) -> list[str]:
    """How the darkroom is called for a file."""
    job = {
        "kind": kind, "decoder": decoder, "source": str(source), "target": str(target),
        "memory": limits.CHECK_MEMORY, "seconds": limits.CHECK_SECONDS,
        "pixels": limits.PIXELS.get(decoder, 0), "side": limits.SIDE_PIXELS, "pages": limits.PDF_PAGES,
    }  # fmt: skip
    # -P: modules beside the script must not stand in for the standard library's.
    return [sys.executable, "-P", "-s", str(_DARKROOM), json.dumps(job)]


def develop(kind: limits.Kind, decoder: str, source: Path, target: Path) -> dict[str, Any]:
    """What the darkroom says of a file; a process that dies or takes too long says `{"refused": …}` too."""
    try:
        done = subprocess.run(
            command(kind, decoder, source, target),
            capture_output=True,
            timeout=limits.CHECK_SECONDS,
            check=False,
            env={"PATH": os.defpath, "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return {"refused": "too_slow"}
    except ValueError:
        return {"refused": "unreadable"}
    return answer
