//! One function for each request: what `ide` knows, in the protocol's form.

use ide::{Completion, CompletionKind, Edit, Symbol, SymbolKind};
use serde_json::{Value, json};

use crate::documents::{Document, Documents};
use crate::problems;
use crate::protocol::{Failure, INVALID_PARAMS, REQUEST_FAILED};
use crate::semantic;

/// What the client can do with answers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Client {
    /// Edits of a version of a document.
    has_document_changes: bool,
    /// Symbols within symbols.
    has_nested_symbols: bool,
    /// Whether it tells of files that change, when it is asked to.
    pub has_watchers: bool,
}

impl Client {
    pub fn new(capabilities: &Value) -> Client {
        let is = |path: &str| capabilities.pointer(path).and_then(Value::as_bool).unwrap_or(false);
        Client {
            has_document_changes: is("/workspace/workspaceEdit/documentChanges"),
            has_nested_symbols: is("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            has_watchers: is("/workspace/didChangeWatchedFiles/dynamicRegistration"),
        }
    }

    fn workspace_edit(self, document: &Document, edits: &[Edit]) -> Value {
        let edits = edits.iter().map(|e| text_edit(document, e)).collect();
        self.edits_of_several(vec![(&document.uri, Some(document.version), edits)])
    }

    /// Address, version (none of a file that is not open) and edits of each document.
    fn edits_of_several(self, all: Vec<(&str, Option<i64>, Vec<Value>)>) -> Value {
        if self.has_document_changes {
            let one = |(uri, version, edits)| json!({"textDocument": {"uri": uri, "version": version}, "edits": edits});
            return json!({"documentChanges": all.into_iter().map(one).collect::<Vec<Value>>()});
        }
        let one = |(uri, _, edits): (&str, _, Vec<Value>)| (uri.to_owned(), edits.into());
        json!({"changes": all.into_iter().map(one).collect::<serde_json::Map<String, Value>>()})
    }
}

/// What an answer is made from.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub client: Client,
    pub documents: &'a Documents,
    pub document: &'a Document,
    pub params: &'a Value,
}

