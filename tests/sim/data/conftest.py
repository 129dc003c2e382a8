import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Shelf:
    """A local web server that can be told to misbehave."""

    def __init__(self):
        self.files: dict[str, bytes] = {}
        self.ranges = True
        self.etag = '"one"'
        self.break_after: list[int] = []  # bytes of the body sent before each of the next answers breaks off
        self.extra_length = 0  # added to the true Content-Length
        self.status: list[int] = []  # the next answers are these instead
        self.chunked = False
        self.requests: list[tuple[str, str | None]] = []
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                shelf.answer(self)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # a client that hangs up is part of the game
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def answer(self, request):
        asked = request.headers.get("Range")
        self.requests.append((request.path, asked))
        request.close_connection = True
        if self.status:
            return self.refuse(request, self.status.pop(0))
        body = self.files.get(request.path)
        if body is None:
            return self.refuse(request, 404)
        start, status = 0, 200
        same = request.headers.get("If-Range") in (None, self.etag)
        if asked and self.ranges and same:
            start, status = int(asked.removeprefix("bytes=").split("-")[0]), 206
            if start >= len(body):
                return self.refuse(request, 416)
        request.send_response(status)
        if self.etag:
            request.send_header("ETag", self.etag)
        if status == 206:
            request.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        sent = body[start:]
        if self.chunked:
            request.send_header("Transfer-Encoding", "chunked")
            sent = f"{len(sent):x}\r\n".encode() + sent + b"\r\n0\r\n\r\n"
        else:
            request.send_header("Content-Length", str(len(sent) + self.extra_length))
        request.send_header("Connection", "close")
        request.end_headers()
        request.wfile.write(sent[: self.break_after.pop(0)] if self.break_after else sent)

    def refuse(self, request, status):
        request.send_response(status)
        request.send_header("Content-Length", "0")
        request.send_header("Connection", "close")
        request.end_headers()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def shelf(monkeypatch):
    monkeypatch.delenv("TOWNSQUARE_OFFLINE", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    shelf = Shelf()
    yield shelf
    shelf.close()
