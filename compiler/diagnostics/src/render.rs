//! Diagnostics as text for people and as JSON for tools.

use std::fmt::Write as _;

use codespan_reporting::diagnostic as cs;
use codespan_reporting::files::{Error as FilesError, Files};
use codespan_reporting::term::{self, Config, Styles, StylesWriter, termcolor};
use serde::Serialize;

use crate::codes::Severity;
use crate::diagnostic::{Applicability, Diagnostic};
use crate::source::{Position, Source, SourceId, SourceMap, Span};

/// With the lines of the files, labels, notes and fixes. Ends with an empty line.
#[must_use]
pub fn human(sources: &SourceMap, diagnostic: &Diagnostic, colour: bool) -> String {
    let files = FileView(sources);
    let shown = for_people(sources, diagnostic);
    let config = Config::default();
    let styles = Styles::default();
    let mut plain = termcolor::Buffer::no_color();
    let mut ansi = termcolor::Buffer::ansi();
    let buffer = if colour { &mut ansi } else { &mut plain };
    let written =
        term::emit_to_write_style(&mut StylesWriter::new(&mut *buffer, &styles), &config, &files, &shown);
    match written {
        Ok(()) => String::from_utf8_lossy(buffer.as_slice()).into_owned(),
        // A label in a file that is not in the map: the words are still worth saying.
        Err(_) => short(sources, diagnostic),
    }
}

/// One line: `file:line:col: severity[code]: message`.
#[must_use]
pub fn short(sources: &SourceMap, diagnostic: &Diagnostic) -> String {
    let mut line = String::new();
    if let Some((name, at)) = diagnostic.labels.first().and_then(|l| place(sources, l.span)) {
        let _ = write!(line, "{name}:{}:{}: ", at.line, at.col);
    }
    let (severity, code) = (severity_word(diagnostic.severity), diagnostic.code.as_str());
    let _ = writeln!(line, "{severity}[{code}]: {}", diagnostic.message);
    line
}

/// One line of JSON. Lines and columns count from 1, offsets are bytes.
#[must_use]
pub fn json(sources: &SourceMap, diagnostic: &Diagnostic) -> String {
    let record = JsonDiagnostic {
        code: diagnostic.code.as_str(),
        severity: severity_word(diagnostic.severity),
        message: &diagnostic.message,
        labels: diagnostic
            .labels
            .iter()
            .map(|l| JsonLabel { at: json_range(sources, l.span), message: &l.message, primary: l.primary })
            .collect(),
        notes: &diagnostic.notes,
        fixes: diagnostic.fixes.iter().map(|fix| json_fix(sources, fix)).collect(),
    };
    let mut line = serde_json::to_string(&record).expect("strings and numbers always serialise");
    line.push('\n');
    line
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn place(sources: &SourceMap, span: Span) -> Option<(&str, Position)> {
    let source = sources.find(span.source)?;
    Some((&source.name, source.position(span.start)))
}

// ---------------------------------------------------------------- for people

fn for_people(sources: &SourceMap, diagnostic: &Diagnostic) -> cs::Diagnostic<SourceId> {
    let severity = match diagnostic.severity {
        Severity::Error => cs::Severity::Error,
        Severity::Warning => cs::Severity::Warning,
        Severity::Note => cs::Severity::Note,
    };
    let labels = diagnostic.labels.iter().filter_map(|label| {
        let range = sources.find(label.span.source)?.clamp(label.span);
        let style = if label.primary { cs::LabelStyle::Primary } else { cs::LabelStyle::Secondary };
        Some(cs::Label::new(style, label.span.source, range).with_message(&label.message))
    });
    let fixes = diagnostic.fixes.iter().map(|fix| match fix.applicability {
        Applicability::Machine => format!("fix: {}", fix.title),
        Applicability::Maybe => format!("perhaps: {}", fix.title),
    });
    cs::Diagnostic::new(severity)
        .with_code(diagnostic.code.as_str())
        .with_message(&diagnostic.message)
        .with_labels(labels.collect())
        .with_notes(diagnostic.notes.iter().cloned().chain(fixes).collect())
}

/// The map as the renderer wants to see it.
struct FileView<'m>(&'m SourceMap);

impl FileView<'_> {
    fn get(&self, id: SourceId) -> Result<&Source, FilesError> {
        self.0.find(id).ok_or(FilesError::FileMissing)
    }
}

impl<'a> Files<'a> for FileView<'_> {
    type FileId = SourceId;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: SourceId) -> Result<&'a str, FilesError> {
        Ok(&self.get(id)?.name)
    }

    fn source(&'a self, id: SourceId) -> Result<&'a str, FilesError> {
        Ok(&self.get(id)?.text)
    }

    fn line_index(&'a self, id: SourceId, byte_index: usize) -> Result<usize, FilesError> {
        Ok(self.get(id)?.line_index(byte_index))
    }

    fn line_range(&'a self, id: SourceId, line_index: usize) -> Result<std::ops::Range<usize>, FilesError> {
        let source = self.get(id)?;
        source
            .line_range(line_index)
            .ok_or(FilesError::LineTooLarge { given: line_index, max: source.line_index(source.text.len()) })
    }
}

// ---------------------------------------------------------------- for tools

