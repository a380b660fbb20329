//! From the events of the YAML reader to the tree.

use std::borrow::Cow;

use diagnostics::codes::Code;
use diagnostics::{Diagnostic, SourceId, Span};
use granit_parser::{Event, Parser, ScalarStyle, ScanError, StructureStyle, options};

use super::{Comment, Entry, Kind, MAX_DEPTH, Node, Origin, Plain, Scalar, Style, scalar};

/// What became of one attempt to read the text.
pub struct Outcome {
    pub root: Option<Node>,
    pub comments: Vec<Comment>,
    pub diagnostics: Vec<Diagnostic>,
    pub failure: Option<Failure>,
}

pub struct Failure {
    pub why: Why,
    /// Where the top-level key begins whose value was being read.
    pub open_key: Option<usize>,
    /// Everything before this byte had been read.
    pub read_to: usize,
}

pub enum Why {
    Scan(ScanError),
    TooDeep(Span),
}

pub fn read(source: SourceId, text: &str) -> Outcome {
    let options = options! { emit_anchor_events: true, emit_unresolved_aliases: true };
    let mut builder = Builder { source, text, ..Builder::default() };
    let mut failure = None;
    for event in Parser::new_from_str_with_options(text, options) {
        let why = match event {
            Ok((event, span)) => match builder.event(event, &span) {
                Step::Go => continue,
                Step::Done => break,
                Step::TooDeep(at) => Why::TooDeep(at),
            },
            Err(error) => Why::Scan(error),
        };
        failure = Some(Failure { why, open_key: builder.open_key(), read_to: builder.read_to });
        break;
    }
    builder.report_anchors();
    Outcome { root: builder.root, comments: builder.comments, diagnostics: builder.diagnostics, failure }
}

enum Step {
    Go,
    Done,
    TooDeep(Span),
}

#[derive(Default)]
struct Builder<'t> {
    source: SourceId,
    text: &'t str,
    stack: Vec<Frame>,
    root: Option<Node>,
    documents: u32,
    comments: Vec<Comment>,
    anchors: Vec<Anchor>,
    diagnostics: Vec<Diagnostic>,
    read_to: usize,
}

struct Anchor {
    id: usize,
    name: String,
    span: Span,
    uses: Vec<Span>,
}

/// A collection that is not closed yet.
struct Frame {
    items: Items,
    flow: bool,
    /// Of the opening event: the bracket in flow style, empty in block style.
    opened: Span,
    key_start: usize,
}

enum Items {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<MapKey> },
}

enum MapKey {
    Name(Scalar),
    /// `<<`: the map has keys that were not read.
    Merge(Scalar),
    /// Reported already; its value is dropped.
    Bad,
}

