//! Every function that TA-Lib defines too agrees with it, on real, made and hostile bars.
//!
//! `tests/oracles/talib_columns.py` runs TA-Lib and holds the list of what is compared. Python is `PLAY_PYTHON`, or
//! `.venv/bin/python` of the workspace; without TA-Lib there the test skips. With `BLESS=1` it writes the table of
//! worst errors to `docs/talib-agreement.md`.
#![allow(clippy::disallowed_methods, reason = "the test reads what its script wrote")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use stdlib::{
    BUILTINS, Builtin, Default as ParamDefault, Field, Input, Kind, ParamType, Params, Type, Unit, Value,
    builtin, lookup,
};

/// Of the mean magnitude of the column.
const TOLERANCE: f64 = 1e-9;

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn python() -> PathBuf {
    std::env::var_os("PLAY_PYTHON").map_or_else(|| workspace().join(".venv/bin/python"), PathBuf::from)
}

/// Runs the script; nothing when Python or TA-Lib is not there.
fn oracle_files() -> Option<PathBuf> {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("talib");
    let python = python();
    let importable = Command::new(&python).args(["-c", "import talib, numpy"]).output();
    if !importable.is_ok_and(|run| run.status.success()) {
        eprintln!("skipped: {} has no TA-Lib; set PLAY_PYTHON", python.display());
        return None;
    }
    let shared = std::env::var_os("PLAY_SHARED").map_or_else(|| workspace().join("../shared"), PathBuf::from);
    let script = workspace().join("tests/oracles/talib_columns.py");
    let run = Command::new(&python)
        .arg(script)
        .arg(&out)
        .arg(shared)
        .output()
        .expect("python runs, as it did before");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    Some(out)
}

struct Case {
    text: String,
    builtin: &'static Builtin,
    params: Params,
    /// The column of the bars for each input.
    inputs: Vec<Column>,
    /// Positions of the compared outputs, with their names.
    outputs: Vec<(usize, String)>,
    excuses: Vec<Excuse>,
}

/// A column may differ on a series: on how many bars at most, and why.
struct Excuse {
    series: String,
    bars: usize,
    reason: String,
}

#[derive(Clone, Copy)]
enum Column {
    Bar(Field),
    Absent,
}

struct Series {
    name: String,
    bars: usize,
    file: String,
}

fn case(text: &str) -> Case {
    let mut words = text.split(' ');
    let name = words.next().unwrap_or_default();
    let found = [Kind::Indicator, Kind::Structure].into_iter().find_map(|kind| lookup(kind, name));
    let row = builtin(found.unwrap_or_else(|| panic!("no built-in {name}")));
    let mut params = Params::defaults(row.params);
    let mut source = Field::Close;
    let mut features = Vec::new();
    for word in words {
        let (key, value) = word.split_once('=').expect("key=value");
        let field = Field::by_name(value);
        if key == "source" {
            source = field.expect("a column of the bars");
            continue;
        }
        let index = row.param_index(key).unwrap_or_else(|| panic!("{name} has no {key}"));
        params.0[index] = match row.params[index].ty {
            ParamType::Int { .. } => Value::Int(value.parse().expect("a whole number")),
            ParamType::Float { .. } => Value::Float(value.parse().expect("a number")),
            ParamType::Bool => Value::Bool(value == "true"),
            ParamType::Choice(choices) => {
                Value::Choice(choices.iter().position(|c| *c == value).expect("one of the words") as u16)
            }
            ParamType::List { .. } => {
                Value::List(value.split(',').map(|v| v.parse().expect("a number")).collect())
            }
            ParamType::Feature => {
                features.push((key.to_owned(), field.expect("a column of the bars")));
                Value::Feature(true)
            }
        };
    }
    (row.check)(&params).expect("parameters fit together");
    let inputs = row
        .inputs
        .iter()
        .map(|input| match input {
            Input::Bar(field) => Column::Bar(*field),
            Input::Source => Column::Bar(source),
            Input::Feature { param } => features
                .iter()
                .find(|(key, _)| key == param)
                .map_or(Column::Absent, |(_, field)| Column::Bar(*field)),
            Input::Uses { .. } => panic!("{name} needs a structure"),
        })
        .collect();
    Case { text: text.to_owned(), builtin: row, params, inputs, outputs: Vec::new(), excuses: Vec::new() }
}

