"""Every request of the server, asked as editors ask it."""

import subprocess

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from conftest import PLAY, PLAYC, URI, changed, document, edited, offset, opened, place, sliced


async def hover(client, needle, within=1, nth=0):
    at = place(PLAY, needle, within, nth)
    return await client.text_document_hover_async(types.HoverParams(text_document=document(), position=at))


async def labels(client, text, position):
    params = types.CompletionParams(text_document=document(), position=position)
    found = await client.text_document_completion_async(params)
    return {item.label: item for item in found.items}


async def test_capabilities(client):
    told = client.initialized_with
    assert told.server_info.name == "playc"
    able = told.capabilities
    assert able.text_document_sync.change == types.TextDocumentSyncKind.Incremental
    assert able.position_encoding in ("utf-16", "utf-8", "utf-32")
    assert able.rename_provider.prepare_provider


async def test_a_right_play_has_no_errors(client):
    found = await opened(client)
    assert [d for d in found if d.severity == types.DiagnosticSeverity.Error] == []


async def test_diagnostics_have_code_place_and_notes(client):
    text = PLAY.replace("ema_9 crosses below", "emma_9 crosses below")
    found = [d for d in await opened(client, text) if d.severity == types.DiagnosticSeverity.Error]
    assert [d.code for d in found] == ["E0301"]
    assert sliced(text, found[0].range) == "emma_9"
    assert found[0].source == "playc"


async def test_hover(client):
    await opened(client)
    feature = await hover(client, "ema_9 crosses above")
    for part in ("feature `ema`", "15m (low_tf, exec)", "warm after", "price", "```text"):
        assert part in feature.contents.value
    assert sliced(PLAY, feature.range) == "ema_9"
    output = await hover(client, "macd.histogram", within=6)
    assert "macd.histogram" in output.contents.value
    assert sliced(PLAY, output.range) == "histogram"
    assert "default 12" in (await hover(client, "fast")).contents.value
    assert "whichever comes first" in (await hover(client, "first_hit")).contents.value
    nothing = types.HoverParams(text_document=document(), position=types.Position(line=900, character=7))
    assert await client.text_document_hover_async(nothing) is None


async def test_completion_in_a_half_written_document(client):
    text = PLAY[: PLAY.index("ema_9 crosses above")]
    await opened(client, text)
    found = await labels(client, text, place(text, 'entry_long: "', within=13))
    assert {"ema_9", "macd.histogram", "calm", "close"} <= set(found)
    longer = text + "macd."
    change = types.TextDocumentContentChangeWholeDocument(text=longer)
    await changed(client, 2, [change])
    found = await labels(client, longer, place(longer, 'entry_long: "macd.', within=18))
    assert {"macd", "signal", "histogram"} == set(found)


async def test_completion_of_keys_and_parameters(client):
    text = PLAY.replace("fast: 12, ", "")
    await opened(client, text)
    found = await labels(client, text, place(text, "{slow: 26", within=1))
    assert "fast" in found and "slow" not in found
    assert "default 12" in found["fast"].detail
    taken = edited(text, [found["fast"].text_edit])
    assert "{fast: slow: 26" in taken


async def test_definition_references_highlights(client):
    await opened(client)
    at = place(PLAY, "ema_21 and", 2)
    where = await client.text_document_definition_async(
        types.DefinitionParams(text_document=document(), position=at)
    )
    assert sliced(PLAY, where.range) == "ema_21"
    assert where.range.start == place(PLAY, "ema_21: {")
    found = await client.text_document_references_async(
        types.ReferenceParams(
            text_document=document(), position=at, context=types.ReferenceContext(include_declaration=True)
        )
    )
    assert len(found) == 4 and all(sliced(PLAY, f.range) == "ema_21" for f in found)
    marks = await client.text_document_document_highlight_async(
        types.DocumentHighlightParams(text_document=document(), position=at)
    )
    assert len(marks) == 4


async def test_rename(client):
    await opened(client)
    at = place(PLAY, "ema_9 > ema_21", 2)
    ready = await client.text_document_prepare_rename_async(
        types.PrepareRenameParams(text_document=document(), position=at)
    )
    assert ready.placeholder == "ema_9"
    rename = lambda name: client.text_document_rename_async(
        types.RenameParams(text_document=document(), position=at, new_name=name)
    )
    edit = await rename("fast")
    edits = [e for change in edit.document_changes for e in change.edits]
    text = edited(PLAY, edits)
    assert "ema_9" not in text and text.count("fast") == PLAY.count("ema_9") + PLAY.count("fast")
    found = await changed(client, 2, [types.TextDocumentContentChangeWholeDocument(text=text)])
    assert [d for d in found if d.severity == types.DiagnosticSeverity.Error] == []


