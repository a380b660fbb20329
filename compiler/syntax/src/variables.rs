//! `${name}` in any scalar is replaced by the variable's value.
//!
//! A scalar that is exactly `${name}` becomes the value itself, with its type; inside a longer text the value is put
//! in as text. A variable may use those declared above it. The parameters of a block are put in the same way.

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, Span, suggest};

use crate::yaml::{Document, Entry, Kind, MAX_DEPTH, Node, Origin, Scalar};

/// A declared variable, with how it was written.
pub struct Declared {
    pub key: Scalar,
    pub value: Node,
    pub used: bool,
    /// What stands for it inside a longer text, where the value itself is no single one: a search has a default.
    in_text: Option<String>,
    depth: usize,
    /// Nodes and bytes of text.
    size: usize,
}

impl Declared {
    pub fn new(key: Scalar, value: Node, in_text: Option<String>) -> Declared {
        let (depth, size) = (depth(&value), size(&value));
        Declared { key, value, used: false, in_text, depth, size }
    }
}

/// What the declared things are called.
struct Words {
    noun: &'static str,
    section: &'static str,
}

const VARIABLES: Words = Words { noun: "variable", section: "the top-level key `variables:`" };
const PARAMS: Words = Words { noun: "parameter", section: "the block's `params:`" };

/// All that variables may put into a Play together: variables that hold variables grow fast.
const MAX_EXPANSION: usize = 1 << 20;

/// Takes the variables out of the tree and puts them in where they are named.
pub fn substitute(document: &mut Document, out: &mut Vec<Diagnostic>) -> Vec<Declared> {
    let broken = document.broken.iter().any(|key| key == "variables" || key.is_empty());
    let Some(Node { kind: Kind::Map(entries), .. }) = &mut document.root else { return Vec::new() };
    let mut pass = Pass::new(Vec::new(), &VARIABLES, broken, out);
    if let Some(section) = entries.iter_mut().find(|e| e.key.text == "variables")
        && let Kind::Map(variables) = &mut section.value.kind
    {
        pass.below = variables.iter().map(|v| v.key.clone()).collect();
        for Entry { key, value } in variables.iter_mut() {
            pass.node(value, 2);
            if pass.declared.iter().all(|d| d.key.text != key.text) {
                pass.declared.push(Declared::new(key.clone(), value.clone(), None));
            }
        }
    }
    for entry in entries.iter_mut() {
        if entry.key.text != "variables" && !entry.key.text.starts_with("x-") {
            pass.node(&mut entry.value, 1);
        }
    }
    pass.declared
}

/// Puts the parameters of a block into its sections.
pub fn put_in(
    sections: &mut [&mut Node],
    params: Vec<Declared>,
    broken: bool,
    out: &mut Vec<Diagnostic>,
) -> Vec<Declared> {
    let mut pass = Pass::new(params, &PARAMS, broken, out);
    sections.iter_mut().for_each(|node| pass.node(node, 1));
    pass.declared
}

struct Pass<'d> {
    declared: Vec<Declared>,
    words: &'static Words,
    /// All keys of the section, those that are not reached yet among them.
    below: Vec<Scalar>,
    broken: bool,
    budget: usize,
    exhausted: bool,
    out: &'d mut Vec<Diagnostic>,
}