fn manifest(dir: &Path) -> (String, Vec<Case>, Vec<Series>) {
    let text = fs::read_to_string(dir.join("manifest.txt")).expect("the script wrote it");
    let (mut version, mut cases, mut series) = (String::new(), Vec::<Case>::new(), Vec::new());
    for line in text.lines() {
        let (kind, rest) = line.split_once(' ').expect("a word and the rest");
        match kind {
            "talib" => rest.clone_into(&mut version),
            "case" => cases.push(case(rest)),
            "series" => {
                let parts: Vec<&str> = rest.splitn(3, ' ').collect();
                let bars = parts[1].parse().expect("a count");
                series.push(Series { name: parts[2].to_owned(), bars, file: parts[0].to_owned() });
            }
            "excuse" => {
                let parts: Vec<&str> = rest.splitn(3, '|').collect();
                let bars = parts[1].parse().expect("a count");
                let excuse = Excuse { series: parts[0].to_owned(), bars, reason: parts[2].to_owned() };
                cases.last_mut().expect("after a case").excuses.push(excuse);
            }
            _ => {
                let last = cases.last_mut().expect("after a case");
                let outputs = last.builtin.outputs(&last.params);
                let index = outputs.iter().position(|o| o.name == rest);
                last.outputs
                    .push((index.unwrap_or_else(|| panic!("{} has no {rest}", last.text)), rest.to_owned()));
            }
        }
    }
    (version, cases, series)
}

struct Bars(Vec<Vec<f64>>);

impl Bars {
    fn column(&self, field: Field) -> Vec<f64> {
        let [ts, open, high, low, close, volume] = [0, 1, 2, 3, 4, 5].map(|k| &self.0[k]);
        let mean = |columns: &[&Vec<f64>]| {
            (0..ts.len()).map(|t| columns.iter().map(|c| c[t]).sum::<f64>() / columns.len() as f64).collect()
        };
        match field {
            Field::Open => open.clone(),
            Field::High => high.clone(),
            Field::Low => low.clone(),
            Field::Close => close.clone(),
            Field::Volume => volume.clone(),
            Field::Time => ts.clone(),
            Field::Hl2 => mean(&[high, low]),
            Field::Hlc3 => mean(&[high, low, close]),
            Field::Ohlc4 => mean(&[open, high, low, close]),
            Field::Hlcc4 => mean(&[high, low, close, close]),
        }
    }
}

fn read(dir: &Path, series: &Series) -> Vec<Vec<f64>> {
    let bytes = fs::read(dir.join(&series.file)).expect("the script wrote it");
    let values: Vec<f64> =
        bytes.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().expect("8 bytes"))).collect();
    values.chunks_exact(series.bars).map(<[f64]>::to_vec).collect()
}

fn run(case: &Case, bars: &Bars) -> Vec<Vec<f64>> {
    let inputs: Vec<Vec<f64>> = case
        .inputs
        .iter()
        .map(|column| match column {
            Column::Bar(field) => bars.column(*field),
            Column::Absent => Vec::new(),
        })
        .collect();
    let inputs: Vec<&[f64]> = inputs.iter().map(Vec::as_slice).collect();
    let mut outputs = vec![vec![0.0; bars.0[0].len()]; case.builtin.outputs(&case.params).len()];
    let mut slots: Vec<&mut [f64]> = outputs.iter_mut().map(Vec::as_mut_slice).collect();
    (case.builtin.make)(&case.params).run(&inputs, &mut slots);
    outputs
}

/// What a column is measured against. TA-Lib's own rounding sets the floor where the true column is zero: 1e-14 of the
/// price for differences of prices, 1e-12 for the rest.
fn scale(column: &[f64], ty: Type, price: f64) -> f64 {
    let finite = || column.iter().filter(|x| x.is_finite());
    let magnitude = finite().map(|x| x.abs()).sum::<f64>() / finite().count().max(1) as f64;
    match ty.unit() {
        Unit::Price | Unit::PriceDelta => magnitude.max(1e-5 * price),
        _ => magnitude.max(1e-3),
    }
}

/// Two columns beside each other.
#[derive(Default)]
struct Agreement {
    /// In units of the scale, over the bars that agree.
    error: f64,
    /// Bars farther apart than the tolerance, or with a value in one column only.
    differing: usize,
    first: Option<usize>,
}

fn compare(ours: &[f64], theirs: &[f64], scale: f64) -> Agreement {
    assert_eq!(ours.len(), theirs.len());
    let mut found = Agreement::default();
    for (t, (a, b)) in ours.iter().zip(theirs).enumerate() {
        let error = if a.is_finite() && b.is_finite() { (a - b).abs() / scale } else { 0.0 };
        if a.is_finite() == b.is_finite() && error <= TOLERANCE {
            found.error = found.error.max(error);
        } else {
            found.differing += 1;
            found.first = found.first.or(Some(t));
        }
    }
    found
}

