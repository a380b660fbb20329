//! What a YAML syntax error means, in words.

use diagnostics::codes::Code;
use diagnostics::{Applicability, Diagnostic, Edit, SourceId, Span};
use granit_parser::{ErrorKind, ScanError};

const TWO_SPACES: &str = "  ";

/// `section_start`: the line of the top-level key that the error is in.
pub fn describe(source: SourceId, text: &str, error: &ScanError, section_start: usize) -> Diagnostic {
    let mut at = error.marker().byte_offset().unwrap_or(0).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let place = Place { source, text, at, section_start: section_start.min(at) };
    use ErrorKind as E;
    match error.kind() {
        E::TabNotAllowed | E::TabInBlockIndentation | E::TabInIndentation | E::TabAtBlockScalarStart => {
            return place.tabs();
        }
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar | E::InvalidQuotedScalarIndent => {
            return place.quote();
        }
        E::MissingAnchorOrAliasName => return place.reserved(),
        E::UnexpectedCharacter { .. } => return place.reserved(),
        E::RecursionLimitExceeded => {
            return place.plain(
                "maps and lists are nested too deeply",
                "too deep",
                "write the parts one by one",
            );
        }
        _ => {}
    }
    if let Some(report) = place.tab_before() {
        return report;
    }
    if let Some(report) = place.bracket(error.kind()) {
        return report;
    }
    place.by_kind(error.kind())
}

struct Place<'t> {
    source: SourceId,
    text: &'t str,
    at: usize,
    section_start: usize,
}