async def test_rename_refuses(client):
    await opened(client)
    at = place(PLAY, "ema_9 > ema_21", 2)
    for name in ("and", "1x", "macd", "close", "", "a b"):
        with pytest.raises(JsonRpcException):
            await client.text_document_rename_async(
                types.RenameParams(text_document=document(), position=at, new_name=name)
            )
    with pytest.raises(JsonRpcException):
        await client.text_document_prepare_rename_async(
            types.PrepareRenameParams(text_document=document(), position=place(PLAY, "crosses above", 2))
        )


async def test_symbols(client):
    await opened(client)
    found = await client.text_document_document_symbol_async(
        types.DocumentSymbolParams(text_document=document())
    )
    by_name = {s.name: s for s in found}
    assert [c.name for c in by_name["features"].children] == ["ema_9", "ema_21", "macd"]
    assert [c.name for c in by_name["actions"].children] == ["entry_long", "exit_long"]
    assert sliced(PLAY, by_name["setups"].children[0].selection_range) == "calm"


async def test_semantic_tokens(client):
    await opened(client)
    legend = client.initialized_with.capabilities.semantic_tokens_provider.legend
    found = await client.text_document_semantic_tokens_full_async(
        types.SemanticTokensParams(text_document=document())
    )
    assert len(found.data) % 5 == 0
    line = start = 0
    told = []
    for n in range(0, len(found.data), 5):
        down, right, length, kind, _ = found.data[n : n + 5]
        line, start = line + down, right if down else start + right
        span = types.Range(
            start=types.Position(line=line, character=start),
            end=types.Position(line=line, character=start + length),
        )
        told.append((sliced(PLAY, span), legend.token_types[kind]))
    for wanted in (("ema_9", "variable"), ("crosses above", "operator"), ("histogram", "property"), ("calm", "event")):
        assert wanted in told, wanted
    assert ("test \U0001f600", "string") in told


async def test_inlay_hints(client):
    await opened(client)
    whole = types.Range(start=types.Position(line=0, character=0), end=types.Position(line=99, character=0))
    found = await client.text_document_inlay_hint_async(
        types.InlayHintParams(text_document=document(), range=whole)
    )
    told = {hint.position.line: hint.label for hint in found}
    stop = place(PLAY, "8.0").line
    assert told[stop] == "2 % of price"
    assert told[place(PLAY, "ema_9: {").line].startswith("warm after ")


async def test_quick_fix_and_fix_all(client):
    text = PLAY.replace("ema_9 crosses below", "emma_9 crosses below").replace(" and calm", " && calm")
    found = await opened(client, text)
    error = next(d for d in found if d.code == "E0301")
    ask = lambda context, span: client.text_document_code_action_async(
        types.CodeActionParams(text_document=document(), range=span, context=context)
    )
    quick = await ask(types.CodeActionContext(diagnostics=[error]), error.range)
    fix = next(a for a in quick if a.kind == "quickfix")
    assert fix.is_preferred and fix.diagnostics[0].code == "E0301"
    mended = edited(text, fix.edit.document_changes[0].edits)
    assert "emma_9" not in mended and "&&" in mended
    at_start = types.Range(start=types.Position(line=0, character=0), end=types.Position(line=0, character=0))
    context = types.CodeActionContext(diagnostics=[], only=[types.CodeActionKind.SourceFixAll])
    (all_of_them,) = await ask(context, at_start)
    mended = edited(text, all_of_them.edit.document_changes[0].edits)
    left = await changed(client, 2, [types.TextDocumentContentChangeWholeDocument(text=mended)])
    assert [d for d in left if d.severity == types.DiagnosticSeverity.Error] == []


async def test_formatting(client):
    spread = "ema_9:   { indicator: ema,params: {length:  9} }  # mine"
    untidy = PLAY.replace("ema_9: {indicator: ema, params: {length: 9}}", spread)
    await opened(client, untidy)
    options = types.FormattingOptions(tab_size=2, insert_spaces=True)
    params = types.DocumentFormattingParams(text_document=document(), options=options)
    tidy = edited(untidy, await client.text_document_formatting_async(params))
    assert "# mine" in tidy and tidy != untidy
    told = subprocess.run([PLAYC, "fmt", "-"], input=untidy.encode(), capture_output=True, check=True)
    assert tidy == told.stdout.decode()
    await changed(client, 2, [types.TextDocumentContentChangeWholeDocument(text=tidy)])
    assert not await client.text_document_formatting_async(params)
    await changed(client, 3, [types.TextDocumentContentChangeWholeDocument(text="a: [")])
    assert not await client.text_document_formatting_async(params)


