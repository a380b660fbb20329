"""Blocks: files beside the Plays, which the server reads itself, and standard blocks."""

import asyncio
import os
import pathlib
import urllib.parse

import pytest
import pytest_lsp
from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from conftest import PLAYC, changed, document, edited, opened, place, sliced

BLOCK = """\
id: dip
version: 1
type: entry
description: The RSI comes back from weakness.
params:
  length: {type: int, default: 14, min: 2, max: 200, description: bars of the RSI}
  border: {type: number, default: 30.0, min: 0, max: 50}
requires:
  features:
    rsi: {indicator: rsi, params: {length: "${length}"}}
logic: "rsi crosses above ${border} and rsi < ${border} + 20"
"""

PLAY = """\
version: "3.0.0"
name: uses blocks
symbol: BTCUSDT
timeframes: {low_tf: 15m, med_tf: 1h, high_tf: 4h, exec: low_tf}
account: {starting_equity_usdt: 10000, max_leverage: 1}
filters: {use: trend_filter_v1, with: {length: 100}}
actions:
  entry_long: {use: dip, with: {border: 25}}
position_policy: {mode: long_only, exit_mode: first_hit}
risk: {use: atr_risk_v1}
"""


def uri(path: pathlib.Path) -> str:
    return "file://" + urllib.parse.quote(str(path))


def path_of(address: str) -> pathlib.Path:
    return pathlib.Path(urllib.parse.unquote(urllib.parse.urlparse(address).path))


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[PLAYC, "lsp"]))
async def client(lsp_client: LanguageClient, tmp_path):
    """An initialized session in a folder with a Play and blocks, one of them in a folder of the settings."""
    root = tmp_path / "my plays"
    (root / "blocks").mkdir(parents=True)
    (root / "shared").mkdir()
    (root / "blocks" / "dip.yml").write_text(BLOCK)
    (root / "shared" / "drop.yml").write_text(BLOCK.replace("dip", "drop"))
    lsp_client.root = root
    lsp_client.registered = []

    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)
    def register(params: types.RegistrationParams):
        lsp_client.registered += params.registrations

    params = types.InitializeParams(
        capabilities=client_capabilities("visual-studio-code"),
        workspace_folders=[types.WorkspaceFolder(uri=uri(root), name="my plays")],
        initialization_options={"blocks": ["shared"]},
    )
    await lsp_client.initialize_session(params)
    yield
    await lsp_client.shutdown_session()


def errors(found):
    return [(d.code, d.message) for d in found if d.severity == types.DiagnosticSeverity.Error]


async def settled(client, address, codes):
    """Waits until the document has these errors and no others: several documents are told about at once."""
    found = None
    for _ in range(500):
        found = [code for code, _ in errors(client.diagnostics.get(address, []))]
        if found == codes:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{address} has {found}, not {codes}")


def typed(client, address, version, text):
    """The document is another one now; nothing is waited for."""
    params = types.DidChangeTextDocumentParams(
        text_document=types.VersionedTextDocumentIdentifier(uri=address, version=version),
        content_changes=[types.TextDocumentContentChangeWholeDocument(text=text)],
    )
    client.text_document_did_change(params)


async def open_play(client, text=PLAY):
    address = uri(client.root / "a.play.yml")
    return address, await opened(client, text, address)


async def labels(client, address, text, position):
    params = types.CompletionParams(text_document=document(address), position=position)
    found = await client.text_document_completion_async(params)
    return {item.label: item for item in found.items}


async def definition(client, address, position):
    return await client.text_document_definition_async(
        types.DefinitionParams(text_document=document(address), position=position)
    )


async def test_blocks_beside_the_play_and_of_the_settings(client):
    address, found = await open_play(client)
    assert errors(found) == []
    text = PLAY.replace("use: dip", "use: drop")
    found = await changed(client, 2, [types.TextDocumentContentChangeWholeDocument(text=text)], address)
    assert errors(found) == []
    text = PLAY.replace("use: dip", "use: dib")
    found = await changed(client, 3, [types.TextDocumentContentChangeWholeDocument(text=text)], address)
    (wrong,) = [d for d in found if d.code == "E0314"]
    assert sliced(text, wrong.range) == "dib"


