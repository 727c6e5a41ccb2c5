"""One process that starts Forecourt's parts, starts them again when they die, and stops them in order.

Knows nothing of what the parts do (`config.parts` does). Has no threads, so that children can be arranged to die with it; output,
signals and deaths all come through one loop.
"""

import contextlib
import fcntl
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from forecourt.kernel import processes

_COLOURS: Final = (36, 32, 35, 33, 34, 31)
_LONGEST_LOG: Final = 10 << 20
_STEADY_SECONDS: Final = 60
_LONGEST_PAUSE: Final = 30.0
_STOP_SECONDS: Final = 6.0


class AlreadyRunning(RuntimeError):
    """Another supervisor works on this data folder; the text says which."""


@dataclass(slots=True)
class Part:
    """Something that runs. `launch` starts it with its output going to the given file."""

    name: str
    launch: Callable[[int], subprocess.Popen[bytes]]
    works: Callable[[], bool] | None = None
    """Set for a part that may already be running, started by somebody else: it is launched only when this says no."""
    once: bool = False
    """A task rather than a part: it is not started again after it ended well."""
    stop_signal: signal.Signals = signal.SIGTERM
    is_chatty: bool = False
    """Its output goes to its log only."""
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    restarts: int = 0
    next_look: float = 0.0
    state: str = "waiting"
    log: "Log | None" = field(default=None, repr=False)


def launcher(command: list[str], variables: dict[str, str] | None = None) -> Callable[[int], subprocess.Popen[bytes]]:
    """A launch of an ordinary program, in a session of its own so that what it leaves behind can be found."""
    us = os.getpid()

    def launch(output: int) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command,
            env=os.environ | {"PYTHONUNBUFFERED": "1"} | (variables or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            preexec_fn=processes.dying_with(us, signal.SIGTERM),  # noqa: PLW1509 (no threads here)
        )

    return launch


class Log:
    """A part's output: into its file, and line by line with its name onto the terminal."""

    def __init__(self, name: str, folder: Path, number: int, *, is_chatty: bool) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{name}.log"
        self.reading, self.writing = os.pipe()
        os.set_blocking(self.reading, False)
        self._rest = b""
        self._is_chatty = is_chatty
        colour = _COLOURS[number % len(_COLOURS)]
        self._prefix = f"\x1b[{colour}m{name:<8}\x1b[0m │ " if sys.stdout.isatty() else f"{name:<8} | "

    def take(self) -> None:
        """Write whatever has come."""
        try:
            data = os.read(self.reading, 1 << 16)
        except BlockingIOError:
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > 1 << 16:
            lines, self._rest = [*lines, self._rest], b""
        if lines:
            self.write(lines)

    def write(self, lines: Iterable[bytes]) -> None:
        if self.path.exists() and self.path.stat().st_size > _LONGEST_LOG:
            self.path.replace(self.path.with_suffix(".log.1"))
        with self.path.open("ab") as file:
            file.writelines(line + b"\n" for line in lines)
        if self._is_chatty:
            return
        # A terminal that was closed is no reason to stop.
        with contextlib.suppress(OSError):
            for line in lines:
                print(self._prefix + line.decode(errors="replace"), flush=True)  # noqa: T201


