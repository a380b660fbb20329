//! `base.output[index]`: which value of which declaration, how many bars ago.

use diagnostics::Span;
use syntax::ast::{Path, Segment};

use crate::names::Names;
use crate::report;
use crate::resolved::{Call, CallId, OutputRef, Read, Source};

/// History that reaches further back than this is refused: it would need more bars than any data has.
const MAX_AGO: u32 = 100_000;

impl Names<'_> {
    /// What the path reads; the error is the diagnostic, `None` when it has been reported before.
    pub fn path(&mut self, path: &Path) -> Result<Read, Option<diagnostics::Diagnostic>> {
        if let Some(id) = self.call(&path.base.value) {
            return self.output(id, path);
        }
        let Some(source) = Names::ambient(&path.base.value) else {
            return Err(Some(report::unknown_name(self, path)));
        };
        let (rest, ago) = history(&path.segments)?;
        if let Some(extra) = rest.first() {
            return Err(Some(report::no_outputs(&path.base, segment_span(extra))));
        }
        Ok(Read { source, ago: total(ago, path)? })
    }

    fn output(&self, id: CallId, path: &Path) -> Result<Read, Option<diagnostics::Diagnostic>> {
        let call = self.get(id);
        if call.builtin.is_none() {
            return Err(None);
        }
        let found = |index: usize, ago: u32| {
            let source = Source::Output(OutputRef { call: id, index });
            Ok(Read { source, ago: total(ago, path)? })
        };
        // All segments may name an output (`level[0.618]`); else the last index is history.
        if !path.segments.is_empty()
            && let Some(index) = by_segments(call, &path.segments)
        {
            return found(index, 0);
        }
        let (rest, ago) = history(&path.segments)?;
        if rest.is_empty() {
            return match call.primary() {
                Some(index) => found(index, ago),
                None => Err(Some(report::missing_output(call, path.base.span))),
            };
        }
        match by_segments(call, rest) {
            Some(index) => found(index, ago),
            None => {
                let span = segment_span(&rest[0]).to(whole_span(&rest[rest.len() - 1]));
                Err(Some(report::unknown_output(call, &flat(rest), span)))
            }
        }
    }
}

/// Splits a trailing `[n]` off.
fn history(segments: &[Segment]) -> Result<(&[Segment], u32), Option<diagnostics::Diagnostic>> {
    let Some((Segment::Index(index), rest)) = segments.split_last() else { return Ok((segments, 0)) };
    match index.value.trim().parse::<u32>() {
        Ok(bars) if bars <= MAX_AGO => Ok((rest, bars)),
        _ if !rest.is_empty() => Ok((segments, 0)),
        _ => Err(Some(report::bad_history(index))),
    }
}

fn total(ago: u32, path: &Path) -> Result<u32, Option<diagnostics::Diagnostic>> {
    let Some(offset) = &path.offset else { return Ok(ago) };
    if offset.value > MAX_AGO {
        let shown = syntax::ast::Name::new(offset.value.to_string(), offset.span);
        return Err(Some(report::bad_history(&shown)));
    }
    Ok(ago + offset.value)
}

fn by_segments(call: &Call, segments: &[Segment]) -> Option<usize> {
    let name = flat(segments);
    call.output(&name).or_else(|| call.output(&canonical(&name)))
}

/// `level[0.618]` is `level_0.618`; `zone[0].state` is `zone0_state`.
fn flat(segments: &[Segment]) -> String {
    let mut name = String::new();
    let mut after_index = false;
    for (at, segment) in segments.iter().enumerate() {
        let last = at + 1 == segments.len();
        match segment {
            Segment::Field(field) => {
                if !name.is_empty() {
                    name.push(if after_index { '_' } else { '.' });
                }
                name.push_str(&field.value);
                after_index = false;
            }
            Segment::Index(index) => {
                let family_of_fields = !last && matches!(segments[at + 1], Segment::Field(_));
                if !family_of_fields {
                    name.push('_');
                }
                name.push_str(index.value.trim());
                after_index = true;
            }
        }
    }
    name
}

/// `level_0.500` is `level_0.5`, `level_1.0` is `level_1`.
fn canonical(name: &str) -> String {
    let Some((family, ratio)) = name.rsplit_once('_') else { return name.to_owned() };
    match ratio.parse::<f64>() {
        Ok(ratio) if ratio.is_finite() => format!("{family}_{ratio}"),
        _ => name.to_owned(),
    }
}

/// With the bracket that closes an index; in a text with escapes the span is the whole text already.
fn whole_span(segment: &Segment) -> Span {
    let span = segment_span(segment);
    match segment {
        Segment::Index(index) if span.range().len() == index.value.len() => {
            Span { end: span.end + 1, ..span }
        }
        Segment::Index(_) | Segment::Field(_) => span,
    }
}

fn segment_span(segment: &Segment) -> Span {
    match segment {
        Segment::Field(name) | Segment::Index(name) => name.span,
    }
}