impl Place<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source, start..end)
    }

    /// The rest of the line from the error on, or the last thing before it at the end of a line.
    fn here(&self) -> Span {
        let rest = &self.text[self.at..];
        let line = rest.split(['\n', '\r']).next().unwrap_or("");
        let word = line.split_whitespace().next().unwrap_or("");
        if word.is_empty() || line.starts_with(char::is_whitespace) {
            let end = (self.at + rest.chars().next().map_or(0, char::len_utf8)).min(self.text.len());
            return self.span(self.at, if rest.starts_with(['\n', '\r']) { self.at } else { end });
        }
        self.span(self.at, self.at + word.len())
    }

    fn line(&self) -> &str {
        let start = self.text[..self.at].rfind('\n').map_or(0, |n| n + 1);
        self.text[start..].split(['\n', '\r']).next().unwrap_or("")
    }

    fn plain(&self, message: &str, label: &str, note: &str) -> Diagnostic {
        Diagnostic::new(Code::E0101, message, self.here(), label).note(note)
    }

    fn tabs(&self) -> Diagnostic {
        let tabs = indentation_tabs(self.text, self.section_start);
        let first = tabs.first().copied().unwrap_or((self.at, self.at));
        let mut report =
            Diagnostic::new(Code::E0103, "a tab in the indentation", self.span(first.0, first.1), "a tab")
                .note("YAML indents by spaces alone: a tab has no fixed width");
        for (start, end) in tabs.iter().skip(1).take(4) {
            report = report.label(self.span(*start, *end), "and here");
        }
        let edit = |(start, end): &(usize, usize)| Edit {
            span: self.span(*start, *end),
            text: TWO_SPACES.repeat(end - start),
        };
        let edits: Vec<Edit> = tabs.iter().map(edit).collect();
        if edits.is_empty() {
            return report;
        }
        report.with_fix("indent by two spaces for each tab", Applicability::Maybe, edits)
    }

    /// Some errors are tabs that the reader noticed late.
    fn tab_before(&self) -> Option<Diagnostic> {
        let end = self.text[self.at..].find('\n').map_or(self.text.len(), |n| self.at + n);
        let tabs = indentation_tabs(self.text, self.section_start);
        tabs.iter().any(|(start, _)| *start <= end).then(|| self.tabs())
    }

    fn quote(&self) -> Diagnostic {
        let open = open_quote(self.text, self.section_start, self.at).unwrap_or(self.at);
        let quote = self.text[open..].chars().next().unwrap_or('"');
        let end = open + quote.len_utf8().min(self.text.len() - open);
        let report = Diagnostic::new(
            Code::E0101,
            format!("a quoted text is never closed by `{quote}`"),
            self.span(open, end),
            "opened here",
        );
        report.note("close it on the same line; a quote inside single quotes is written twice: `'it''s'`")
    }

    fn reserved(&self) -> Diagnostic {
        let c = self.text[self.at..].chars().next().unwrap_or(' ');
        let start = if matches!(c, '*' | '&' | '%' | '@' | '`' | '>' | '|') {
            self.at
        } else {
            self.text[..self.at].char_indices().next_back().map_or(self.at, |(n, _)| n)
        };
        let rest = &self.text[start..];
        let c = rest.chars().next().unwrap_or(' ');
        if !matches!(c, '*' | '&' | '%' | '@' | '`' | '>' | '|') {
            return self.plain(
                "a character that cannot stand here",
                "unexpected",
                "quote the text if it is meant literally",
            );
        }
        let len = rest.find([' ', ',', ']', '}', '\n', '\r']).unwrap_or(rest.len()).max(c.len_utf8());
        let span = self.span(start, start + len);
        let report = Diagnostic::new(
            Code::E0101,
            format!("a value cannot start with `{c}` unquoted"),
            span,
            "quote this",
        )
        .note("`!`, `*`, `&`, `%`, `@`, `>` and `|` mean something in YAML at the start of a value");
        let word = &rest[..len];
        if word.contains(['"', '\\']) { report } else { report.fix("quote it", span, format!("\"{word}\"")) }
    }

    /// Brackets explain most errors in flow style.
    fn bracket(&self, kind: &ErrorKind) -> Option<Diagnostic> {
        use ErrorKind as E;
        match kind {
            E::MismatchedFlowCollectionEnd { open, close } => {
                let (opener, closer) = first_mismatch(self.text, self.section_start)?;
                let message = format!("`{open}` is closed by `{close}`");
                let label = "this closes the wrong bracket";
                let report = Diagnostic::new(Code::E0101, message, self.span(closer, closer + 1), label);
                return Some(report.label(self.span(opener, opener + 1), "opened here"));
            }
            E::MisplacedFlowCollectionEnd => {
                let note = "remove it, or add the opening bracket";
                return Some(self.plain("a closing bracket without an opening one", "closes nothing", note));
            }
            _ => {}
        }
        if let Some(opener) = unmatched_opener(self.text, self.section_start, self.section_end()) {
            return Some(self.unclosed(opener));
        }
        let opener = unmatched_opener(self.text, self.section_start, self.at)?;
        let separator = matches!(
            kind,
            E::ExpectedFlowSequenceSeparator
                | E::ExpectedFlowMappingSeparator
                | E::InvalidTrailingDoubleQuotedScalar
                | E::InvalidTrailingSingleQuotedScalar
        );
        separator.then(|| self.missing_comma(opener))
    }

    fn unclosed(&self, opener: usize) -> Diagnostic {
        let (open, close) = if self.text[opener..].starts_with('[') { ('[', ']') } else { ('{', '}') };
        let report = Diagnostic::new(
            Code::E0101,
            format!("`{open}` is never closed"),
            self.span(opener, opener + 1),
            "opened here",
        )
        .note(format!("add the closing `{close}`"));
        let here = self.here();
        if self.at > opener && self.at < self.text.len() && here.start < here.end {
            return report.label(here, format!("without `{close}`, this is still inside"));
        }
        report
    }

    fn missing_comma(&self, opener: usize) -> Diagnostic {
        let (open, close) = if self.text[opener..].starts_with('[') { ('[', ']') } else { ('{', '}') };
        let message = format!("`,` or `{close}` is missing");
        Diagnostic::new(Code::E0101, message, self.here(), "before this")
            .label(self.span(opener, opener + 1), "the list or map opened here")
            .note(format!("inside `{open}{close}` the items are separated by commas"))
    }

    /// Where the next top-level key begins.
    fn section_end(&self) -> usize {
        let mut at = self.section_start;
        for (n, line) in self.text[self.section_start..].split_inclusive('\n').enumerate() {
            if n > 0 && line.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '"') {
                return at;
            }
            at += line.len();
        }
        self.text.len()
    }

    fn by_kind(&self, kind: &ErrorKind) -> Diagnostic {
        use ErrorKind as E;
        match kind {
            E::MappingValueNotAllowed | E::InvalidColonPlacement | E::InvalidMappingValueWhitespace => self.plain(
                "a `:` where no key can be",
                "this `:`",
                "quote a text that holds `: `; if this is a new key, its indentation must match its neighbours'",
            ),
            E::SimpleKeyExpected | E::InvalidSimpleKey => {
                let line = self.line().trim();
                let label = if line.contains(':') { "here" } else { "no `:` on this line" };
                self.plain(
                    "a line that is neither `key: value` nor `- item`",
                    label,
                    "a key is followed by `: `; a text over several lines needs quotes or `|`",
                )
            }
            E::InvalidIndentation
            | E::ExpectedBlockMappingKey
            | E::ExpectedBlockSequenceEntry
            | E::BlockSequenceEntryNotAllowed
            | E::InvalidBlockScalarIndent
            | E::InvalidFlowScalarIndent => self.plain(
                "the indentation does not match",
                "starts at a column where nothing is open",
                "keys of one map, and the dashes of one list, stand in one column",
            ),
            E::UnknownQuotedScalarEscape | E::InvalidQuotedScalarHexEscape | E::InvalidUnicodeEscape => self.plain(
                "an escape that does not exist",
                "after `\\`",
                "in double quotes `\\` starts an escape; single quotes take everything as it is",
            ),
            E::InvalidTrailingDoubleQuotedScalar | E::InvalidTrailingSingleQuotedScalar => self.plain(
                "text after a closing quote",
                "this stands behind the quoted text",
                "put the whole value into one pair of quotes; a comment needs a space before its `#`",
            ),
            E::BlockEntryInFlowCollection | E::PlainScalarStartsWithDashFlowIndicator => self.plain(
                "a `-` item inside brackets",
                "this dash",
                "inside `[...]` items are separated by commas, without dashes; quote a `-` that is an operator",
            ),
            E::UndeclaredTagHandle | E::ExpectedTagBang | E::InvalidTagTerminator => {
                self.plain("a tag that cannot be read", "starts with `!`", "quote a value that starts with `!`")
            }
            E::BomInsideDocument => {
                self.plain("a byte order mark inside the file", "here", "it may only be the first thing in a file")
            }
            other => self.plain(
                &format!("this is not YAML: {other}"),
                "here",
                "check the indentation, brackets and quotes before this place",
            ),
        }
    }
}

