"""The admin socket as raw JSON lines, as src/admin/command.h has them."""

import json
import socket


class Refused(AssertionError):
    def __init__(self, error):
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]


class Admin:
    def __init__(self, data, timeout=60):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(timeout)
        self._socket.connect(str(data / "run" / "admin.sock"))
        self._lines = self._socket.makefile("rwb")

    def __enter__(self):
        return self

    def __exit__(self, *why):
        self._lines.close()
        self._socket.close()

    def line(self):
        """The next line as an object; EOFError when the server is gone."""
        text = self._lines.readline()
        if not text.endswith(b"\n"):
            raise EOFError
        return json.loads(text)

    def send(self, command, **arguments):
        self._lines.write(json.dumps({"command": command, "arguments": arguments}).encode() + b"\n")
        self._lines.flush()

    def result(self):
        answer = self.line()
        if not answer["ok"]:
            raise Refused(answer["error"])
        return answer["result"]

    def do(self, command, **arguments):
        """The result; Refused when the server says no, EOFError or OSError when it is gone."""
        self.send(command, **arguments)
        return self.result()
