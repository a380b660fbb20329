//! Heads, lengths and widths of source files. `xtask/tidy.toml` lists the exceptions; the list may only shrink.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Deserialize;

const FILE_LINES_MAX: usize = 600;
const FUNCTION_LINES_MAX: usize = 70;
const COLUMNS_MAX: usize = 120;

/// Exceptions with their present size, so that they cannot grow, and a reason.
#[derive(Deserialize)]
struct Exceptions {
    #[serde(default)]
    file: BTreeMap<String, Exception>,
    #[serde(default)]
    function: BTreeMap<String, Exception>,
}

#[derive(Deserialize)]
struct Exception {
    lines: usize,
    reason: String,
}

pub fn faults(root: &Path) -> anyhow::Result<Vec<String>> {
    let text =
        std::fs::read_to_string(root.join("xtask/tidy.toml")).context("cannot read xtask/tidy.toml")?;
    let exceptions: Exceptions = toml::from_str(&text).context("xtask/tidy.toml")?;
    let mut faults = Vec::new();
    let mut used = Vec::new();
    for path in sources(root)? {
        let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
        let text = std::fs::read_to_string(&path).with_context(|| name.clone())?;
        file(&name, &text, &exceptions, &mut faults, &mut used);
    }
    for (key, exception) in exceptions.file.iter().chain(&exceptions.function) {
        if !used.contains(key) {
            faults.push(format!("xtask/tidy.toml: `{key}` is no exception any more; remove it"));
        }
        if exception.reason.trim().is_empty() {
            faults.push(format!("xtask/tidy.toml: `{key}` needs a reason"));
        }
    }
    Ok(faults)
}

fn sources(root: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            if path.is_dir() && !name.starts_with('.') && name != "target" && name != "node_modules" {
                folders.push(path);
            } else if name.ends_with(".rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn file(name: &str, text: &str, exceptions: &Exceptions, faults: &mut Vec<String>, used: &mut Vec<String>) {
    if !text.starts_with("//! ") {
        faults.push(format!("{name}: does not begin with a `//!` sentence"));
    }
    let lines = text.lines().count();
    check_size(name, lines, FILE_LINES_MAX, &exceptions.file, faults, used);
    for (number, line) in text.lines().enumerate() {
        // rustfmt keeps strings whole, and so do we
        if line.chars().count() > COLUMNS_MAX && !line.contains('"') && !line.ends_with('\\') {
            faults.push(format!("{name}:{}: more than {COLUMNS_MAX} columns", number + 1));
        }
    }
    for (function, lines) in functions(text) {
        let key = format!("{name}::{function}");
        check_size(&key, lines, FUNCTION_LINES_MAX, &exceptions.function, faults, used);
    }
}

fn check_size(
    key: &str,
    lines: usize,
    max: usize,
    exceptions: &BTreeMap<String, Exception>,
    faults: &mut Vec<String>,
    used: &mut Vec<String>,
) {
    if lines <= max {
        return;
    }
    match exceptions.get(key) {
        Some(exception) if lines <= exception.lines => used.push(key.to_string()),
        Some(exception) => {
            used.push(key.to_string());
            faults.push(format!("{key}: {lines} lines; the exception allows {}", exception.lines));
        }
        None => faults.push(format!("{key}: {lines} lines, more than {max}")),
    }
}

/// Names and lengths of functions, as rustfmt lays them out: from the line with `fn` to the brace at its indent.
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let Some(at) = trimmed.find("fn ") else { continue };
        let words_before = trimmed[..at].split_whitespace();
        let mut qualifiers = words_before.clone();
        if !qualifiers.all(|w| w.starts_with("pub") || ["const", "async", "unsafe", "extern"].contains(&w)) {
            continue;
        }
        let name: String =
            trimmed[at + 3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        let indent = line.len() - trimmed.len();
        let closing = format!("{}}}", " ".repeat(indent));
        let length = lines[start..].iter().position(|l| **l == closing);
        if let (false, Some(length)) = (name.is_empty() || line.ends_with(';'), length) {
            found.push((name, length + 1));
        }
    }
    found
}
