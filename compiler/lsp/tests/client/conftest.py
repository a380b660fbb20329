"""A session with `playc lsp`, driven by a client that is not ours: pytest-lsp on lsprotocol and pygls."""

import os

import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

PLAYC = os.environ["PLAYC"]
URI = "file:///plays/test.play.yml"

PLAY = """\
version: "3.0.0"
name: test \U0001f600
symbol: BTCUSDT
timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}
account: {starting_equity_usdt: 10000, max_leverage: 4}
features:
  ema_9: {indicator: ema, params: {length: 9}}
  ema_21: {indicator: ema, params: {length: 21}, tf: med_tf}
  macd: {indicator: macd, params: {fast: 12, slow: 26, signal: 9}}
setups:
  calm: "ema_9 > ema_21 * 0.9"
actions:
  entry_long: "ema_9 crosses above ema_21 and macd.histogram > 0 and calm"
  exit_long: "ema_9 crosses below ema_21"
position_policy: {mode: long_only, exit_mode: first_hit}
risk: {stop_loss: {type: percent, value: 8.0, basis: roi}, max_position_pct: 20.0}
"""


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[PLAYC, "lsp"]))
async def client(lsp_client: LanguageClient):
    """An initialized session; it ends with `shutdown` and `exit`."""

    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(_: types.RegistrationParams):
        """The server wants to be told of block files that change."""

    params = types.InitializeParams(capabilities=client_capabilities("visual-studio-code"))
    lsp_client.initialized_with = await lsp_client.initialize_session(params)
    yield
    await lsp_client.shutdown_session()


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def place(text: str, needle: str, within: int = 0, nth: int = 0) -> types.Position:
    """The position of the nth occurrence of `needle`, `within` characters into it."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(needle, at + 1)
    at += within
    line_start = text.rfind("\n", 0, at) + 1
    return types.Position(line=text.count("\n", 0, at), character=units(text[line_start:at]))


def offset(text: str, position: types.Position) -> int:
    """The character of a position."""
    at = 0
    for _ in range(position.line):
        at = text.index("\n", at) + 1
    left = position.character
    while left > 0:
        left -= units(text[at])
        at += 1
    return at


def sliced(text: str, span: types.Range) -> str:
    return text[offset(text, span.start) : offset(text, span.end)]


def edited(text: str, edits) -> str:
    """The text after the edits, which do not touch each other."""
    for edit in sorted(edits, key=lambda e: offset(text, e.range.start), reverse=True):
        start, end = offset(text, edit.range.start), offset(text, edit.range.end)
        text = text[:start] + edit.new_text + text[end:]
    return text


async def opened(client, text: str = PLAY, uri: str = URI):
    """Opens a document and gives its diagnostics."""
    item = types.TextDocumentItem(uri=uri, language_id="play", version=1, text=text)
    client.text_document_did_open(types.DidOpenTextDocumentParams(text_document=item))
    await client.wait_for_notification("textDocument/publishDiagnostics")
    return client.diagnostics[uri]


async def changed(client, version: int, changes, uri: str = URI):
    """Sends changes and gives the diagnostics of that version."""
    document = types.VersionedTextDocumentIdentifier(uri=uri, version=version)
    params = types.DidChangeTextDocumentParams(text_document=document, content_changes=changes)
    client.text_document_did_change(params)
    while True:
        told = await client.wait_for_notification("textDocument/publishDiagnostics")
        if told.version == version:
            return told.diagnostics


def document(uri: str = URI) -> types.TextDocumentIdentifier:
    return types.TextDocumentIdentifier(uri=uri)
