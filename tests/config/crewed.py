"""A crew for the tests: workers that write their pid and wait. `python crewed.py FOLDER POST…` runs it."""

import os
import signal
import sys
from pathlib import Path

from forecourt.config.crew import Crew, Post


def main() -> int:
    folder = Path(sys.argv[1])

    def work(post: Post) -> None:
        fresh = folder / f"{post.queue}.new"
        fresh.write_text(f"{os.getpid()} {os.environ['PGAPPNAME']} {os.nice(0)}", encoding="utf-8")
        fresh.replace(folder / post.queue)
        if post.queue == "deaf":
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.pause()

    Crew([Post.read(text) for text in sys.argv[2:]], work).run()
    return 0


sys.exit(main())
