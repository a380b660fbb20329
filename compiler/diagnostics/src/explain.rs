//! The page of each code, and the Plays that stand on it.
//!
//! A page shows a wrong Play and a right one. A block marked `yaml,fragment` shows only some top-level sections; the
//! others are those of `codes/base.yml`; one marked `yaml,block NAME.yml` is a block file that the Plays after it use.
//! `codes/README.md` says how to write a page.

use crate::codes::Code;

/// The Play around fragments.
pub const BASE_PLAY: &str = include_str!("../codes/base.yml");

/// The page of a code, in Markdown.
#[must_use]
pub fn page(code: Code) -> &'static str {
    code.page()
}

/// A Play that a page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// It stands under `## Wrong` and must be met with the page's code; else it must compile.
    pub is_wrong: bool,
    /// The whole Play, fragments put into the base.
    pub play: String,
    /// The block files beside it: name and text.
    pub blocks: Vec<(String, String)>,
}

/// What stands between the fences of one piece of code.
enum Fence {
    Play,
    Fragment,
    Block(String),
}

impl Fence {
    fn open(line: &str) -> Option<Fence> {
        match line.strip_prefix("```yaml")? {
            "" => Some(Fence::Play),
            ",fragment" => Some(Fence::Fragment),
            other => other.strip_prefix(",block ").map(|name| Fence::Block(name.to_owned())),
        }
    }
}

/// The Plays of any page in its order, with their line and the blocks that stand before them under the same heading.
#[must_use]
pub fn plays(page: &str) -> Vec<(usize, Example)> {
    let mut found = Vec::new();
    let mut is_wrong = false;
    let mut blocks = Vec::new();
    let mut open: Option<(usize, Fence, String)> = None;
    for (number, line) in page.lines().enumerate() {
        match (&mut open, line) {
            (Some((start, fence, text)), "```") => {
                let text = std::mem::take(text);
                let play = match fence {
                    Fence::Play => Some(text),
                    Fence::Fragment => Some(splice(BASE_PLAY, &text)),
                    Fence::Block(name) => {
                        blocks.push((std::mem::take(name), text));
                        None
                    }
                };
                found.extend(play.map(|play| (*start, Example { is_wrong, play, blocks: blocks.clone() })));
                open = None;
            }
            (Some((_, _, text)), line) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, line) if line.starts_with("## ") => {
                is_wrong = line == "## Wrong";
                blocks.clear();
            }
            (None, line) => open = Fence::open(line).map(|fence| (number + 1, fence, String::new())),
        }
    }
    found
}

/// The Plays of a code's page, in its order.
#[must_use]
pub fn examples(page: &str) -> Vec<Example> {
    let shown = page.find("\n## Wrong\n").map_or("", |at| &page[at..]);
    plays(shown).into_iter().map(|(_, example)| example).collect()
}

/// Replaces the top-level sections of `base` by those of the same key in `fragment`; new ones come last.
#[must_use]
pub fn splice(base: &str, fragment: &str) -> String {
    let mut sections = sections(base);
    for (key, text) in self::sections(fragment) {
        match sections.iter_mut().find(|(k, _)| *k == key) {
            Some(section) => section.1 = text,
            None => sections.push((key, text)),
        }
    }
    sections.into_iter().map(|(_, text)| text).collect()
}

/// Key and text of each top-level section.
fn sections(text: &str) -> Vec<(&str, &str)> {
    let starts_section = |line: &str| line.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if starts_section(line) {
            starts.push(at);
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| (key(&text[start..end]), &text[start..end])).collect()
}

fn key(section: &str) -> &str {
    section.split(':').next().unwrap_or("").trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_parts() {
        for code in Code::ALL {
            let page = page(*code);
            let title = format!("# {}: {}", code.as_str(), code.summary());
            assert_eq!(page.lines().next(), Some(title.as_str()), "first line of {}", code.as_str());
            for heading in ["## What it means", "## Why it matters", "## Wrong", "## Right"] {
                assert!(page.lines().any(|l| l == heading), "{} lacks `{heading}`", code.as_str());
            }
            let examples = examples(page);
            assert!(examples.iter().any(|e| !e.is_wrong), "{} shows no right Play", code.as_str());
            // Bytes that are no UTF-8 cannot be shown in a page.
            let shows_wrong = examples.iter().any(|e| e.is_wrong);
            assert!(shows_wrong || *code == Code::E0109, "{} shows no wrong Play", code.as_str());
            assert!(page.lines().all(|l| l.chars().count() <= 120), "{} has a long line", code.as_str());
        }
    }

    #[test]
    fn fragments_replace_sections_and_add_new_ones() {
        let base = "# head\na: 1\nb:\n  - x\nc: 3\n";
        assert_eq!(splice(base, "b: 2\nd: 4\n"), "a: 1\nb: 2\nc: 3\nd: 4\n");
    }
}
