"""SFTP servers of dealers' systems: asked at the one number that was checked, and only if the machine is the one that answered first.

Nothing of our own environment is used to sign in: no agent, no configuration, no other key. A machine whose key is another than before gets
neither password nor signature.
"""

import asyncio
import contextlib
import posixpath
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import IO, Any, Final, TypeVar

import asyncssh

from forecourt.adapters import outside
from forecourt.adapters.folders import REFUSED, is_wanted
from forecourt.engines.intake.fetching.places import MOST_NAMES, Address, Found, Unfit, Unreached

DONE: Final = "done"
SECONDS_TO_SIGN_IN: Final = 20
SECONDS_TO_ANSWER: Final = 60
SECONDS_FOR_A_FILE: Final = 1800
_BLOCK: Final = 1 << 18
T = TypeVar("T")


class _Client(asyncssh.SSHClient):
    """Trusts the first key it sees, or the one that was seen before."""

    def __init__(self, pinned: str) -> None:
        self._pinned = pinned
        self.key = ""
        self.is_stranger = False

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
        self.key = " ".join(key.export_public_key("openssh").decode().split()[:2])
        self.is_stranger = bool(self._pinned) and self.key != self._pinned
        return not self.is_stranger


@contextmanager
def opened(address: Address) -> Iterator["Server"]:
    """The folder on the server. Raises Unreached."""
    place = address.place
    try:
        number = outside.number_of(str(place["host"]), int(place.get("port") or 22))
    except (outside.Closed, outside.Silent) as problem:
        raise Unreached(problem.code) from problem
    with asyncio.Runner() as runner:
        session = _Session(runner, address, number)
        try:
            session.sign_in()
            yield Server(session, place, address.at_most)
        finally:
            session.hang_up()


class _Session:
    """One connection; its errors become our codes."""

    def __init__(self, runner: asyncio.Runner, address: Address, number: str) -> None:
        self._runner, self._address, self._number = runner, address, number
        self.client = _Client(address.host_key)
        self._connection: asyncssh.SSHClientConnection | None = None
        self.files: Any = None

    def sign_in(self) -> None:
        self.run(self._sign_in(), SECONDS_TO_SIGN_IN)

    async def _sign_in(self) -> None:
        place, is_key = self._address.place, self._address.place.get("auth") == "key"
        self._connection = await asyncssh.connect(
            self._number, int(place.get("port") or 22), username=str(place["username"]), client_factory=lambda: self.client,
            known_hosts=asyncssh.import_known_hosts(""), config=[], agent_path=None, gss_host=None, compression_algs=None,
            client_keys=[asyncssh.import_private_key(self._address.secret)] if is_key else None,
            password=None if is_key else self._address.secret, keepalive_interval=15, x509_trusted_certs=None,
            preferred_auth="publickey" if is_key else "password,keyboard-interactive",
        )  # fmt: skip
        self.files = await self._connection.start_sftp_client()

    def run(self, work: Coroutine[Any, Any, T], seconds: float) -> T:
        """Do it in bounded time; raises Unreached."""
        try:
            return self._runner.run(asyncio.wait_for(work, seconds))
        except TimeoutError as error:
            raise Unreached("too_slow") from error
        except asyncssh.HostKeyNotVerifiable as error:
            raise Unreached("host_key_changed" if self.client.is_stranger else "no_host_key") from error
        except asyncssh.PermissionDenied as error:
            raise Unreached("signed_out") from error
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath) as error:
            raise Unreached("no_folder") from error
        except asyncssh.SFTPPermissionDenied as error:
            raise Unreached("not_allowed") from error
        except (asyncssh.Error, OSError, ValueError) as error:
            raise Unreached("no_connection" if isinstance(error, OSError) else "not_sftp") from error

    def hang_up(self) -> None:
        if self._connection is not None:
            connection = self._connection
            connection.abort()
            with contextlib.suppress(Exception):
                self._runner.run(asyncio.wait_for(connection.wait_closed(), 5))


class Server:
    """An open folder on a server."""

    def __init__(self, session: _Session, place: dict[str, Any], at_most: int) -> None:
        self._session, self._at_most = session, at_most
        self._folder = str(place.get("folder") or ".")
        self._pattern = place.get("pattern") or "*"
        self._is_moved = bool(place.get("is_moved"))

    @property
    def host_key(self) -> str:
        return self._session.client.key

    def check(self) -> None:
        """It is open."""

    def files(self) -> list[Found]:
        return self._session.run(self._files(), SECONDS_TO_ANSWER)

    async def _files(self) -> list[Found]:
        found: list[Found] = []
        async for entry in self._session.files.scandir(self._folder):
            name, seen = entry.filename, entry.attrs
            if not isinstance(name, str) or not is_wanted(name, self._pattern) or seen.type != asyncssh.FILEXFER_TYPE_REGULAR:
                continue
            found.append(Found(name, _mark(seen), float(seen.mtime or 0)))
            if len(found) >= MOST_NAMES:
                break
        return found

    def fetch(self, found: Found, into: IO[bytes]) -> str:
        return self._session.run(self._fetch(found, into), SECONDS_FOR_A_FILE)

    async def _fetch(self, found: Found, into: IO[bytes]) -> str:
        try:
            async with self._session.files.open(self._path(found.name), "rb", block_size=_BLOCK) as stream:
                written = 0
                while block := await stream.read(_BLOCK):
                    written += len(block)
                    if written > self._at_most:
                        raise Unfit("too_large")
                    into.write(block)
            if await self._mark_of(found.name) != found.mark:
                raise Unfit("vanished")
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPPermissionDenied) as error:
            raise Unfit("vanished") from error
        return found.mark

    def put_away(self, found: Found, *, refused: str = "") -> None:
        """Moved, unless it is to stay. A server that lets us read only is no fault: then what was taken is known by its content."""
        if self._is_moved:
            with contextlib.suppress(Unreached):
                self._session.run(self._put_away(found, refused), SECONDS_TO_ANSWER)

    async def _put_away(self, found: Found, refused: str) -> None:
        files, folder = self._session.files, self._path(REFUSED if refused else DONE)
        if await self._mark_of(found.name) != found.mark:
            return  # another one came under this name meanwhile
        await files.makedirs(folder, exist_ok=True)
        name = found.name
        while await files.exists(posixpath.join(folder, name)):
            name = f"+{name}"
        if refused:
            async with files.open(posixpath.join(folder, f"{name}.txt"), "w") as out:
                await out.write(refused + "\n")
        if await self._mark_of(found.name) == found.mark:
            await files.rename(self._path(found.name), posixpath.join(folder, name))

    async def _mark_of(self, name: str) -> str:
        return _mark(await self._session.files.lstat(self._path(name)))

    def _path(self, name: str) -> str:
        return posixpath.join(self._folder, name)


def _mark(seen: asyncssh.SFTPAttrs) -> str:
    return f"{seen.size}:{seen.mtime}"