#[derive(Serialize)]
struct JsonDiagnostic<'d> {
    code: &'static str,
    severity: &'static str,
    message: &'d str,
    labels: Vec<JsonLabel<'d>>,
    notes: &'d [String],
    fixes: Vec<JsonFix<'d>>,
}

#[derive(Serialize)]
struct JsonRange<'d> {
    file: &'d str,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct JsonLabel<'d> {
    #[serde(flatten)]
    at: JsonRange<'d>,
    message: &'d str,
    primary: bool,
}

#[derive(Serialize)]
struct JsonFix<'d> {
    title: &'d str,
    applicability: &'static str,
    edits: Vec<JsonEdit<'d>>,
}

#[derive(Serialize)]
struct JsonEdit<'d> {
    #[serde(flatten)]
    at: JsonRange<'d>,
    text: &'d str,
}

fn json_range(sources: &SourceMap, span: Span) -> JsonRange<'_> {
    match sources.find(span.source) {
        Some(source) => {
            let range = source.clamp(span);
            let position = |at: usize| source.position(u32::try_from(at).unwrap_or(u32::MAX));
            JsonRange { file: &source.name, start: position(range.start), end: position(range.end) }
        }
        None => {
            let nowhere = Position { offset: 0, line: 1, col: 1 };
            JsonRange { file: "", start: nowhere, end: nowhere }
        }
    }
}

fn json_fix<'d>(sources: &'d SourceMap, fix: &'d crate::diagnostic::Fix) -> JsonFix<'d> {
    JsonFix {
        title: &fix.title,
        applicability: match fix.applicability {
            Applicability::Machine => "machine",
            Applicability::Maybe => "maybe",
        },
        edits: fix
            .edits
            .iter()
            .map(|edit| JsonEdit { at: json_range(sources, edit.span), text: &edit.text })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::Code;

    fn two_files() -> (SourceMap, Diagnostic) {
        let mut sources = SourceMap::default();
        let play = sources.add(Source::new("play.yml", "name: é\r\nsymbol: btc\n"));
        let block = sources.add(Source::new("block.yml", "symbol: BTCUSDT"));
        let diagnostic = Diagnostic::new(Code::E0107, "no such symbol", Span::new(play, 18..21), "this one")
            .label(Span::new(block, 8..15), "known from here")
            .note("symbols end in USDT")
            .fix("write `BTCUSDT`", Span::new(play, 18..21), "BTCUSDT");
        (sources, diagnostic)
    }

    #[test]
    fn people_see_both_files() {
        let (sources, diagnostic) = two_files();
        let expected = "\
error[E0107]: no such symbol
  ┌─ play.yml:2:9
  │
2 │ symbol: btc
  │         ^^^ this one
  │
  ┌─ block.yml:1:9
  │
1 │ symbol: BTCUSDT
  │         ------- known from here
  │
  = symbols end in USDT
  = fix: write `BTCUSDT`

";
        assert_eq!(human(&sources, &diagnostic, false).replace('\r', ""), expected);
        assert!(human(&sources, &diagnostic, true).contains("\u{1b}["));
    }

    #[test]
    fn one_line() {
        let (sources, diagnostic) = two_files();
        assert_eq!(short(&sources, &diagnostic), "play.yml:2:9: error[E0107]: no such symbol\n");
    }

    #[test]
    fn tools_get_stable_json() {
        let (sources, diagnostic) = two_files();
        let expected = concat!(
            r#"{"code":"E0107","severity":"error","message":"no such symbol","labels":["#,
            r#"{"file":"play.yml","start":{"offset":18,"line":2,"col":9},"end":{"offset":21,"line":2,"col":12},"#,
            r#""message":"this one","primary":true},"#,
            r#"{"file":"block.yml","start":{"offset":8,"line":1,"col":9},"end":{"offset":15,"line":1,"col":16},"#,
            r#""message":"known from here","primary":false}],"notes":["symbols end in USDT"],"#,
            r#""fixes":[{"title":"write `BTCUSDT`","applicability":"machine","edits":["#,
            r#"{"file":"play.yml","start":{"offset":18,"line":2,"col":9},"end":{"offset":21,"line":2,"col":12},"#,
            r#""text":"BTCUSDT"}]}]}"#,
            "\n"
        );
        assert_eq!(json(&sources, &diagnostic), expected);
    }

    #[test]
    fn spans_outside_of_the_text_or_inside_a_character_are_harmless() {
        let mut sources = SourceMap::default();
        let id = sources.add(Source::new("p", "é"));
        for (start, end) in [(0, 1), (1, 2), (1, 1), (5, 9), (2, 0)] {
            let span = Span { source: id, start, end };
            let diagnostic = Diagnostic::new(Code::E0101, "m", span, "l");
            assert!(human(&sources, &diagnostic, false).contains("E0101"));
            assert!(json(&sources, &diagnostic).contains("E0101"));
        }
        let elsewhere = Diagnostic::new(Code::E0101, "m", Span::new(SourceId(7), 0..1), "l");
        assert!(human(&sources, &elsewhere, false).contains("E0101"));
        assert!(json(&sources, &elsewhere).contains("\"file\":\"\""));
    }
}