#[test]
fn agrees_with_talib() {
    let Some(dir) = oracle_files() else { return };
    let (version, cases, all_series) = manifest(&dir);
    let mut worst = vec![0.0_f64; cases.iter().map(|c| c.outputs.len()).sum()];
    let mut worst_on = vec![String::new(); worst.len()];
    let mut faults = String::new();
    for series in &all_series {
        let columns = read(&dir, series);
        let bars = Bars(columns[..6].to_vec());
        let finite = || bars.0[4].iter().filter(|x| x.is_finite());
        let price = finite().sum::<f64>() / finite().count() as f64;
        let mut at = 0;
        for case in &cases {
            let ours = run(case, &bars);
            let types = case.builtin.outputs(&case.params);
            let excuse = case.excuses.iter().position(|excuse| excuse.series == series.name);
            let mut differing = 0;
            for (index, name) in &case.outputs {
                let (ours, theirs) = (&ours[*index], &columns[6 + at]);
                let found = compare(ours, theirs, scale(theirs, types[*index].ty, price));
                if found.error >= worst[at] {
                    worst[at] = found.error;
                    worst_on[at].clone_from(&series.name);
                }
                differing = differing.max(found.differing);
                let excused = excuse.map_or(0, |k| case.excuses[k].bars);
                if let Some(t) = found.first.filter(|_| found.differing > excused) {
                    let _ = writeln!(
                        faults,
                        "{} {name} on {}: {} bars differ, {excused} may; bar {t} is {} against {}",
                        case.text, series.name, found.differing, ours[t], theirs[t]
                    );
                }
                at += 1;
            }
            if excuse.is_some() && differing == 0 {
                let _ = writeln!(faults, "{}: the excuse for {} is not needed", case.text, series.name);
            }
        }
    }
    for excuse in cases.iter().flat_map(|case| &case.excuses) {
        // Series from files are missing where the files are.
        let known = ["BTC", "made", "oracle"].iter().any(|file| excuse.series.starts_with(file))
            || all_series.iter().any(|series| series.name == excuse.series);
        assert!(known, "no series {}", excuse.series);
    }
    assert!(faults.is_empty(), "{} differences from TA-Lib {version}:\n{faults}", faults.lines().count());
    if std::env::var_os("BLESS").is_some() {
        let page = page(&version, &cases, &all_series, &worst, &worst_on);
        fs::write(workspace().join("docs/talib-agreement.md"), page).expect("docs can be written");
    }
}

fn page(version: &str, cases: &[Case], series: &[Series], worst: &[f64], worst_on: &[String]) -> String {
    let names: Vec<String> = series.iter().map(|s| format!("{} ({})", s.name, s.bars)).collect();
    let mut page = format!(
        "# Agreement with TA-Lib\n\n\
         Written by `BLESS=1 cargo test -p stdlib --test talib`. Each column was compared with TA-Lib {version} on {} series:\n\
         values within {TOLERANCE:.0e} of the column's mean magnitude, missing values in the same places. On the series with missing\n\
         bars TA-Lib ran on the bars that are there. What TA-Lib lacks was written again from its definition, with numpy or from\n\
         TA-Lib's parts (`tests/oracles/talib_columns.py`).\n\n\
         Series (bars): {}.\n\n\
         | built-in | output | worst error | on |\n|---|---|---|---|\n",
        series.len(),
        names.join(", "),
    );
    let mut excused = String::new();
    let mut at = 0;
    for case in cases {
        for (_, name) in &case.outputs {
            let (error, on) = (worst[at], &worst_on[at]);
            let found =
                if error == 0.0 { "none | every series".to_owned() } else { format!("{error:.1e} | {on}") };
            let _ = writeln!(page, "| `{}` | {name} | {found} |", case.text);
            at += 1;
        }
        for Excuse { series, bars, reason } in &case.excuses {
            let _ = writeln!(excused, "| `{}` | {series} | {bars} | {reason} |", case.text);
        }
    }
    if !excused.is_empty() {
        let _ = write!(
            page,
            "\n## Where we differ, and why\n\n| built-in | on | bars, at most | reason |\n|---|---|---|---|\n{excused}"
        );
    }
    page
}

/// The list above is read by hand; this one notices when a row's defaults stop being what the row declares.
#[test]
fn defaults_are_within_their_ranges() {
    for row in BUILTINS {
        let defaults = Params::defaults(row.params);
        assert_eq!((row.check)(&defaults), Ok(()), "{}", row.name);
        for (param, value) in row.params.iter().zip(&defaults.0) {
            let fits = match (param.ty, value) {
                (ParamType::Int { min, max }, Value::Int(v)) => (min..=max).contains(v),
                (ParamType::Float { min, max }, Value::Float(v)) => (min..=max).contains(v),
                (ParamType::List { min, max }, Value::List(v)) => v.iter().all(|v| (min..=max).contains(v)),
                (ParamType::Choice(words), Value::Choice(v)) => {
                    matches!(param.default, ParamDefault::Choice(word) if words[usize::from(*v)] == word)
                        || param.default == ParamDefault::Required
                }
                (ParamType::Bool, Value::Bool(_)) | (ParamType::Feature, Value::Feature(_)) => true,
                _ => false,
            };
            assert!(fits, "{}.{}: {value:?} does not fit {:?}", row.name, param.name, param.ty);
        }
    }
}