async def test_the_search_path_can_be_changed(client):
    text = PLAY.replace("use: dip", "use: far")
    folder = client.root.parent / "elsewhere"
    folder.mkdir()
    (folder / "far.yml").write_text(BLOCK.replace("dip", "far"))
    address, found = await open_play(client, text)
    assert [code for code, _ in errors(found)] == ["E0314"]
    settings = {"playc": {"blocks": [str(folder)]}}
    client.workspace_did_change_configuration(types.DidChangeConfigurationParams(settings=settings))
    await settled(client, address, [])


async def test_completion_of_blocks_and_their_parameters(client):
    text = PLAY.replace("{use: dip, with: {border: 25}}", "{use: , with: {}}")
    address, _ = await open_play(client, text)
    found = await labels(client, address, text, place(text, "use: ,", 5))
    assert {"dip", "drop", "trend_filter_v1"} <= set(found) and "atr_risk_v1" not in found
    assert edited(text, [found["dip"].text_edit]).count("{use: dip, with: {}}") == 1
    text = PLAY.replace("{border: 25}", "{}")
    await changed(client, 2, [types.TextDocumentContentChangeWholeDocument(text=text)], address)
    found = await labels(client, address, text, place(text, "with: {}", 7))
    assert set(found) == {"length", "border"}
    assert found["length"].detail == "int, 2 to 200; default 14; bars of the RSI"


async def test_hover_on_blocks(client):
    address, _ = await open_play(client)
    ask = lambda needle, within: client.text_document_hover_async(
        types.HoverParams(text_document=document(address), position=place(PLAY, needle, within))
    )
    used = await ask("use: dip", 6)
    assert "The RSI comes back from weakness." in used.contents.value and sliced(PLAY, used.range) == "dip"
    param = await ask("{length: 100", 2)
    assert "int, 2 to 5000" in param.contents.value


async def test_definition_of_blocks_and_parameters(client):
    address, _ = await open_play(client)
    where = await definition(client, address, place(PLAY, "use: dip", 6))
    assert path_of(where.uri) == client.root / "blocks" / "dip.yml"
    assert sliced(BLOCK, where.range) == "dip"
    where = await definition(client, address, place(PLAY, "{border: 25", 2))
    assert sliced(BLOCK, where.range) == "border"
    standard = await definition(client, address, place(PLAY, "trend_filter_v1", 2))
    file = path_of(standard.uri)
    text = file.read_text()
    assert file.name == "trend_filter_v1.yml" and sliced(text, standard.range) == "trend_filter"
    # to be read, not to be edited
    assert file.stat().st_mode & 0o222 == 0
    found = await opened(client, text, standard.uri)
    assert found == () or list(found) == []
    again = await definition(client, address, place(PLAY, "trend_filter_v1", 2))
    assert again == standard


async def test_a_block_is_checked_as_a_block(client):
    address = uri(client.root / "blocks" / "dip.yml")
    assert list(await opened(client, BLOCK, address)) == []
    text = BLOCK.replace("rsi < ${border}", "rsii < ${border}")
    found = await changed(client, 2, [types.TextDocumentContentChangeWholeDocument(text=text)], address)
    assert [(d.code, sliced(text, d.range)) for d in found] == [("E0301", "rsii")]
    fixes = await client.text_document_code_action_async(
        types.CodeActionParams(
            text_document=document(address), range=found[0].range, context=types.CodeActionContext(diagnostics=found)
        )
    )
    fix = next(f for f in fixes if f.kind == "quickfix")
    assert edited(text, fix.edit.document_changes[0].edits) == BLOCK


async def test_names_of_a_block(client):
    address = uri(client.root / "blocks" / "dip.yml")
    await opened(client, BLOCK, address)
    at = place(BLOCK, "above ${border", 9)
    where = await definition(client, address, at)
    assert where.range.start == place(BLOCK, "border: {")
    found = await client.text_document_references_async(
        types.ReferenceParams(
            text_document=document(address), position=at, context=types.ReferenceContext(include_declaration=True)
        )
    )
    assert len(found) == 3 and all(sliced(BLOCK, f.range) == "border" for f in found)
    edit = await client.text_document_rename_async(
        types.RenameParams(text_document=document(address), position=at, new_name="edge")
    )
    text = edited(BLOCK, [e for change in edit.document_changes for e in change.edits])
    assert text == BLOCK.replace("border", "edge")
    found = await changed(client, 2, [types.TextDocumentContentChangeWholeDocument(text=text)], address)
    assert errors(found) == []
    symbols = await client.text_document_document_symbol_async(
        types.DocumentSymbolParams(text_document=document(address))
    )
    by_name = {s.name: [c.name for c in s.children] for s in symbols}
    assert by_name["params"] == ["length", "edge"] and by_name["requires"] == ["rsi"]


