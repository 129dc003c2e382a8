"""Against a real HTTP server, which also misbehaves."""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import numpy as np
import pytest

from townsquare.memory.embedders.hashing import Hashing
from townsquare.memory.embedders.openai import OpenAI
from townsquare.protocols import InputError, Streams, find
from townsquare.protocols.errors import RunStopped

pytest.importorskip("openai", reason="needs pip install 'townsquare[llm]'")


class Server(ThreadingHTTPServer):
    """Embeds by hashing, and keeps what it was asked; ``answers`` come first, as (status, body)."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked, self.keys, self.answers = [], [], []
        self.url = f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(body)
        self.server.keys.append(self.headers["Authorization"])
        status, answer = self.server.answers.pop(0) if self.server.answers else (200, self.embedded(body))
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("retry-after-ms", "1")
        self.end_headers()
        self.wfile.write(data)

    def embedded(self, body):
        size = body.get("dimensions", 16)
        vectors = 3 * Hashing(Hashing.Config(dimensions=size), Streams(0)).embed(body["input"])
        rows = [{"object": "embedding", "index": n, "embedding": v.tolist()} for n, v in enumerate(vectors)]
        return {
            "object": "list",
            "model": body["model"],
            "data": rows[::-1],
            "usage": {"prompt_tokens": 1, "total_tokens": 1},
        }

    def log_message(self, *args):
        pass


@pytest.fixture
def server(monkeypatch) -> Iterator[Server]:
    made = Server()
    thread = Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("OPENAI_BASE_URL", made.url)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def make():
    made = []

    def one(**settings):
        made.append(OpenAI(OpenAI.Config(**settings), Streams(0)))
        return made[-1]

    yield one
    for each in made:
        each.close()


def test_is_registered():
    assert find("embedder", "openai") is OpenAI


def test_vectors_come_in_order_and_with_norm_1(server, make):
    texts = [f"alpha {n}" for n in range(7)] + ["", "alpha 0", " "]
    found = make(batch=3).embed(texts)
    wanted = Hashing(Hashing.Config(dimensions=16), Streams(0)).embed(texts)
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert [len(body["input"]) for body in server.asked] == [3, 3, 1], "each text once, the empty ones never"
    assert {body["encoding_format"] for body in server.asked} == {"float"}


def test_what_is_known_is_not_asked_again(server, make):
    embedder = make(remembered=2)
    first = embedder.embed(["a b", "c d", "e f"])
    np.testing.assert_array_equal(embedder.embed(["e f", "c d"]), first[[2, 1]])
    assert len(server.asked) == 1
    embedder.embed(["a b"])
    assert len(server.asked) == 2, "only two are remembered"


def test_a_tape_needs_no_server(server, make, tmp_path, monkeypatch):
    tape = str(tmp_path / "tape.sqlite")
    first = make(tape=tape).embed(["one text", "another"])
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    np.testing.assert_array_equal(make(tape=tape).embed(["another", "one text"]), first[[1, 0]])
    with pytest.raises(RunStopped, match="cannot be reached"):
        make(tape=tape, model="other", retries=0).embed(["another"])


def test_key_and_length_are_passed_on(server, make, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-test")
    assert make(dimensions=5).embed(["x"]).shape == (1, 5)
    assert server.keys == ["Bearer sk-of-the-test"]
    assert make().embed([]).shape == (0, 16)
    assert make(dimensions=5).embed([" "]).shape == (1, 5)


def test_a_passing_fault_is_tried_again(server, make):
    server.answers = [(500, {}), (429, {})]
    assert make().embed(["x y"]).any()
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("status", "body", "error", "says"),
    [
        (401, {"error": {"message": "Incorrect API key sk-secret"}}, InputError, "HTTP 401"),
        (404, {"error": {"message": "no such model"}}, InputError, "HTTP 404"),
        (429, {}, RunStopped, "HTTP 429"),
        (500, b"<html>", RunStopped, "HTTP 500"),
        (200, b"no json", RunStopped, "no list of embeddings"),
        (200, {"data": None}, RunStopped, "no list of embeddings"),
        (200, {"data": [{"index": 0, "embedding": [1.0]}]}, RunStopped, "1 embeddings for 2"),
        (200, {"data": [{"index": 0, "embedding": [1.0]}] * 2}, RunStopped, "do not fit"),
        (200, {"data": [{"index": n, "embedding": [1.0] * n} for n in (0, 1)]}, RunStopped, "no table"),
        (200, {"data": [{"index": n, "embedding": []} for n in (0, 1)]}, RunStopped, "empty or not finite"),
        (200, b'{"data":[{"index":0,"embedding":[NaN]},{"index":1,"embedding":[1]}]}', RunStopped, "not finite"),
    ],
)
def test_a_bad_answer_is_no_vector(server, make, status, body, error, says):
    server.answers = [(status, body)]
    with pytest.raises(error, match=says) as caught:
        make(retries=0).embed(["x", "y"])
    assert "sk-" not in str(caught.value)


def test_no_key_for_openai_itself(make, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with pytest.raises(InputError, match="OPENAI_API_KEY"):
        make().embed(["x"])


def test_a_missing_package_is_named(make, monkeypatch):
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(InputError, match=r"pip install 'townsquare\[llm\]'"):
        make(base_url="http://127.0.0.1:9").embed(["x"])


def test_a_file_that_is_no_tape(make, tmp_path):
    path = tmp_path / "x"
    path.write_text("no tape, and long enough to look like something else " * 40)
    with pytest.raises(InputError, match="no tape"):
        make(tape=str(path))
