//! Times built-ins, each alone over all bars in blocks as the engine runs them.
//!
//! Takes a row a line: a built-in with its parameters, and after a `|` the outputs that are read if not all are.
//! Answers with ns of processor time per bar, so that `benches/kernels.py` can ask ours and TA-Lib in turn.
#![allow(clippy::disallowed_methods)] // it reads files

use std::borrow::Cow;
use std::path::PathBuf;

use anyhow::{Context, bail};
use bars::Bars;
use benches::Times;
use clap::Parser;
use stdlib::params::ParamType;
use stdlib::{Builtin, Field, Input, Kernel, Kind, Params, Value, catalogue};

#[derive(Parser)]
struct Args {
    #[arg(long)]
    bars: PathBuf,
    /// Timed passes over the bars, of which the least counts; one more comes before them
    #[arg(long, default_value_t = 2)]
    repeat: usize,
    #[arg(long, default_value_t = 1024)]
    block_bars: usize,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let bars = data::load(&args.bars, &data::LoadOptions::default())?.bars;
    for line in std::io::stdin().lines() {
        let line = line?;
        let (call, read) =
            line.split_once('|').map_or((line.trim(), None), |(call, read)| (call.trim(), Some(read)));
        println!("{}", time(call, read, &bars, &args)?);
    }
    Ok(())
}

fn row(call: &str) -> anyhow::Result<&'static Builtin> {
    let name = call.split(' ').next().unwrap_or(call);
    let found = [Kind::Indicator, Kind::Structure].into_iter().find_map(|kind| catalogue::lookup(kind, name));
    Ok(catalogue::builtin(found.with_context(|| format!("no built-in `{name}`"))?))
}

fn time(call: &str, read: Option<&str>, bars: &Bars, args: &Args) -> anyhow::Result<f64> {
    let row = row(call)?;
    let mut params = Params::defaults(row.params);
    let mut with = None;
    for (name, text) in call.split(' ').skip(1).filter_map(|p| p.split_once('=')) {
        let at =
            row.param_index(name).with_context(|| format!("`{}` has no parameter `{name}`", row.name))?;
        params.0[at] = value(row.params[at].ty, text)?;
        if row.params[at].ty == ParamType::Feature {
            with = Field::by_name(text);
        }
    }
    let columns: Vec<Cow<'_, [f64]>> = row.inputs.iter().map(|input| column(input, with, bars)).collect();
    let inputs: Vec<&[f64]> = columns.iter().map(|column| &column[..]).collect();
    let outputs = row.outputs(&params);
    let read = read.map(|names| names.split(',').map(str::trim).collect::<Vec<_>>());
    if let Some(name) = read.iter().flatten().find(|name| outputs.iter().all(|output| output.name != **name))
    {
        bail!("`{}` has no output `{name}`", row.name);
    }
    let needed: Vec<bool> = outputs
        .iter()
        .map(|output| read.as_ref().is_none_or(|names| names.iter().any(|name| output.name == *name)))
        .collect();
    let make = || {
        let mut kernel = (row.make)(&params);
        kernel.needs(&needed);
        kernel
    };
    let (_, times) =
        Times::of(args.repeat, || pass(make(), &inputs, outputs.len(), bars.len(), args.block_bars));
    Ok(times.least() * 1e9 / bars.len() as f64)
}

/// The outputs live in one block, over and over, as in the engine where nothing outside reads them.
fn pass(
    mut kernel: Box<dyn Kernel>,
    inputs: &[&[f64]],
    outputs: usize,
    bars: usize,
    block_bars: usize,
) -> f64 {
    let mut rows = vec![vec![0.0; block_bars]; outputs];
    let mut block: Vec<&[f64]> = Vec::with_capacity(inputs.len());
    let mut sum = 0.0;
    for start in (0..bars).step_by(block_bars) {
        let len = block_bars.min(bars - start);
        block.clear();
        block.extend(
            inputs.iter().map(|column| if column.is_empty() { &[] } else { &column[start..start + len] }),
        );
        let mut out: Vec<&mut [f64]> = rows.iter_mut().map(|row| &mut row[..len]).collect();
        kernel.run(&block, &mut out);
        sum += rows[0][len - 1];
    }
    sum
}

fn value(ty: ParamType, text: &str) -> anyhow::Result<Value> {
    Ok(match ty {
        ParamType::Int { .. } => Value::Int(text.parse()?),
        ParamType::Float { .. } => Value::Float(text.parse()?),
        ParamType::Bool => Value::Bool(text.parse()?),
        ParamType::Choice(words) => {
            let at = words.iter().position(|w| *w == text).with_context(|| format!("no word `{text}`"))?;
            Value::Choice(u16::try_from(at)?)
        }
        ParamType::Feature => Value::Feature(true),
        ParamType::List { .. } => bail!("the table has no lists"),
    })
}

fn column<'a>(input: &Input, with: Option<Field>, bars: &'a Bars) -> Cow<'a, [f64]> {
    let field = match input {
        Input::Bar(field) => Some(*field),
        Input::Source => Some(Field::Close),
        Input::Feature { .. } => with,
        Input::Uses { .. } => None,
    };
    let all = || bars.high.iter().zip(&bars.low[..]).zip(&bars.close[..]);
    match field {
        Some(Field::Open) => Cow::Borrowed(&bars.open),
        Some(Field::High) => Cow::Borrowed(&bars.high),
        Some(Field::Low) => Cow::Borrowed(&bars.low),
        Some(Field::Close) => Cow::Borrowed(&bars.close),
        Some(Field::Volume) => Cow::Borrowed(&bars.volume),
        Some(Field::Hl2) => all().map(|((h, l), _)| (h + l) / 2.0).collect(),
        Some(Field::Hlc3) => all().map(|((h, l), c)| (h + l + c) / 3.0).collect(),
        Some(Field::Hlcc4) => all().map(|((h, l), c)| (h + l + 2.0 * c) / 4.0).collect(),
        Some(Field::Ohlc4) => {
            all().zip(&bars.open[..]).map(|(((h, l), c), o)| (o + h + l + c) / 4.0).collect()
        }
        Some(Field::Time) => (0..bars.len()).map(|bar| 1.7e12 + bar as f64 * 60_000.0).collect(),
        None => Cow::Borrowed(&[]),
    }
}