async def test_a_parameter_is_renamed_where_its_block_is_used(client):
    address, _ = await open_play(client)
    closed = client.root / "deep" / "closed.play.yml"
    closed.parent.mkdir()
    closed_text = "# \U0001f600 border\n" + PLAY.replace("{border: 25}", "{length: 9, border: 20}")
    closed.write_text(closed_text)
    # another block of that name beside another Play
    stranger = client.root.parent / "my plays" / "other"
    (stranger / "blocks").mkdir(parents=True)
    (stranger / "blocks" / "dip.yml").write_text(BLOCK)
    (stranger / "play.yml").write_text(PLAY)
    block = uri(client.root / "blocks" / "dip.yml")
    await opened(client, BLOCK, block)
    at = place(BLOCK, "above ${border", 9)
    edit = await client.text_document_rename_async(
        types.RenameParams(text_document=document(block), position=at, new_name="edge")
    )
    changes = {c.text_document.uri: c for c in edit.document_changes}
    assert set(changes) == {block, address, uri(closed)}
    assert edited(BLOCK, changes[block].edits) == BLOCK.replace("border", "edge")
    assert edited(PLAY, changes[address].edits) == PLAY.replace("border", "edge")
    assert edited(closed_text, changes[uri(closed)].edits) == closed_text.replace("border: 20", "edge: 20")
    assert changes[address].text_document.version == 1 and changes[uri(closed)].text_document.version is None
    found = await client.text_document_references_async(
        types.ReferenceParams(
            text_document=document(block), position=at, context=types.ReferenceContext(include_declaration=True)
        )
    )
    assert sorted(f.uri for f in found) == sorted([block] * 3 + [address, uri(closed)])
    with pytest.raises(JsonRpcException, match="is declared in .*dip.yml"):
        await client.text_document_prepare_rename_async(
            types.PrepareRenameParams(text_document=document(address), position=place(PLAY, "{border", 3))
        )


async def test_a_play_follows_its_blocks_while_they_are_typed(client):
    address, found = await open_play(client)
    assert errors(found) == []
    block = uri(client.root / "blocks" / "dip.yml")
    await opened(client, BLOCK, block)
    typed(client, block, 2, BLOCK.replace("border", "edge"))
    await settled(client, address, ["E0501"])
    # an error within the block is shown where the Play uses it, and leads into the file
    typed(client, block, 3, BLOCK.replace("rsi <", "rsii <"))
    await settled(client, address, ["E0301"])
    await settled(client, block, ["E0301"])
    (wrong,) = [d for d in client.diagnostics[address] if d.code == "E0301"]
    assert sliced(PLAY, wrong.range) == "dip"
    assert wrong.related_information[0].location.uri == block
    # what was not saved is forgotten with the document
    client.text_document_did_close(types.DidCloseTextDocumentParams(text_document=document(block)))
    await settled(client, address, [])


async def test_a_play_follows_its_blocks_on_the_disk(client):
    address, found = await open_play(client)
    assert errors(found) == []
    (registered,) = client.registered
    assert registered.method == types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    options = registered.register_options
    patterns = [w["globPattern"] if isinstance(w, dict) else w.glob_pattern for w in getattr(options, "watchers", None) or options["watchers"]]
    assert any("**/blocks/*" in p for p in patterns) and any("shared" in p for p in patterns), patterns
    file = client.root / "blocks" / "dip.yml"
    file.write_text(BLOCK.replace("border", "edge"))
    event = types.FileEvent(uri=uri(file), type=types.FileChangeType.Changed)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes=[event]))
    await settled(client, address, ["E0501"])
    os.remove(file)
    event = types.FileEvent(uri=uri(file), type=types.FileChangeType.Deleted)
    client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams(changes=[event]))
    await settled(client, address, ["E0314"])
