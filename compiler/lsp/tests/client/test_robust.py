"""What no client should send, sent byte by byte; the session goes on."""

import json
import subprocess

import pytest

from conftest import PLAY, PLAYC, URI


class Session:
    """Raw messages to and from the server."""

    def __init__(self):
        self.process = subprocess.Popen([PLAYC, "lsp"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.last = 0

    def send(self, data: bytes):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def message(self, **parts):
        body = json.dumps({"jsonrpc": "2.0", **parts}).encode()
        self.send(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def read(self):
        length = 0
        while line := self.process.stdout.readline().strip():
            name, value = line.split(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return json.loads(self.process.stdout.read(length))

    def ask(self, method, params=None):
        self.last += 1
        self.message(id=self.last, method=method, params=params)
        return self.answer(self.last)

    def answer(self, id):
        while True:
            told = self.read()
            if "method" not in told and told.get("id") == id:
                return told

    def start(self):
        told = self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        assert told["result"]["capabilities"]["positionEncoding"] == "utf-16"
        self.message(method="initialized", params={})
        return self

    def open(self, text=PLAY):
        item = {"uri": URI, "languageId": "play", "version": 1, "text": text}
        self.message(method="textDocument/didOpen", params={"textDocument": item})

    def ends(self, code):
        assert self.process.wait(timeout=30) == code


@pytest.fixture
def session():
    it = Session()
    yield it
    it.process.kill()
    it.process.wait()


def test_order_of_life(session):
    early = session.ask("textDocument/hover", {})
    assert early["error"]["code"] == -32002
    session.message(method="textDocument/didOpen", params={})
    session.start()
    assert session.ask("initialize", {})["error"]["code"] == -32600
    assert session.ask("shutdown")["result"] is None
    assert session.ask("textDocument/hover", {})["error"]["code"] == -32600
    assert session.ask("shutdown")["error"]["code"] == -32600
    session.message(method="exit")
    session.ends(0)


def test_exit_without_shutdown(session):
    session.start()
    session.message(method="exit")
    session.ends(1)


def test_a_client_that_goes_away(session):
    session.start()
    session.process.stdin.close()
    session.ends(1)


def test_malformed_messages(session):
    session.start()
    for bad in (b"{", b"nonsense", b"\xff\xfe", b'{"a": 1', b"[" * 5000):
        session.send(b"Content-Length: %d\r\n\r\n%s" % (len(bad), bad))
        told = session.read()
        assert told["error"]["code"] == -32700 and told["id"] is None
    for odd in (b"[]", b"7", b'"text"', b"null", b"{}", b'{"jsonrpc": "2.0", "id": 3}'):
        session.send(b"Content-Length: %d\r\n\r\n%s" % (len(odd), odd))
        told = session.read()
        assert told["error"]["code"] == -32600, odd
    session.send(b"Content-Length: many\r\n\r\n")
    assert session.read()["error"]["code"] == -32700
    session.send(b"X-Other: 1\r\n\r\n")
    assert session.read()["error"]["code"] == -32700
    session.message(id=None, method="shutdown")
    assert session.read()["error"]["code"] == -32600
    session.open()
    assert session.ask("textDocument/documentSymbol", {"textDocument": {"uri": URI}})["result"]


def test_unknown_methods_and_wrong_parameters(session):
    session.start()
    session.open()
    assert session.ask("textDocument/nothing", {})["error"]["code"] == -32601
    session.message(method="textDocument/nothing", params={})
    session.message(method="$/unknown", params=[1, 2])
    here = {"uri": URI}
    wrong = [
        None,
        [],
        7,
        {},
        {"textDocument": 3},
        {"textDocument": {"uri": "file:///other.yml"}},
        {"textDocument": here},
        {"textDocument": here, "position": {"line": -1, "character": 0}},
        {"textDocument": here, "position": {"line": "a"}},
    ]
    for method in ("hover", "completion", "definition", "references", "rename", "prepareRename", "documentHighlight"):
        for params in wrong:
            assert session.ask(f"textDocument/{method}", params)["error"]["code"] == -32602, (method, params)
    far = {"textDocument": here, "position": {"line": 2**40, "character": 2**60}}
    assert "result" in session.ask("textDocument/hover", far)
    for changes in (None, 3, [{}], [{"text": 3}], [{"range": {}, "text": "x"}], [{"range": {"start": 1}, "text": ""}]):
        params = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": changes}
        session.message(method="textDocument/didChange", params=params)
    backwards = {"start": {"line": 3, "character": 9}, "end": {"line": 1, "character": 2}}
    params = {"textDocument": {"uri": URI, "version": 3}, "contentChanges": [{"range": backwards, "text": "x"}]}
    session.message(method="textDocument/didChange", params=params)
    assert session.ask("textDocument/documentSymbol", {"textDocument": here})["result"]


def test_cancelled_requests_are_answered_as_such(session):
    session.start()
    session.open()
    # all in one write, so that the cancellation is there before the request is begun
    parts = []
    for number in range(100, 140):
        params = {"textDocument": {"uri": URI}, "position": {"line": 12, "character": 16}}
        parts.append({"id": number, "method": "textDocument/completion", "params": params})
    parts.append({"method": "$/cancelRequest", "params": {"id": 139}})
    parts.append({"method": "$/cancelRequest", "params": {"id": 4711}})
    data = b""
    for part in parts:
        body = json.dumps({"jsonrpc": "2.0", **part}).encode()
        data += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    session.send(data)
    answers = [session.answer(number) for number in range(100, 140)]
    assert all("result" in a for a in answers[:-1])
    last = answers[-1]
    assert last.get("error", {}).get("code") == -32800 or "result" in last
    assert session.ask("textDocument/documentSymbol", {"textDocument": {"uri": URI}})["result"]


def test_every_prefix_of_a_play(session):
    """Typing a Play from nothing: every request at the end of what is there."""
    session.start()
    session.open("")
    for n in range(0, len(PLAY), 3):
        text = PLAY[:n]
        params = {"textDocument": {"uri": URI, "version": n + 2}, "contentChanges": [{"text": text}]}
        session.message(method="textDocument/didChange", params=params)
        line = text.count("\n")
        character = len(text[text.rfind("\n") + 1 :].encode("utf-16-le")) // 2
        at = {"textDocument": {"uri": URI}, "position": {"line": line, "character": character}}
        for method in ("completion", "hover", "documentSymbol", "semanticTokens/full"):
            told = session.ask(f"textDocument/{method}", at)
            assert "result" in told, (method, text[-40:], told)


def test_utf8_positions_when_the_client_prefers_them(session):
    capabilities = {"general": {"positionEncodings": ["utf-8", "utf-16"]}}
    told = session.ask("initialize", {"processId": None, "rootUri": None, "capabilities": capabilities})
    assert told["result"]["capabilities"]["positionEncoding"] == "utf-8"
    session.open("name: \U0001f600 é\nsymbol: [\n")
    told = session.read()
    for problem in told["params"]["diagnostics"]:
        line = ["name: \U0001f600 é", "symbol: [", ""][problem["range"]["end"]["line"]]
        assert problem["range"]["end"]["character"] <= len(line.encode())
