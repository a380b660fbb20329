//! What `--set` says of a sweep: which values of which parameters.

use driver::params::Parameter;
use driver::settings::{candidate, find};
use sweep::{Axis, Space};

use super::Args;
use crate::failure::Failure;

/// All open parameters of the Play, each with the values to try.
pub fn space(open: &[Parameter], args: &Args) -> Result<Space, Failure> {
    if open.is_empty() {
        return Err(Failure::Usage(
            "the Play has no open parameters: write a number as a range, such as `{min: 5, max: 50, step: 5}`".into(),
        ));
    }
    let mut given: Vec<Option<Vec<f64>>> = vec![None; open.len()];
    for text in &args.set {
        let (at, values) = values(open, text)?;
        if given[at].replace(values).is_some() {
            return Err(Failure::Usage(format!(
                "--set: `{}` is set twice: leave one of them out",
                open[at].path
            )));
        }
    }
    let mut axes = Vec::with_capacity(open.len());
    for (parameter, given) in open.iter().zip(given) {
        let values = match given {
            Some(values) => values,
            None if parameter.count() > MANY => return Err(too_many(parameter)),
            None => parameter.values().collect(),
        };
        axes.push(Axis { name: parameter.path.clone(), values });
    }
    let usage = |e: sweep::SpaceError| Failure::Usage(e.to_string());
    let space = Space::new(axes).map_err(usage)?;
    match args.sample {
        Some(0) => Err(Failure::Usage("--sample 0 leaves nothing to try: give at least 1".into())),
        Some(count) => space.sampled(count, args.seed).map_err(usage),
        None => Ok(space),
    }
}

/// The parameters in the order of the axes.
pub fn of_space<'p>(open: &'p [Parameter], space: &Space) -> Vec<&'p Parameter> {
    open.iter().filter(|p| space.axes.iter().any(|axis| axis.name == p.path)).collect()
}

/// More values of one parameter are a slip.
const MANY: u64 = 1_000_000;

fn too_many(parameter: &Parameter) -> Failure {
    Failure::Usage(format!(
        "`{}` has {} candidates: choose from them with --set, or make its step larger",
        parameter.path,
        parameter.count()
    ))
}

/// `NAME=FROM..TO:STEP`, `NAME=FROM..TO`, `NAME=V1,V2` or `NAME=V`.
fn values(open: &[Parameter], text: &str) -> Result<(usize, Vec<f64>), Failure> {
    let malformed = || {
        Failure::Usage(format!(
            "--set: `{text}` does not say what to try: write name=5..20:5, name=5,10,20 or name=5"
        ))
    };
    let usage = |e: driver::settings::SettingError| Failure::Usage(format!("--set: {e}"));
    let (name, what) = text.split_once('=').ok_or_else(malformed)?;
    let at = find(open, name.trim()).map_err(usage)?;
    let parameter = &open[at];
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|v| v.is_finite()).ok_or_else(malformed);
    let Some((from, rest)) = what.split_once("..") else {
        let listed: Vec<f64> = what.split(',').map(number).collect::<Result<_, _>>()?;
        let mut values: Vec<f64> = Vec::with_capacity(listed.len());
        for value in listed {
            let value = candidate(parameter, value).map_err(usage)?;
            if !values.contains(&value) {
                values.push(value);
            }
        }
        return Ok((at, values));
    };
    let (to, step) = rest.split_once(':').map_or((rest, None), |(to, step)| (to, Some(step)));
    let (from, to) = (number(from)?, number(to)?);
    let step = step.map(number).transpose()?;
    let values = match step {
        Some(step) => {
            let range = Parameter {
                candidates: syntax::ast::Candidates::Steps { min: from, max: to, step },
                ..parameter.clone()
            };
            if from > to || step <= 0.0 || range.count() > MANY {
                return Err(malformed());
            }
            range
                .values()
                .map(|value| candidate(parameter, value))
                .collect::<Result<_, _>>()
                .map_err(usage)?
        }
        None if parameter.count() > MANY => return Err(too_many(parameter)),
        None => {
            let ends = [candidate(parameter, from).map_err(usage)?, candidate(parameter, to).map_err(usage)?];
            parameter.values().filter(|v| (ends[0]..=ends[1]).contains(v)).collect::<Vec<f64>>()
        }
    };
    if values.is_empty() { Err(malformed()) } else { Ok((at, values)) }
}
