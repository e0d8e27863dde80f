"""``workbench serve``: the reports folder in a browser of this machine, and of no other.

Only 127.0.0.1 is listened on, only names of this machine are answered to, and nothing outside the folder is given out.
"""

from __future__ import annotations

import os
import socketserver
import webbrowser
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from workbench.errors import UsageError
from workbench.paths import Project

HOST = "127.0.0.1"
TRIES = 20
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".zip": "application/zip",
    ".md": "text/plain; charset=utf-8",
}


class Server(ThreadingHTTPServer):
    """A server of one folder on this machine."""

    daemon_threads = True
    allow_reuse_address = os.name == "posix"  # elsewhere it would take a port that is in use

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder.resolve()
        super().__init__((HOST, port), _Handler)

    def server_bind(self) -> None:
        """Bind, without the look-up of a name that `http.server` makes: it waits where there is no network."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.server_port}/"


def start(folder: Path, port: int) -> Server:
    """A server of ``folder`` at ``port`` or, where that is taken, at the next free one; 0 takes any.

    It listens from now on and answers once its ``serve_forever`` runs. Raises `UsageError` when no port is free.
    """
    for candidate in range(port, min(port + TRIES, 65536)):
        try:
            return Server(folder, candidate)
        except OSError as error:
            reason = error.strerror
    raise UsageError(f"No port from {port} on can be used ({reason}). Name another one with --port N.")


def serve(project: Project, port: int, browse: bool, tell: Callable[[str], None]) -> None:
    """Serve a project's reports until interrupted; ``browse`` opens them in the browser.

    Raises `UsageError` when there are no reports yet.
    """
    if not (project.reports / "index.html").is_file():
        raise UsageError(f"There are no reports in {project.reports} yet. Run workbench build first.")
    with start(project.reports, port) as server:
        try:
            if port and server.server_port != port:
                tell(f"Port {port} is taken; {server.server_port} is the next free one.")
            tell(f"The reports are at {server.address} for this machine only. Ctrl-C ends it.")
            if browse:
                webbrowser.open(server.address)
            server.serve_forever()
        except KeyboardInterrupt:
            tell("")


class _Handler(BaseHTTPRequestHandler):
    server: Server
    server_version = "workbench"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        self.answer(body=True)

    def do_HEAD(self) -> None:
        self.answer(body=False)

    def answer(self, body: bool) -> None:
        if not self.is_ours():
            return self.refuse(HTTPStatus.FORBIDDEN, "This server answers to 127.0.0.1 and localhost only.", body)
        file = self.file()
        try:
            content = file.read_bytes() if file is not None else None
        except OSError:
            content = None
        if file is None or content is None:
            return self.refuse(HTTPStatus.NOT_FOUND, "There is no such report.", body)
        self.send(HTTPStatus.OK, TYPES.get(file.suffix, "application/octet-stream"), content, body)

    def is_ours(self) -> bool:
        """A page from elsewhere whose name leads here must not read the reports."""
        name, _, port = self.headers.get("Host", "").partition(":")
        return name.lower() in (HOST, "localhost") and port in ("", str(self.server.server_port))

    def file(self) -> Path | None:
        """The file that is asked for, if it lies in the folder in truth, not by a link only, and is not hidden."""
        asked = unquote(urlsplit(self.path).path).lstrip("/") or "index.html"
        try:
            found = (self.server.folder / asked).resolve()
            inside, whole = found.relative_to(self.server.folder), found.is_file()
        except (ValueError, OSError, RuntimeError):  # outside, no name at all, a link that leads in a circle
            return None
        hidden = any(part.startswith(".") for part in (*inside.parts, *Path(asked).parts))
        return found if whole and not hidden else None

    def refuse(self, status: HTTPStatus, why: str, body: bool) -> None:
        self.send(status, "text/plain; charset=utf-8", f"{why}\n".encode(), body)

    def send(self, status: HTTPStatus, type: str, content: bytes, body: bool) -> None:
        self.send_response(status)
        self.send_header("Content-Type", type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: who read which report is nobody's business."""
