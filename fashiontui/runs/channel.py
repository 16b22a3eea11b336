"""JSON objects between two processes: one a line, over a pair of sockets."""

from __future__ import annotations

import json
import select
import socket
from collections.abc import Mapping
from typing import Any, Final

CHUNK_BYTES: Final = 1 << 16


class Channel:
    """One end. `is_open` turns false when the other one has gone and all it had said was received."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._begun = b""  # a line whose end has not come yet
        self.is_open = True

    def fileno(self) -> int:
        """For select."""
        return self._connection.fileno()

    def send(self, message: Mapping[str, Any]) -> bool:
        """Send, unless the other end has gone."""
        try:
            self._connection.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            return False
        return True

    def receive(self, wait_s: float = 0.0) -> list[dict[str, Any]]:
        """What has come meanwhile; waits so long for something to come."""
        while self.is_open and select.select([self._connection], [], [], wait_s)[0]:
            wait_s = 0.0
            self._read()
        *lines, self._begun = self._begun.split(b"\n")
        return [json.loads(line) for line in lines]

    def close(self) -> None:
        """Leave; the other end sees it go, unless a process that was forked meanwhile holds this end too."""
        self.is_open = False
        self._connection.close()

    def _read(self) -> None:
        try:
            data = self._connection.recv(CHUNK_BYTES)
        except OSError:
            data = b""
        self._begun += data
        self.is_open = bool(data)