/// The runs of tabs in the indentation of lines from `from` on, within the section.
fn indentation_tabs(text: &str, from: usize) -> Vec<(usize, usize)> {
    let mut tabs = Vec::new();
    let mut at = from;
    for (n, line) in text[from..].split_inclusive('\n').enumerate() {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let blank = line.trim().is_empty() || line.trim_start().starts_with('#');
        if n > 0 && indent == 0 && !blank && !line.starts_with(['-', ']', '}']) {
            break;
        }
        if !blank && let Some(tab) = line[..indent].find('\t') {
            let end = line[tab..indent].find(|c| c != '\t').map_or(indent, |n| tab + n);
            tabs.push((at + tab, at + end));
        }
        at += line.len();
    }
    tabs
}

/// Scans flow syntax: quotes and comments are skipped; the last bracket before `to` that is still open.
fn unmatched_opener(text: &str, from: usize, to: usize) -> Option<usize> {
    let mut open = Vec::new();
    scan(text, from, to, |at, c| match c {
        '[' | '{' => open.push(at),
        ']' | '}' => {
            open.pop();
        }
        _ => {}
    });
    open.last().copied()
}

/// The first closing bracket that is not the one of its opening bracket, with that.
fn first_mismatch(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut found = None;
    scan(text, from, text.len(), |at, c| match c {
        '[' => open.push((at, ']')),
        '{' => open.push((at, '}')),
        ']' | '}' => {
            let expected = open.pop();
            if let Some((opener, close)) = expected
                && close != c
            {
                found.get_or_insert((opener, at));
            }
        }
        _ => {}
    });
    found
}

/// Where the quote opens that is still open at `to`.
fn open_quote(text: &str, from: usize, to: usize) -> Option<usize> {
    scan(text, from, to, |_, _| {})
}

/// Visits what is neither quoted nor commented; gives the quote that is open at the end.
fn scan(text: &str, from: usize, to: usize, mut visit: impl FnMut(usize, char)) -> Option<usize> {
    let mut quote: Option<(char, usize)> = None;
    let mut before = '\n';
    let mut chars = text[from..to.max(from)].char_indices().peekable();
    while let Some((n, c)) = chars.next() {
        match quote {
            Some(('"', _)) if c == '\\' => {
                chars.next();
            }
            Some((q, _)) if c == q => {
                if q == '\'' && chars.peek().is_some_and(|(_, next)| *next == '\'') {
                    chars.next();
                } else {
                    quote = None;
                }
            }
            Some(_) => {}
            None if (c == '"' || c == '\'') && (before.is_whitespace() || "[{,:".contains(before)) => {
                quote = Some((c, from + n));
            }
            None if c == '#' && before.is_whitespace() => {
                while chars.next_if(|(_, next)| *next != '\n').is_some() {}
            }
            None => visit(from + n, c),
        }
        before = c;
    }
    quote.map(|(_, at)| at)
}
