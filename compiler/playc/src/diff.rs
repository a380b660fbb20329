//! Two texts line by line, as patches are written.

use std::fmt::Write;

/// Unchanged lines shown around a change.
const CONTEXT_LINES: usize = 3;

/// A unified diff; empty when the texts are the same.
pub fn unified(name: &str, old: &str, new: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let new: Vec<&str> = new.split_inclusive('\n').collect();
    let changes = changes(&old, &new);
    let mut out = String::new();
    if !changes.is_empty() {
        out = format!("--- {name}\n+++ {name}\n");
    }
    for hunk in changes.chunk_by(|a, b| b.old.0 - a.old.1 <= 2 * CONTEXT_LINES) {
        write_hunk(&mut out, &old, &new, hunk);
    }
    out
}

/// Lines `old.0..old.1` became `new.0..new.1`.
struct Change {
    old: (usize, usize),
    new: (usize, usize),
}

/// After a difference both go on at the nearest pair of equal lines.
fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    let (mut a, mut b) = (0, 0);
    let mut changes = Vec::new();
    while a < old.len() || b < new.len() {
        if a < old.len() && b < new.len() && old[a] == new[b] {
            (a, b) = (a + 1, b + 1);
            continue;
        }
        let (left_a, left_b) = (old.len() - a, new.len() - b);
        let pairs = (1..left_a + left_b)
            .flat_map(|apart| (0..=apart).map(move |i| (i, apart - i)))
            .filter(|&(i, j)| i < left_a && j < left_b);
        let next = pairs.into_iter().find(|&(i, j)| old[a + i] == new[b + j]);
        let (i, j) = next.unwrap_or((left_a, left_b));
        changes.push(Change { old: (a, a + i), new: (b, b + j) });
        (a, b) = (a + i, b + j);
    }
    changes
}

fn write_hunk(out: &mut String, old: &[&str], new: &[&str], hunk: &[Change]) {
    let [first, ..] = hunk else { return };
    let [.., last] = hunk else { return };
    let before = first.old.0.min(CONTEXT_LINES);
    let after = (old.len() - last.old.1).min(CONTEXT_LINES);
    let (old_start, new_start) = (first.old.0 - before, first.new.0 - before);
    let range = |start: usize, len: usize| format!("{},{len}", if len == 0 { start } else { start + 1 });
    let old_range = range(old_start, last.old.1 + after - old_start);
    let new_range = range(new_start, last.new.1 + after - new_start);
    let _ = writeln!(out, "@@ -{old_range} +{new_range} @@");
    let mut at = old_start;
    for change in hunk {
        write_lines(out, ' ', &old[at..change.old.0]);
        write_lines(out, '-', &old[change.old.0..change.old.1]);
        write_lines(out, '+', &new[change.new.0..change.new.1]);
        at = change.old.1;
    }
    write_lines(out, ' ', &old[at..at + after]);
}

fn write_lines(out: &mut String, mark: char, lines: &[&str]) {
    for line in lines {
        out.push(mark);
        out.push_str(line);
        if !line.ends_with('\n') {
            out.push_str("\n\\ No newline at end of file\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Applies a diff made by `unified`.
    fn patched(old: &str, diff: &str) -> String {
        let old: Vec<&str> = old.split_inclusive('\n').collect();
        let (mut at, mut out) = (0, String::new());
        let mut is_left_open = false;
        for line in diff.split_inclusive('\n').skip(2) {
            if let Some(head) = line.strip_prefix("@@ -") {
                let start: usize =
                    head.split(',').next().and_then(|n| n.parse().ok()).expect("a line number");
                let is_empty = head.split([',', ' ']).nth(1) == Some("0");
                let start = if is_empty { start } else { start - 1 };
                out.extend(old[at..start].iter().copied());
                at = start;
            } else if line.starts_with('\\') {
                if is_left_open {
                    out.pop();
                }
            } else {
                if !line.starts_with('+') {
                    assert_eq!(old[at].trim_end_matches('\n'), line[1..].trim_end_matches('\n'));
                    at += 1;
                }
                is_left_open = !line.starts_with('-');
                out.push_str(if is_left_open { &line[1..] } else { "" });
            }
        }
        out.extend(old[at..].iter().copied());
        out
    }

    #[test]
    fn a_diff_leads_from_the_old_text_to_the_new_one() {
        let mut state = 7_u64;
        let mut random = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        for _ in 0..500 {
            let length = random(40);
            let lines: Vec<u64> = (0..length).map(|_| random(12)).collect();
            let mut text = |varied: bool| {
                let mut text = String::new();
                for line in &lines {
                    match random(if varied { 8 } else { 1 }) {
                        7 => {}
                        6 => text.push_str("new\n"),
                        5 => text.push_str(&format!("{line}\nput in\n")),
                        _ => text.push_str(&format!("{line}\n")),
                    }
                }
                if random(3) == 0 {
                    text.pop();
                }
                text
            };
            let (old, new) = (text(false), text(true));
            let diff = unified("play.yml", &old, &new);
            assert_eq!(patched(&old, &diff), new, "{old:?}\n{diff}");
            assert_eq!(diff.is_empty(), old == new);
        }
    }

    #[test]
    fn a_diff_reads_like_a_patch() {
        let old = "a\nb\nc\nd\ne\nf\n";
        assert_eq!(
            unified("x.yml", old, &old.replace('e', "E")),
            "--- x.yml\n+++ x.yml\n@@ -2,5 +2,5 @@\n b\n c\n d\n-e\n+E\n f\n"
        );
    }
}
