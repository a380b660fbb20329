//! A small chart of a built-in on sample bars, as SVG: the price above, its outputs over it or below.

use std::fmt::Write;

use bytecode::{Export, ExportColumn, Program};
use engine::Columns;
use stdlib::{Builtin, Unit};

/// Bars shown, the last ones.
const BARS: usize = 240;
const WIDTH: f64 = 720.0;
const PANE: f64 = 150.0;
const GAP: f64 = 14.0;
const COLOURS: [&str; 6] = ["#2f6fde", "#d9822b", "#2a9d6f", "#b5468f", "#7a6ff0", "#777777"];
/// More outputs than this are not drawn: a chart of thirty lines shows nothing.
const LINES: usize = 6;

struct Line {
    name: String,
    values: Vec<f64>,
}

pub fn draw(row: &Builtin, program: &Program, columns: &Columns) -> String {
    let exec = &columns.clock(program.exec).bars;
    let from = exec.len().saturating_sub(BARS);
    let (over, below) = lines(row, program, columns, from);
    let panes = 1 + usize::from(!below.is_empty());
    let height = panes as f64 * (PANE + GAP) + GAP;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"10\">\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
    );
    let close = Line { name: "close".into(), values: exec.close[from..].to_vec() };
    pane(&mut svg, GAP, std::iter::once((&close, "#222222")).chain(coloured(&over)).collect());
    if !below.is_empty() {
        pane(&mut svg, GAP * 2.0 + PANE, coloured(&below).collect());
    }
    svg.push_str("</svg>\n");
    svg
}

fn coloured(lines: &[Line]) -> impl Iterator<Item = (&Line, &'static str)> {
    lines.iter().zip(COLOURS.iter().copied().cycle())
}

/// Prices go over the price, everything else below it; outputs without a value are left out.
fn lines(row: &Builtin, program: &Program, columns: &Columns, from: usize) -> (Vec<Line>, Vec<Line>) {
    let id = format!("my_{}", row.name);
    let own = |e: &&Export| e.name == id || e.name.starts_with(&format!("{id}."));
    let (mut over, mut below) = (Vec::new(), Vec::new());
    for export in program.exports.iter().filter(own) {
        let ExportColumn::Num(reg) = export.column else { continue };
        let Some(values) = columns.num(reg) else { continue };
        let line = Line { name: export.name.clone(), values: values[from..].to_vec() };
        if line.values.iter().all(|v| v.is_nan()) {
            continue;
        }
        let place = if export.unit == Unit::Price { &mut over } else { &mut below };
        if place.len() < LINES {
            place.push(line);
        }
    }
    (over, below)
}

fn pane(svg: &mut String, top: f64, lines: Vec<(&Line, &str)>) {
    let values = || lines.iter().flat_map(|(l, _)| &l.values).copied().filter(|v| v.is_finite());
    let (min, max) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let span = if max > min { max - min } else { 1.0 };
    let _ = writeln!(svg, "<rect x=\"0\" y=\"{top}\" width=\"{WIDTH}\" height=\"{PANE}\" fill=\"#f6f7f9\"/>");
    for (index, (line, colour)) in lines.iter().enumerate() {
        let path = path(&line.values, |v| top + PANE - 4.0 - (v - min) / span * (PANE - 8.0));
        let _ = writeln!(svg, "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.2\"/>");
        let x = 6 + 118 * index;
        let _ =
            writeln!(svg, "<text x=\"{x}\" y=\"{:.0}\" fill=\"{colour}\">{}</text>", top + 11.0, line.name);
    }
    let _ = writeln!(
        svg,
        "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\" fill=\"#999\">{max:.6} / {min:.6}</text>",
        WIDTH - 4.0,
        top + PANE - 4.0
    );
}

/// Missing values break the line.
fn path(values: &[f64], y: impl Fn(f64) -> f64) -> String {
    let step = WIDTH / values.len().max(2) as f64;
    let mut path = String::new();
    let mut pen_down = false;
    for (bar, &value) in values.iter().enumerate() {
        if !value.is_finite() {
            pen_down = false;
            continue;
        }
        let command = if pen_down { 'L' } else { 'M' };
        let _ = write!(path, "{command}{:.1} {:.1}", step * (bar as f64 + 0.5), y(value));
        pen_down = true;
    }
    path
}
