"""The server of the reports folder: this machine only, nothing but the folder, ports and words."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from workbench.errors import UsageError
from workbench.paths import Project
from workbench.publish import serve

INDEX = b"<!DOCTYPE html><title>All</title>"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A reports folder with something beside it that is nobody's business."""
    reports = tmp_path / "reports"
    (reports / "notebooks").mkdir(parents=True)
    (reports / "index.html").write_bytes(INDEX)
    for name in ("a.pdf", "a.docx", "a.facts.json", "notebooks/a.ipynb", "a.strange", "b c 中.html"):
        (reports / name).write_bytes(name.encode())
    (reports / ".a.html.1234.part").write_bytes(b"half")
    (tmp_path / "secret.html").write_bytes(b"secret")
    (reports / "out.html").symlink_to(tmp_path / "secret.html")
    (reports / "up").symlink_to(tmp_path)
    return reports


@pytest.fixture
def server(folder: Path) -> Iterator[serve.Server]:
    with serve.start(folder, 0) as started:
        thread = threading.Thread(target=started.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield started
        started.shutdown()
        thread.join()


def ask(server: serve.Server, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of an answer."""
    connection = http.client.HTTPConnection(serve.HOST, server.server_port, timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), body


@pytest.mark.parametrize(
    ("path", "type", "body"),
    [
        ("/", "text/html; charset=utf-8", INDEX),
        ("/index.html?x=1", "text/html; charset=utf-8", INDEX),
        ("/a.pdf", "application/pdf", b"a.pdf"),
        ("/a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"a.docx"),
        ("/a.facts.json", "application/json", b"a.facts.json"),
        ("/notebooks/a.ipynb", "application/x-ipynb+json", b"notebooks/a.ipynb"),
        ("/a.strange", "application/octet-stream", b"a.strange"),
        ("/b%20c%20%E4%B8%AD.html", "text/html; charset=utf-8", "b c 中.html".encode()),
    ],
)
def test_files_go_out_with_their_type_and_are_not_kept(server: serve.Server, path: str, type: str, body: bytes) -> None:
    status, headers, content = ask(server, path)
    assert (status, headers["Content-Type"], content) == (200, type, body)
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert ask(server, path, "HEAD")[2] == b""


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.html",
        "/%2e%2e/secret.html",
        "/notebooks/../../secret.html",
        "/..%2fsecret.html",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/out.html",
        "/up/secret.html",
        "/notebooks",
        "/notebooks/",
        "/.a.html.1234.part",
        "/none.html",
        "/a.pdf%00.html",
        "/" + "a" * 5000,
    ],
)
def test_nothing_else_goes_out(server: serve.Server, path: str) -> None:
    status, _, content = ask(server, path)
    assert (status, content) == (404, b"There is no such report.\n")


def test_only_names_of_this_machine_are_answered_to(server: serve.Server) -> None:
    port = server.server_port
    for host in ("evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", "127.0.0.1:1", ""):
        status, _, content = ask(server, "/", Host=host)
        assert (status, INDEX in content) == (403, False), host
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", "localhost"):
        assert ask(server, "/", Host=host)[0] == 200, host


def test_nothing_is_taken_in(server: serve.Server) -> None:
    assert ask(server, "/", "POST")[0] == 501
    assert ask(server, "/", "DELETE")[0] == 501


def test_it_listens_on_this_machine_only(server: serve.Server) -> None:
    assert server.socket.getsockname()[0] == "127.0.0.1"
    assert server.address == f"http://127.0.0.1:{server.server_port}/"


def test_a_port_that_is_taken_gives_the_next(folder: Path) -> None:
    with serve.start(folder, 0) as first, serve.start(folder, first.server_port) as second:
        assert first.server_port < second.server_port < first.server_port + serve.TRIES


def test_no_port_is_told_without_a_traceback(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(13, "not allowed")

    monkeypatch.setattr(serve.Server, "server_bind", refuse)
    with pytest.raises(UsageError, match=r"No port from 80 on can be used \(not allowed\).*--port"):
        serve.start(folder, 80)


def test_no_reports_yet(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no reports in .* yet\. Run workbench build"):
        serve.serve(Project(tmp_path), 0, False, print)


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_it_says_where_and_ends_quietly(folder: Path) -> None:
    (folder.parent / "workbench.toml").write_text("", encoding="utf-8")
    with socket.socket() as taken:
        taken.bind((serve.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "workbench.cli", "serve", "--project", str(folder.parent), "--port", str(port)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            said = [process.stdout.readline(), process.stdout.readline()]
            process.send_signal(signal.SIGINT)
            _, complaints = process.communicate(timeout=20)
    assert said[0].startswith(f"Port {port} is taken; ")
    assert "http://127.0.0.1:" in said[1]
    assert (process.returncode, complaints) == (0, "")