class Supervisor:
    """Runs parts under one data folder. `add` them in the order of start; they stop the other way round."""

    def __init__(self, *, run_folder: Path, logs_folder: Path) -> None:
        self.parts: list[Part] = []
        self.is_stopping = False
        self._run_folder = run_folder
        self._logs_folder = logs_folder
        self._selector = selectors.DefaultSelector()
        self._lock: IO[str] | None = None
        self._asked_at = 0.0

    def begin(self) -> None:
        """Claim the data folder, clear away what a killed supervisor left, and listen to signals."""
        self._run_folder.mkdir(parents=True, exist_ok=True)
        self._lock = (self._run_folder / "supervisor.lock").open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"Forecourt already runs on {self._run_folder.parent}{_who(self._note())}.") from None
        _clear_leftovers(self._note())
        alarm_in, alarm_out = os.pipe()
        for end in (alarm_in, alarm_out):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(alarm_out)
        self._selector.register(alarm_in, selectors.EVENT_READ, lambda: os.read(alarm_in, 512))
        # A shell that starts us in the background lets us ignore SIGINT; who sends it all the same means it.
        signal.signal(signal.SIGTERM, self._asked_to_stop)
        signal.signal(signal.SIGINT, self._asked_to_stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup ignores the hangup for us
            signal.signal(signal.SIGHUP, self._asked_to_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def add(self, part: Part) -> None:
        part.log = Log(part.name, self._logs_folder, len(self.parts), is_chatty=part.is_chatty)
        self._selector.register(part.log.reading, selectors.EVENT_READ, part.log.take)
        self.parts.append(part)
        self._look_after(part)

    def say(self, text: str) -> None:
        with contextlib.suppress(OSError):
            print(text, flush=True)  # noqa: T201

    def run_until(self, condition: Callable[[], bool], *, seconds: float) -> bool:
        """Keep everything running until the condition holds; False if it did not in time or a stop was asked for."""
        until = time.monotonic() + seconds
        while not condition():
            if self.is_stopping or time.monotonic() > until:
                return False
            self._turn(0.1)
        return True

    def run(self) -> None:
        """Until somebody asks to stop."""
        while not self.is_stopping:
            self._turn(1.0)

    def stop(self) -> None:
        """Stop the parts, the last started first. What does not go in time is killed."""
        self.is_stopping = True
        groups = [[part] for part in reversed(self.parts) if part.works is not None]
        others = [part for part in reversed(self.parts) if part.works is None]
        for group in [others, *groups]:
            self._stop_together([part for part in group if part.process is not None])
        (self._run_folder / "parts.json").unlink(missing_ok=True)
        self._selector.close()

    def _stop_together(self, parts: list[Part]) -> None:
        for part in parts:
            assert part.process is not None
            with contextlib.suppress(ProcessLookupError):
                part.process.send_signal(part.stop_signal)
        until = time.monotonic() + _STOP_SECONDS
        while any(part.process is not None and part.process.poll() is None for part in parts) and time.monotonic() < until:
            self._listen(0.05)
        for part in parts:
            assert part.process is not None
            _kill_group(part.process.pid)
            part.process.wait()
        self._listen(0)

    def _turn(self, seconds: float) -> None:
        self._listen(seconds)
        for part in self.parts:
            self._look_after(part)

    def _listen(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            with contextlib.suppress(BlockingIOError):
                key.data()

    def _look_after(self, part: Part) -> None:
        now = time.monotonic()
        if part.process is not None:
            code = part.process.poll()
            if code is None:
                return
            self._bury(part, code, now)
        if part.state == "done" or now < part.next_look or self.is_stopping:
            return
        if part.works is not None and part.works():
            # Somebody else's server: look again soon.
            part.state, part.next_look = "running", now + 2
            return
        assert part.log is not None
        part.process = part.launch(part.log.writing)
        part.started_at, part.state = now, "running"
        self._write_note()

    def _bury(self, part: Part, code: int, now: float) -> None:
        """Note a death and when to try again: at once after a long life, ever later after short ones."""
        assert part.process is not None
        _kill_group(part.process.pid)
        part.process = None
        if part.once and code == 0:
            part.state = "done"
        else:
            part.restarts = 0 if now - part.started_at > _STEADY_SECONDS else part.restarts + 1
            pause = min(0.25 * 2 ** max(part.restarts - 1, 0), _LONGEST_PAUSE)
            part.state, part.next_look = "failed", now + pause
            if not self.is_stopping:
                self.say(f"{part.name} ended ({_ending(code)}); started again in {pause:.1f} s.")
        self._write_note()

    def _asked_to_stop(self, *_: object) -> None:
        if self._asked_at and time.monotonic() - self._asked_at > 1:
            # Asked again: at once.
            for part in self.parts:
                if part.process is not None:
                    _kill_group(part.process.pid)
            os._exit(130)
        self._asked_at = self._asked_at or time.monotonic()
        self.is_stopping = True

    def _note(self) -> dict[str, dict[str, object]]:
        try:
            note: dict[str, dict[str, object]] = json.loads((self._run_folder / "parts.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return note

    def _write_note(self) -> None:
        us = os.getpid()
        note = {"supervisor": {"pid": us, "began": processes.started(us), "state": "running"}}
        for part in self.parts:
            pid = part.process.pid if part.process is not None else 0
            note[part.name] = {"pid": pid, "began": processes.started(pid) if pid else "", "state": part.state}
        attempt = self._run_folder / "parts.json.new"
        attempt.write_text(json.dumps(note), encoding="utf-8")
        attempt.replace(self._run_folder / "parts.json")


def _who(note: dict[str, dict[str, object]]) -> str:
    pid = note.get("supervisor", {}).get("pid")
    return f" (process {pid})" if pid else ""


def _clear_leftovers(note: dict[str, dict[str, object]]) -> None:
    """End what a supervisor that was killed left behind. PostgreSQL is left: it is taken over or started anew."""
    for name, entry in note.items():
        pid = int(str(entry.get("pid") or 0))
        if name != "postgres" and pid > 1 and processes.started(pid) == entry.get("began"):
            _kill_group(pid)


def _kill_group(pid: int) -> None:
    """A part's workers die with it, else they would keep its port."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _ending(code: int) -> str:
    return f"exit {code}" if code >= 0 else f"signal {-code}"