type Handler = fn(Asked<'_>) -> Result<Value, Failure>;

pub fn handler(method: &str) -> Option<Handler> {
    Some(match method {
        "textDocument/hover" => hover,
        "textDocument/completion" => completion,
        "textDocument/definition" => definition,
        "textDocument/references" => references,
        "textDocument/documentHighlight" => highlights,
        "textDocument/documentSymbol" => symbols,
        "textDocument/prepareRename" => prepare_rename,
        "textDocument/rename" => rename,
        "textDocument/codeAction" => code_actions,
        "textDocument/formatting" => formatting,
        "textDocument/semanticTokens/full" => semantic_tokens,
        "textDocument/semanticTokens/range" => semantic_tokens_range,
        "textDocument/inlayHint" => inlay_hints,
        _ => return None,
    })
}

fn offset(document: &Document, params: &Value) -> Result<usize, Failure> {
    let found = document.lines.read(&document.text, params.get("position"));
    found.ok_or_else(|| Failure::new(INVALID_PARAMS, "`position` is missing or no position"))
}

fn range(document: &Document, params: &Value) -> Result<std::ops::Range<usize>, Failure> {
    let found = document.lines.read_range(&document.text, params.get("range"));
    found.ok_or_else(|| Failure::new(INVALID_PARAMS, "`range` is missing or no range"))
}

fn place(document: &Document, range: &std::ops::Range<usize>) -> Value {
    document.lines.range(&document.text, range)
}

fn text_edit(document: &Document, edit: &Edit) -> Value {
    json!({"range": place(document, &edit.range), "newText": edit.text})
}

fn hover(Asked { document, params, .. }: Asked<'_>) -> Result<Value, Failure> {
    let at = offset(document, params)?;
    Ok(document.analysis().hover(at).map_or(Value::Null, |hover| {
        json!({
            "contents": {"kind": "markdown", "value": hover.markdown},
            "range": place(document, &hover.range),
        })
    }))
}

fn completion(Asked { document, params, .. }: Asked<'_>) -> Result<Value, Failure> {
    let at = offset(document, params)?;
    let all = document.analysis().completions(at);
    let items: Vec<Value> = all.iter().enumerate().map(|(n, c)| completion_item(document, c, n)).collect();
    Ok(json!({"isIncomplete": false, "items": items}))
}

fn completion_item(document: &Document, completion: &Completion, rank: usize) -> Value {
    let kind = match completion.kind {
        CompletionKind::Key => 10,
        CompletionKind::Block => 9,
        CompletionKind::Feature => 6,
        CompletionKind::Structure => 7,
        CompletionKind::Setup => 23,
        CompletionKind::Variable => 21,
        CompletionKind::Output => 5,
        CompletionKind::Parameter => 25,
        CompletionKind::Indicator | CompletionKind::Function => 3,
        CompletionKind::Word => 20,
        CompletionKind::Operator => 24,
        CompletionKind::Series => 14,
    };
    let mut item = json!({
        "label": completion.label,
        "kind": kind,
        "sortText": format!("{rank:05}"),
        "textEdit": {"range": place(document, &completion.range), "newText": completion.insert},
    });
    if !completion.detail.is_empty() {
        item["detail"] = completion.detail.as_str().into();
    }
    if !completion.documentation.is_empty() {
        item["documentation"] = json!({"kind": "markdown", "value": completion.documentation});
    }
    item
}

fn definition(Asked { documents, document, params, .. }: Asked<'_>) -> Result<Value, Failure> {
    let at = offset(document, params)?;
    if let Some(range) = document.analysis().definition(at) {
        return Ok(location(document, &range));
    }
    let elsewhere = document.analysis().definition_elsewhere(at);
    Ok(elsewhere.and_then(|place| documents.location(&place)).unwrap_or(Value::Null))
}

fn references(Asked { documents, document, params, .. }: Asked<'_>) -> Result<Value, Failure> {
    let at = offset(document, params)?;
    let with_declaration = params["context"]["includeDeclaration"].as_bool().unwrap_or(true);
    let here = document.analysis().references(at, with_declaration);
    let mut all: Vec<Value> = here.iter().map(|range| location(document, range)).collect();
    if let Some(outward) = document.analysis().outward(at) {
        for user in documents.users(document, &outward) {
            let one = |range| json!({"uri": user.uri, "range": user.lines.range(&user.text, range)});
            all.extend(user.ranges.iter().map(one));
        }
    }
    Ok(all.into())
}

fn location(document: &Document, range: &std::ops::Range<usize>) -> Value {
    json!({"uri": document.uri, "range": place(document, range)})
}

fn highlights(Asked { document, params, .. }: Asked<'_>) -> Result<Value, Failure> {
    let at = offset(document, params)?;
    let all = document.analysis().highlights(at);
    let kind = |is_declaration| if is_declaration { 3 } else { 2 };
    Ok(all.iter().map(|(range, d)| json!({"range": place(document, range), "kind": kind(*d)})).collect())
}

fn symbols(Asked { client, document, .. }: Asked<'_>) -> Result<Value, Failure> {
    let all = document.analysis().symbols();
    if client.has_nested_symbols {
        return Ok(all.iter().map(|s| nested_symbol(document, s)).collect());
    }
    let mut flat = Vec::new();
    for symbol in &all {
        flat.push(flat_symbol(document, symbol, None));
        flat.extend(symbol.children.iter().map(|c| flat_symbol(document, c, Some(&symbol.name))));
    }
    Ok(flat.into())
}

fn nested_symbol(document: &Document, symbol: &Symbol) -> Value {
    json!({
        "name": symbol.name,
        "detail": symbol.detail,
        "kind": symbol_kind(symbol.kind),
        "range": place(document, &symbol.range),
        "selectionRange": place(document, &symbol.name_range),
        "children": symbol.children.iter().map(|c| nested_symbol(document, c)).collect::<Vec<_>>(),
    })
}

fn flat_symbol(document: &Document, symbol: &Symbol, container: Option<&str>) -> Value {
    let mut it = json!({
        "name": symbol.name,
        "kind": symbol_kind(symbol.kind),
        "location": location(document, &symbol.range),
    });
    if let Some(container) = container {
        it["containerName"] = container.into();
    }
    it
}

fn symbol_kind(kind: SymbolKind) -> u32 {
    match kind {
        SymbolKind::Section => 3,
        SymbolKind::Feature => 13,
        SymbolKind::Structure => 5,
        SymbolKind::Setup => 24,
        SymbolKind::Variable => 14,
        SymbolKind::Action => 12,
        SymbolKind::Key => 20,
    }
}

fn prepare_rename(Asked { document, params, .. }: Asked<'_>) -> Result<Value, Failure> {
    let at = offset(document, params)?;
    match document.analysis().renamable(at) {
        Ok(range) => {
            let name = document.text.get(range.clone()).unwrap_or("");
            Ok(json!({"range": place(document, &range), "placeholder": name}))
        }
        Err(refusal) => Err(Failure::new(REQUEST_FAILED, refusal.0)),
    }
}

/// A name that a block gives to others is changed there too.
fn rename(Asked { client, documents, document, params }: Asked<'_>) -> Result<Value, Failure> {
    let at = offset(document, params)?;
    let new_name = params["newName"].as_str();
    let new_name = new_name.ok_or_else(|| Failure::new(INVALID_PARAMS, "`newName` is missing"))?;
    let analysis = document.analysis();
    let edits = analysis.rename(at, new_name).map_err(|refusal| Failure::new(REQUEST_FAILED, refusal.0))?;
    let outward = analysis.outward(at).filter(|_| !edits.is_empty());
    let users = outward.map_or_else(Vec::new, |outward| documents.users(document, &outward));
    let here = edits.iter().map(|e| text_edit(document, e)).collect();
    let mut all = vec![(document.uri.as_str(), Some(document.version), here)];
    for user in &users {
        let one = |range| json!({"range": user.lines.range(&user.text, range), "newText": new_name.trim()});
        all.push((user.uri.as_str(), user.version, user.ranges.iter().map(one).collect()));
    }
    Ok(client.edits_of_several(all))
}

fn code_actions(Asked { client, documents, document, params }: Asked<'_>) -> Result<Value, Failure> {
    let range = range(document, params)?;
    let only: Option<Vec<&str>> =
        params["context"]["only"].as_array().map(|kinds| kinds.iter().filter_map(Value::as_str).collect());
    // a kind stands for all below it: `source` for `source.fixAll`
    let is_wanted = |kind: &str| {
        let below = |o: &&str| kind == *o || o.is_empty() || kind.starts_with(&format!("{o}."));
        only.as_ref().is_none_or(|only| only.iter().any(below))
    };
    let mut out: Vec<Value> = Vec::new();
    if is_wanted("quickfix") {
        out.extend(document.analysis().actions(&range).iter().map(|action| {
            json!({
                "title": action.title,
                "kind": "quickfix",
                "isPreferred": action.is_preferred,
                "diagnostics": [problems::one(documents, document, action.diagnostic)],
                "edit": client.workspace_edit(document, &action.edits),
            })
        }));
    }
    if is_wanted("source.fixAll")
        && let Some(edit) = document.analysis().fix_all()
    {
        out.push(json!({
            "title": "Make every fix that is surely meant",
            "kind": "source.fixAll",
            "edit": client.workspace_edit(document, &[edit]),
        }));
    }
    Ok(out.into())
}

/// What is no YAML stays as it is: its diagnostics say why.
fn formatting(Asked { document, .. }: Asked<'_>) -> Result<Value, Failure> {
    Ok(document.analysis().formatted().iter().map(|edit| text_edit(document, edit)).collect())
}

fn semantic_tokens(Asked { document, .. }: Asked<'_>) -> Result<Value, Failure> {
    Ok(semantic::tokens(document, None))
}

fn semantic_tokens_range(Asked { document, params, .. }: Asked<'_>) -> Result<Value, Failure> {
    Ok(semantic::tokens(document, Some(&range(document, params)?)))
}

fn inlay_hints(Asked { document, params, .. }: Asked<'_>) -> Result<Value, Failure> {
    let range = range(document, params)?;
    let all = document.analysis().hints(&range);
    let hint = |h: &ide::Hint| {
        json!({
            "position": document.lines.place(&document.text, h.offset),
            "label": h.text,
            "tooltip": h.tooltip,
            "paddingLeft": true,
        })
    };
    Ok(all.iter().map(hint).collect())
}