impl<'t> Builder<'t> {
    fn event(&mut self, event: Event<'t>, at: &granit_parser::Span) -> Step {
        let span = self.span(at);
        if !matches!(event, Event::Comment(..) | Event::StreamEnd | Event::Anchor(..)) {
            self.read_to = self.read_to.max(span.end as usize);
        }
        match event {
            Event::DocumentStart(..) => {
                self.documents += 1;
                if self.documents > 1 {
                    self.several_documents(span);
                    return Step::Done;
                }
            }
            Event::Comment(text, _) => self.comments.push(Comment { text: text.into_owned(), span }),
            Event::Anchor(id, name) => {
                self.anchors.push(Anchor { id, name: name.into_owned(), span, uses: Vec::new() });
            }
            Event::Alias(id) => {
                if let Some(anchor) = self.anchors.iter_mut().find(|a| a.id == id) {
                    anchor.uses.push(span);
                }
                self.attach(Node { kind: Kind::Error, span });
            }
            Event::UnresolvedAlias(name) => {
                self.unresolved_alias(&name, span);
                self.attach(Node { kind: Kind::Error, span });
            }
            Event::Scalar(text, style, _, tag) => {
                let node = match tag.and_then(|_| at.tag_span()) {
                    Some(tag) => self.tagged(self.span(&tag), text, style, span),
                    None => self.scalar(text, style, span),
                };
                self.attach(node);
            }
            Event::SequenceStart(style, _, tag) => {
                return self.open(Items::List(Vec::new()), style, tag.and_then(|_| at.tag_span()), span);
            }
            Event::MappingStart(style, _, tag) => {
                let items = Items::Map { entries: Vec::new(), key: None };
                return self.open(items, style, tag.and_then(|_| at.tag_span()), span);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            _ => {}
        }
        Step::Go
    }

    fn span(&self, at: &granit_parser::Span) -> Span {
        let mut range = at.byte_range().unwrap_or(0..0);
        range.end = range.end.min(self.text.len());
        range.start = range.start.min(range.end);
        Span::new(self.source, range)
    }

    /// The start of the top-level key whose value is not complete.
    fn open_key(&self) -> Option<usize> {
        match &self.stack.first()?.items {
            Items::Map { key: Some(MapKey::Name(key) | MapKey::Merge(key)), .. } => {
                Some(key.span.start as usize)
            }
            Items::Map { key: Some(MapKey::Bad), .. } => Some(self.stack[0].key_start),
            _ => None,
        }
    }

    fn open(
        &mut self,
        items: Items,
        style: StructureStyle,
        tag: Option<granit_parser::Span>,
        at: Span,
    ) -> Step {
        if let Some(tag) = tag {
            let span = self.span(&tag);
            self.report_tag(span);
        }
        if self.stack.len() >= MAX_DEPTH {
            return Step::TooDeep(at);
        }
        let flow = style == StructureStyle::Flow;
        self.stack.push(Frame { items, flow, opened: at, key_start: at.start as usize });
        Step::Go
    }

    fn close(&mut self, at: Span) {
        let Some(frame) = self.stack.pop() else { return };
        let first_and_last = match &frame.items {
            Items::List(items) => items.first().zip(items.last()).map(|(a, b)| (a.span, b.span)),
            Items::Map { entries, .. } => {
                entries.first().zip(entries.last()).map(|(a, b)| (a.key.span, b.key.span.to(b.value.span)))
            }
        };
        let span = match first_and_last {
            _ if frame.flow => frame.opened.to(at),
            Some((first, last)) => first.to(last),
            None => frame.opened,
        };
        let kind = match frame.items {
            Items::List(items) => Kind::List(items),
            Items::Map { entries, .. } => Kind::Map(entries),
        };
        self.attach(Node { kind, span });
    }

    /// Puts a finished node where it belongs: as item, key or value of the innermost collection, or as the root.
    fn attach(&mut self, node: Node) {
        let Some(frame) = self.stack.last_mut() else {
            self.root.get_or_insert(node);
            return;
        };
        match &mut frame.items {
            Items::List(items) => items.push(node),
            Items::Map { entries, key } => match key.take() {
                None => {
                    frame.key_start = node.span.start as usize;
                    let (made, problem) = map_key(node);
                    *key = Some(made);
                    self.diagnostics.extend(problem);
                }
                Some(MapKey::Bad) => {}
                Some(MapKey::Merge(key)) => {
                    entries.push(Entry { key, value: Node { kind: Kind::Error, ..node } })
                }
                Some(MapKey::Name(key)) => {
                    let absent = node.span.start == node.span.end && node.kind == Kind::Null;
                    let value = if absent { Node { kind: Kind::Null, span: key.span } } else { node };
                    entries.push(Entry { key, value });
                }
            },
        }
    }

    fn scalar(&self, text: Cow<'t, str>, style: ScalarStyle, span: Span) -> Node {
        let raw = self.text.get(span.range()).unwrap_or("");
        let (style, origin) = match style {
            ScalarStyle::Plain => (Style::Plain, Origin::find(&text, raw, span.start as usize)),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                let inner = raw.get(1..raw.len().saturating_sub(1)).unwrap_or("");
                (Style::Quoted, Origin::find(&text, inner, span.start as usize + 1))
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                (Style::Block, Origin::find(&text, raw, span.start as usize))
            }
        };
        let span = if style == Style::Block && text.is_empty() { self.block_sign(span) } else { span };
        if style == Style::Plain && (span.start == span.end || scalar::resolve(&text) == Plain::Null) {
            return Node { kind: Kind::Null, span };
        }
        Node { kind: Kind::Scalar(Scalar { text: text.into_owned(), style, span, origin }), span }
    }

    /// The `>` or `|` of a block without text.
    fn block_sign(&self, span: Span) -> Span {
        let sign = block_sign(self.text, &self.comments, span.start as usize);
        let at = sign.unwrap_or(span.start as usize);
        Span::new(self.source, at..(at + 1).min(self.text.len()))
    }