impl<'d> Pass<'d> {
    fn new(
        declared: Vec<Declared>,
        words: &'static Words,
        broken: bool,
        out: &'d mut Vec<Diagnostic>,
    ) -> Pass<'d> {
        Pass { declared, words, below: Vec::new(), broken, budget: MAX_EXPANSION, exhausted: false, out }
    }

    fn node(&mut self, node: &mut Node, depth: usize) {
        match &mut node.kind {
            Kind::List(items) => items.iter_mut().for_each(|item| self.node(item, depth + 1)),
            Kind::Map(entries) => {
                for entry in entries.iter_mut() {
                    self.text(&mut entry.key);
                    self.node(&mut entry.value, depth + 1);
                }
            }
            Kind::Scalar(scalar) => {
                if let Some(name) = sole_reference(&scalar.text) {
                    let (name, place) = (name.to_owned(), scalar.place(0, scalar.text.len()));
                    node.kind = self.value(&name, place, depth).unwrap_or(Kind::Error);
                } else if !self.text(scalar) {
                    node.kind = Kind::Error;
                }
            }
            Kind::Null | Kind::Error => {}
        }
    }

    /// The value itself, standing at `place`.
    fn value(&mut self, name: &str, place: Span, depth: usize) -> Option<Kind> {
        let declared = self.find(name, place)?;
        let (cost, reaches) = (declared.size, depth + declared.depth);
        if !self.afford(cost, reaches, place) {
            return None;
        }
        let mut kind = self.find(name, place)?.value.kind.clone();
        if let Kind::Scalar(scalar) = &mut kind {
            scalar.span = place;
            scalar.origin = Origin::Whole;
        }
        Some(kind)
    }

    /// Whether the value still fits in; the first one that does not is reported.
    fn afford(&mut self, cost: usize, depth: usize, place: Span) -> bool {
        if cost <= self.budget && depth <= MAX_DEPTH && !self.exhausted {
            self.budget -= cost;
            return true;
        }
        if !std::mem::replace(&mut self.exhausted, true) {
            self.out.push(
                Diagnostic::new(
                    Code::E0107,
                    "the variables expand to too much",
                    place,
                    "too much from here on",
                )
                .note("variables that hold variables grow with every step; write the value out"),
            );
        }
        false
    }

    fn find(&mut self, name: &str, place: Span) -> Option<&Declared> {
        if let Some(at) = self.declared.iter().position(|d| d.key.text == name) {
            self.declared[at].used = true;
            return Some(&self.declared[at]);
        }
        if !self.broken {
            self.unknown(name, place);
        }
        None
    }

    fn unknown(&mut self, name: &str, place: Span) {
        let mut report = Diagnostic::new(
            Code::E0309,
            format!("the {} `{name}` is not declared", self.words.noun),
            place,
            "used here",
        );
        if let Some(key) = self.below.iter().find(|key| key.text == name) {
            report = report
                .label(key.span, "declared here")
                .note("a variable may use those above it, not those below");
            self.out.push(report);
            return;
        }
        let names = self.declared.iter().map(|d| d.key.text.as_str());
        if let Some(near) = suggest::nearest(name, names) {
            let declared = self.declared.iter().find(|d| d.key.text == near);
            let written_out = (place.end - place.start) as usize == "${}".len() + name.len();
            report = if written_out {
                report.fix(format!("write `${{{near}}}`"), place, format!("${{{near}}}"))
            } else {
                report.note(format!("did you mean `${{{near}}}`?"))
            };
            if let Some(declared) = declared {
                report = report.label(declared.key.span, "declared here");
            }
        } else {
            report = report.note(format!("{}s are declared under {}", self.words.noun, self.words.section));
        }
        self.out.push(report);
    }

    /// Replaces references inside a longer text; `false` when one of them could not be.
    fn text(&mut self, scalar: &mut Scalar) -> bool {
        if !scalar.text.contains("${") {
            return true;
        }
        let mut complete = true;
        let mut text = String::with_capacity(scalar.text.len());
        let mut pieces = Vec::with_capacity(scalar.text.len());
        let mut rest = 0;
        while let Some(open) = scalar.text[rest..].find("${").map(|n| rest + n) {
            let Some(close) = scalar.text[open..].find('}').map(|n| open + n) else {
                let place = scalar.place(open, open + 2);
                self.out.push(
                    Diagnostic::new(Code::E0107, "`${` without `}`", place, "opened here")
                        .note("a variable is written `${name}`"),
                );
                complete = false;
                break;
            };
            let place = scalar.place(open, close + 1);
            let name = scalar.text[open + 2..close].trim().to_owned();
            copy(scalar, rest..open, &mut text, &mut pieces);
            if let Some(value) = self.written(&name, place) {
                text.push_str(&value);
                pieces.extend(std::iter::repeat_n((place.start, place.end), value.len()));
            } else {
                complete = false;
                copy(scalar, open..close + 1, &mut text, &mut pieces);
            }
            rest = close + 1;
        }
        copy(scalar, rest..scalar.text.len(), &mut text, &mut pieces);
        if scalar.origin != Origin::Whole {
            scalar.origin = Origin::Pieces(pieces);
        }
        scalar.text = text;
        complete
    }

    /// The value as text, for the inside of a longer text.
    fn written(&mut self, name: &str, place: Span) -> Option<String> {
        let declared = self.find(name, place)?;
        if let Some(text) = &declared.in_text {
            return Some(text.clone());
        }
        match &declared.value.kind {
            Kind::Scalar(_) => {
                let cost = declared.size;
                let fits = self.afford(cost, 0, place);
                return self.find(name, place)?.value.scalar().filter(|_| fits).map(|s| s.text.clone());
            }
            Kind::Error => return None,
            Kind::Null | Kind::List(_) | Kind::Map(_) => {}
        }
        self.out.push(
            Diagnostic::new(
                Code::E0106,
                format!("the {} `{name}` is no single value", self.words.noun),
                place,
                "used in a text",
            )
            .note("inside a longer text only a number, a word or true/false can be put in"),
        );
        None
    }
}

fn copy(scalar: &Scalar, range: std::ops::Range<usize>, text: &mut String, pieces: &mut Vec<(u32, u32)>) {
    pieces.extend(range.clone().map(|at| scalar.origin.piece(scalar.span, at)));
    text.push_str(&scalar.text[range]);
}

/// `${name}` and nothing else.
fn sole_reference(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    (!name.contains(['{', '}', '$'])).then_some(name.trim())
}

fn depth(node: &Node) -> usize {
    let below = match &node.kind {
        Kind::List(items) => items.iter().map(depth).max(),
        Kind::Map(entries) => entries.iter().map(|e| depth(&e.value)).max(),
        Kind::Null | Kind::Scalar(_) | Kind::Error => None,
    };
    1 + below.unwrap_or(0)
}

fn size(node: &Node) -> usize {
    let below: usize = match &node.kind {
        Kind::List(items) => items.iter().map(size).sum(),
        Kind::Map(entries) => entries.iter().map(|e| e.key.text.len() + size(&e.value)).sum(),
        Kind::Scalar(scalar) => scalar.text.len(),
        Kind::Null | Kind::Error => 0,
    };
    1 + below
}
