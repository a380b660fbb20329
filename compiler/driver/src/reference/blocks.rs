//! The page of the standard blocks.

use std::fmt::Write;

use diagnostics::SourceId;
use syntax::ast::{BlockHead, BlockKind, BlockParam, BlockParamType};
use syntax::block;

use crate::{File, Library};

/// Every standard block: what it is, its parameters, an example, its file.
#[must_use]
pub fn blocks() -> String {
    let mut text = String::from(
        "# Standard blocks\n\nGenerated from `blocks/` by `cargo xtask docs`. Any Play may use them; \
         [the guide](../language.md#blocks) says how.\n\n",
    );
    let all: Vec<(File, block::File)> = Library::standard()
        .map(|file| {
            let (read, _) = block::read(SourceId::default(), &file.text);
            (file, read)
        })
        .collect();
    for (file, read) in &all {
        let _ = writeln!(text, "- [{0}](#{0}): {1}", file.stem(), described(&read.head));
    }
    for (file, read) in &all {
        one(&mut text, file, read);
    }
    text
}

fn described(head: &BlockHead) -> &str {
    head.description.as_ref().map_or("", |d| d.value.as_str())
}

fn one(text: &mut String, file: &File, read: &block::File) {
    let (name, head) = (file.stem(), &read.head);
    let kind = head.kind.as_ref().map_or(BlockKind::Filter, |k| k.value);
    let _ = writeln!(text, "\n## {name}\n\n{}\n\nType: `{}`.", described(head), kind.name());
    if !head.params.is_empty() {
        text.push_str("\n| parameter | takes | default | meaning |\n|---|---|---|---|\n");
    }
    for param in &head.params {
        let meaning = param.description.as_ref().map_or("", |d| d.value.as_str());
        let row = format!(
            "| `{}` | {} | `{}` | {meaning} |",
            param.name.value,
            block_param_type(param),
            block_param_default(param)
        );
        let _ = writeln!(text, "{row}");
    }
    let _ = write!(text, "\n```yaml\n{}```\n", example(name, kind));
    let _ = write!(text, "\nThe file:\n\n```yaml\n{}```\n", file.text);
}

/// `int, 2 to 500`
#[must_use]
pub fn block_param_type(param: &BlockParam) -> String {
    let bounds = |min: &Option<f64>, max: &Option<f64>| match (min, max) {
        (Some(min), Some(max)) => format!(", {min} to {max}"),
        (Some(min), None) => format!(", from {min}"),
        (None, Some(max)) => format!(", up to {max}"),
        (None, None) => String::new(),
    };
    match &param.ty {
        Some(BlockParamType::Int { min, max }) => format!("int{}", bounds(min, max)),
        Some(BlockParamType::Number { min, max }) => format!("number{}", bounds(min, max)),
        Some(BlockParamType::Bool) => "true or false".into(),
        Some(BlockParamType::Choice(words)) => words.join(", "),
        Some(BlockParamType::Timeframe) => "timeframe".into(),
        None => String::new(),
    }
}

/// As written; empty where a use must give a value.
#[must_use]
pub fn block_param_default(param: &BlockParam) -> &str {
    param.default.as_ref().and_then(|d| d.node.scalar()).map_or("", |s| s.text.as_str())
}

fn example(name: &str, kind: BlockKind) -> String {
    match kind {
        BlockKind::Filter => format!("filters: {{use: {name}}}\n"),
        BlockKind::Entry => format!("actions:\n  entry_long: {{use: {name}}}\n"),
        BlockKind::Exit => format!("actions:\n  exit_long: {{use: {name}}}\n"),
        BlockKind::FeatureSet => format!("features:\n  set: {{use: {name}}}\n"),
        BlockKind::Risk => format!("risk: {{use: {name}}}\n"),
    }
}
