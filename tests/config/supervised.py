"""A small Forecourt for the supervisor's tests: two parts that only sleep. `python supervised.py FOLDER` runs it."""

import sys
from pathlib import Path

from forecourt.config.supervisor import AlreadyRunning, Part, Supervisor, launcher

_SLEEPER = """
import signal, sys, time
def end(*_):
    print("goes", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print("is there", flush=True)
time.sleep(600)
"""


def main() -> int:
    folder = Path(sys.argv[1])
    supervisor = Supervisor(run_folder=folder / "run", logs_folder=folder / "logs")
    try:
        supervisor.begin()
    except AlreadyRunning as problem:
        print(problem)  # noqa: T201
        return 1
    supervisor.add(Part("once", launcher([sys.executable, "-c", "print('did it')"]), once=True))
    supervisor.add(Part("first", launcher([sys.executable, "-c", _SLEEPER])))
    supervisor.add(Part("second", launcher([sys.executable, "-c", _SLEEPER])))
    supervisor.run()
    supervisor.stop()
    return 0


sys.exit(main())
