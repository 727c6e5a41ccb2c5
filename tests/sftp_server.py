"""A dealer's SFTP server, as a twin: a real one on this machine, in a folder, that lets in one name by password or key.

`sftp_server` is the fixture; it stands for `localhost`, which the test must name among the operator's own hosts.
"""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncssh
import pytest

NAME, PASSWORD = "dms", "correct horse"


@dataclass
class SftpServer:
    """Where it listens and what it was asked."""

    folder: Path
    port: int = 0
    signed_in: list[str] = field(default_factory=list)
    allowed_key: str = ""
    _loop: Any = None
    _acceptor: Any = None

    def renew(self) -> None:
        """Another machine answers from now on, at the same port."""
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)

    async def _listen(self) -> None:
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
        told = self

        class Door(asyncssh.SSHServer):
            def begin_auth(self, username: str) -> bool:
                return True

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                told.signed_in.append(f"password {password}")
                return (username, password) == (NAME, PASSWORD)

            def public_key_auth_supported(self) -> bool:
                return True

            def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
                told.signed_in.append("key")
                return username == NAME and " ".join(key.export_public_key().decode().split()[:2]) == told.allowed_key

        def chrooted(channel: Any) -> asyncssh.SFTPServer:
            return asyncssh.SFTPServer(channel, chroot=str(told.folder).encode())

        self._acceptor = await asyncssh.listen(
            "127.0.0.1", self.port, server_factory=Door, server_host_keys=[asyncssh.generate_private_key("ssh-ed25519")],
            sftp_factory=chrooted, reuse_address=True,
        )  # fmt: skip
        self.port = self._acceptor.get_port()


@pytest.fixture
def sftp_server(tmp_path: Path) -> Iterator[SftpServer]:
    folder = tmp_path / "server"
    (folder / "out").mkdir(parents=True)
    server = SftpServer(folder, _loop=asyncio.new_event_loop())
    thread = threading.Thread(target=server._loop.run_forever, daemon=True)
    thread.start()
    server.renew()
    yield server

    async def end() -> None:
        server._acceptor.close()
        await server._acceptor.wait_closed()
        for each in asyncio.all_tasks() - {asyncio.current_task()}:
            each.cancel()

    asyncio.run_coroutine_threadsafe(end(), server._loop).result(10)
    server._loop.call_soon_threadsafe(server._loop.stop)
    thread.join(5)
    server._loop.close()
