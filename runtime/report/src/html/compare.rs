//! compare.html: the equity curves of several runs over each other, and their figures side by side.

use std::fmt::Write;

use askama::Template;
use data::format_time;

use super::curve::{grid, times};
use super::scale::Axis;
use super::svg::{Frame, path};
use crate::compare::{Compared, figures};
use crate::figures::Figure;

const WIDTH: f64 = 1100.0;
const HEIGHT: f64 = 440.0;
/// Told apart in light and dark, and by people who do not see red and green alike.
const COLOURS: [&str; 8] =
    ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6bb1", "#7f7f7f"];

#[derive(Template)]
#[template(path = "compare.html")]
struct Page<'a> {
    style: &'static str,
    runs: Vec<RunView<'a>>,
    curves_svg: String,
    groups: Vec<GroupView>,
}

struct RunView<'a> {
    name: &'a str,
    symbol: &'a str,
    exec: String,
    colour: &'static str,
}

struct GroupView {
    title: &'static str,
    rows: Vec<RowView>,
}

struct RowView {
    name: &'static str,
    figures: Vec<Figure>,
}

/// One file without network.
#[must_use]
pub fn page(runs: &[Compared]) -> String {
    let all = figures(runs);
    let group = |at: usize| -> Option<GroupView> {
        let first = all.first()?.get(at)?;
        let rows = first.figures.iter().enumerate().map(|(row, figure)| RowView {
            name: figure.name,
            figures: all.iter().map(|groups| groups[at].figures[row].clone()).collect(),
        });
        Some(GroupView { title: first.title, rows: rows.collect() })
    };
    let page = Page {
        style: include_str!("../../templates/report.css"),
        runs: runs
            .iter()
            .enumerate()
            .map(|(at, run)| RunView {
                name: &run.name,
                symbol: &run.result.symbol,
                exec: run.result.exec.to_string(),
                colour: colour(at),
            })
            .collect(),
        curves_svg: curves_svg(runs),
        groups: (0..).map_while(group).collect(),
    };
    // The template reads only from memory and writes to memory.
    page.render().expect("a template over strings renders")
}

fn colour(at: usize) -> &'static str {
    COLOURS[at % COLOURS.len()]
}

/// Each curve in percent of its starting equity, as Plays may start with different amounts.
fn curves_svg(runs: &[Compared]) -> String {
    let ends = |of: fn(&[i64]) -> Option<&i64>| runs.iter().filter_map(move |r| of(&r.result.equity.time_ms));
    let (Some(&from_ms), Some(&to_ms)) = (ends(|t| t.first()).min(), ends(|t| t.last()).max()) else {
        return String::new();
    };
    let frame = Frame { left: 68.0, top: 12.0, width: WIDTH - 84.0, height: HEIGHT - 52.0, from_ms, to_ms };
    let curves: Vec<Vec<f64>> = runs.iter().map(returns_pct).collect();
    let values = || curves.iter().flatten().copied();
    let axis = Axis::around(values().fold(0.0, f64::min), values().fold(0.0, f64::max), 6);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Returns from {} to {}\">",
        format_time(from_ms),
        format_time(to_ms)
    );
    grid(&mut svg, &frame, &axis, " %");
    times(&mut svg, &frame, &frame);
    let (start, left, right) = (frame.y(&axis, 0.0), frame.left, frame.right());
    let _ = write!(svg, "<path class=\"start\" d=\"M{left:.1} {start:.1}H{right:.1}\"/>");
    for (at, (run, curve)) in runs.iter().zip(&curves).enumerate() {
        let line = path(&frame, &axis, &run.result.equity.time_ms, curve);
        let _ = write!(svg, "<path class=\"line\" style=\"stroke:{}\" d=\"{line}\"/>", colour(at));
    }
    svg.push_str("</svg>");
    svg
}

fn returns_pct(run: &Compared) -> Vec<f64> {
    let initial = run.result.initial_equity;
    run.result.equity.equity.iter().map(|equity| (equity / initial - 1.0) * 100.0).collect()
}
