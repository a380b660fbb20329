//! A resolved Play as text, for goldens and `--emit resolved`: its `Debug` form with short branches on one line.

use crate::resolved::Play;

/// Longer lines are opened.
const WIDTH: usize = 110;

#[must_use]
pub fn play(play: &Play) -> String {
    let dump = format!("{play:#?}");
    let mut lines = dump.lines().peekable();
    let mut out = Vec::new();
    while lines.peek().is_some() {
        branch(&mut lines, &mut out);
    }
    out.push(String::new());
    out.join("\n")
}

/// Moves one value, with all that is in it, from the dump to `out`: on one line when that is short enough.
fn branch<'a>(lines: &mut std::iter::Peekable<impl Iterator<Item = &'a str>>, out: &mut Vec<String>) {
    let Some(head) = lines.next() else { return };
    let first = out.len();
    out.push(head.to_string());
    if !head.ends_with(['{', '(', '[']) {
        return;
    }
    let depth = indent(head);
    while lines.peek().is_some_and(|line| indent(line) > depth) {
        branch(lines, out);
    }
    let close = lines.next().unwrap_or_default();
    out.push(close.to_string());
    if let Some(line) = folded(out.get(first..).unwrap_or_default()) {
        out.truncate(first);
        out.push(line);
    }
}

/// Head, members and close as one line.
fn folded(lines: &[String]) -> Option<String> {
    let [head, members @ .., close] = lines else { return None };
    let depth = indent(head) + 4;
    let short: usize = lines.iter().map(|line| line.trim_start().len() + 1).sum();
    if short + depth > WIDTH || members.iter().any(|line| indent(line) != depth) {
        return None;
    }
    let inner = members.iter().map(|line| line.trim_start()).collect::<Vec<_>>().join(" ");
    let inner = inner.strip_suffix(',').unwrap_or(&inner);
    let space = if head.ends_with('{') { " " } else { "" };
    Some(format!("{head}{space}{inner}{space}{}", close.trim_start()))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_branches_stand_on_one_line_and_nothing_is_lost() {
        let text = "features:\n  a: {indicator: ema, params: {length: 9}}\nactions: {entry_long: 'a > 1 and close > a'}\n";
        let (ast, _) = syntax::parse(diagnostics::SourceId::default(), text);
        let (mut play, _) = crate::resolve(&ast);
        play.id = "an id, with { and [".into();
        let text = super::play(&play);
        let bare =
            |t: &str| t.replace([' ', '\n'], "").replace(",}", "}").replace(",)", ")").replace(",]", "]");
        assert_eq!(bare(&text), bare(&format!("{play:#?}")));
        assert!(text.contains("inputs: [Field(Close)],"), "{text}");
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
    }
}