async def test_edits_are_followed_character_by_character(client):
    """Each edit is a part of the document; in the end the server has the same text as we have."""
    await opened(client)
    text = PLAY
    version = 1

    async def typed(at: int, removed: int, new: str):
        nonlocal text, version
        line_of = lambda n: types.Position(
            line=text.count("\n", 0, n),
            character=len(text[text.rfind("\n", 0, n) + 1 : n].encode("utf-16-le")) // 2,
        )
        span = types.Range(start=line_of(at), end=line_of(at + removed))
        version += 1
        found = await changed(client, version, [types.TextDocumentContentChangePartial(range=span, text=new)])
        text = text[:at] + new + text[at + removed :]
        return found

    # behind a character of two units on the same line
    await typed(text.index("\U0001f600") + 1, 0, " \U0001f680 more")
    assert "test \U0001f600 \U0001f680 more" in text
    at = text.index(" and calm")
    for n, key in enumerate(" and macd.signall > 0"):
        await typed(at + n, 0, key)
    found = await typed(at, 0, "")
    wrong = next(d for d in found if d.code == "E0302")
    assert sliced(text, wrong.range) == "signall"
    at = text.index("signall")
    found = await typed(at, len("signall"), "signal")
    assert [d for d in found if d.severity == types.DiagnosticSeverity.Error] == []
    # several changes in one message, each on the text that the one before left
    version += 1
    first = types.TextDocumentContentChangePartial(
        range=types.Range(start=place(text, "name:"), end=place(text, "name:", 4)), text="id"
    )
    second = types.TextDocumentContentChangePartial(
        range=types.Range(start=types.Position(line=1, character=2), end=types.Position(line=1, character=2)), text="x"
    )
    found = await changed(client, version, [first, second])
    assert any("idx" in d.message for d in found), found


async def test_emoji_in_an_expression(client):
    text = PLAY.replace('"ema_9 crosses below', '"\U0001f600 ema_9 crosses below')
    found = await opened(client, text)
    marked = [sliced(text, d.range) for d in found if d.severity == types.DiagnosticSeverity.Error]
    assert any("\U0001f600" in m for m in marked), marked
    where = await client.text_document_definition_async(
        types.DefinitionParams(text_document=document(), position=place(text, "\U0001f600 ema_9", 4))
    )
    assert sliced(text, where.range) == "ema_9"


async def test_close_takes_diagnostics_back(client):
    await opened(client, PLAY.replace("calm:", "clam:"))
    assert client.diagnostics[URI]
    client.text_document_did_close(types.DidCloseTextDocumentParams(text_document=document()))
    await client.wait_for_notification("textDocument/publishDiagnostics")
    assert len(client.diagnostics[URI]) == 0
    with pytest.raises(JsonRpcException):
        await hover(client, "ema_9")


async def test_ten_thousand_lines(client):
    features = "".join(f"  ema_{n}: {{indicator: ema, params: {{length: {n % 500 + 2}}}}}\n" for n in range(5000))
    items = "".join(f'      - "ema_{n} > ema_{n + 1}"\n' for n in range(4990))
    head, rest = PLAY.split("features:\n")
    long = f"{head}features:\n{features}actions:\n  entry_long:\n    any:\n{items}  exit_long: \"ema_1 < emma_2\"\n"
    long += "position_policy: {mode: long_only, exit_mode: first_hit}\nrisk: {stop_loss_pct: 3, take_profit_pct: 5}\n"
    assert long.count("\n") > 10_000
    found = await opened(client, long)
    wrong = next(d for d in found if d.code == "E0301")
    assert sliced(long, wrong.range) == "emma_2"
    at = place(long, "emma_2", 1)
    found = await labels(client, long, at)
    assert "ema_4999" in found
    mend = types.TextDocumentContentChangePartial(range=types.Range(start=at, end=types.Position(at.line, at.character + 1)), text="")
    left = await changed(client, 2, [mend])
    assert not [d for d in left if d.severity == types.DiagnosticSeverity.Error]
    tokens = await client.text_document_semantic_tokens_full_async(types.SemanticTokensParams(text_document=document()))
    assert len(tokens.data) > 5 * 30_000
    assert offset(long, at) > 0