    /// `!tag value`. An unquoted `!=` is an operator that YAML takes for a tag.
    fn tagged(&mut self, tag: Span, text: Cow<'t, str>, style: ScalarStyle, span: Span) -> Node {
        let written = self.text.get(tag.range()).unwrap_or("");
        if written == "!=" || written == "!" {
            let word = if written == "!" { "not" } else { "!=" };
            self.diagnostics.push(
                Diagnostic::new(
                    Code::E0108,
                    format!("`{written}` must be quoted"),
                    tag,
                    "YAML reads this as a tag",
                )
                .fix("quote it", tag, format!("\"{word}\""))
                .note("`!`, `*`, `&`, `%`, `@`, `>` and `|` mean something in YAML at the start of a value"),
            );
            let origin = Origin::Whole;
            let scalar = Scalar { text: word.to_owned(), style: Style::Quoted, span: tag, origin };
            return Node { kind: Kind::Scalar(scalar), span: tag };
        }
        self.report_tag(tag);
        self.scalar(text, style, span)
    }

    fn report_tag(&mut self, tag: Span) {
        let written = self.text.get(tag.range()).unwrap_or("");
        let message = format!("the tag `{written}` is not supported");
        self.diagnostics.push(
            Diagnostic::new(Code::E0108, message, tag, "a tag")
                .with_fix(
                    "remove the tag",
                    diagnostics::Applicability::Maybe,
                    vec![diagnostics::Edit { span: tag, text: String::new() }],
                )
                .note("a Play knows the type of every key; quote a value to make it text"),
        );
    }

    fn unresolved_alias(&mut self, name: &str, span: Span) {
        let mut report = Diagnostic::new(
            Code::E0108,
            format!("`*{name}` is an alias without an anchor"),
            span,
            "an alias in YAML",
        );
        report = if name.chars().all(|c| c.is_alphanumeric() || c == '_') {
            report.note("Plays have no aliases: declare the value under `variables:` and write `${name}`")
        } else {
            report
                .fix("quote it", span, format!("\"*{name}\""))
                .note("a value that starts with `*` must be quoted")
        };
        self.diagnostics.push(report);
    }

    fn several_documents(&mut self, at: Span) {
        self.diagnostics.push(
            Diagnostic::new(Code::E0110, "a file holds one Play", at, "a second YAML document starts here")
                .note("put each Play into a file of its own; what follows was not read"),
        );
    }

    fn report_anchors(&mut self) {
        for anchor in std::mem::take(&mut self.anchors) {
            let message = format!("the anchor `&{}` is not supported", anchor.name);
            let mut report = Diagnostic::new(Code::E0108, message, anchor.span, "an anchor in YAML");
            for span in anchor.uses.iter().take(3) {
                report = report.label(*span, "used here");
            }
            self.diagnostics.push(report.note(
                "a Play is read as it stands: declare the value under `variables:` and write `${name}`",
            ));
        }
    }
}

fn map_key(node: Node) -> (MapKey, Option<Diagnostic>) {
    let span = node.span;
    match node.kind {
        Kind::Scalar(scalar) if scalar.text == "<<" && scalar.style == Style::Plain => {
            let report =
                Diagnostic::new(Code::E0108, "merge keys are not supported", span, "a merge key in YAML")
                    .note("write the keys out, or use `variables:` for the values that repeat");
            (MapKey::Merge(scalar), Some(report))
        }
        Kind::Scalar(scalar) => (MapKey::Name(scalar), None),
        Kind::Null if span.start == span.end => {
            let report =
                Diagnostic::new(Code::E0101, "a key is missing before `:`", span, "a key belongs here");
            (MapKey::Bad, Some(report))
        }
        Kind::Null => {
            let text = "null".to_owned();
            (MapKey::Name(Scalar { text, style: Style::Plain, span, origin: Origin::Whole }), None)
        }
        Kind::Error => (MapKey::Bad, None),
        Kind::List(_) | Kind::Map(_) => {
            let report =
                Diagnostic::new(Code::E0106, "a key must be a word", span, "this is a list or a map")
                    .note("write `key: value`; in `{...}` quote a text that holds brackets");
            (MapKey::Bad, Some(report))
        }
    }
}

/// The `>` or `|` of the block whose text begins at this byte.
pub fn block_sign(text: &str, comments: &[Comment], start: usize) -> Option<usize> {
    let is_written = |at: &usize| !comments.iter().any(|comment| comment.span.range().contains(at));
    text.get(..start)?.rmatch_indices(['>', '|']).map(|(at, _)| at).find(is_written)
}
