//! Values for a Play's open parameters (L11): `--set name=value`.
//!
//! A name is a parameter's path as `playc params` lists it, or the path with segments left out, where that names one
//! parameter only: `fast.length` for `features.fast.params.length`. A value is one of the parameter's candidates.

use std::fmt;

use diagnostics::{Diagnostic, Source, SourceId, suggest};
use syntax::ast::Candidates;

use crate::params::{Parameter, parameters};
use crate::{Compilation, Options, compile_bytes, compile_set, refuse_unreadable};

/// One `name=value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    pub name: String,
    pub value: f64,
}

impl Setting {
    /// Reads `name=value`.
    ///
    /// # Errors
    /// When it is not written so.
    pub fn parse(text: &str) -> Result<Setting, SettingError> {
        let malformed = || SettingError::Malformed { text: text.to_owned() };
        let (name, value) = text.split_once('=').ok_or_else(malformed)?;
        let value: f64 = value.trim().parse().map_err(|_| malformed())?;
        let name = name.trim().to_owned();
        if name.is_empty() || !value.is_finite() { Err(malformed()) } else { Ok(Setting { name, value }) }
    }
}

/// Why a setting cannot be made. Each says what to write instead.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SettingError {
    #[error("`{text}` is no setting: write name=value, such as fast.length=12")]
    Malformed { text: String },
    #[error("the Play has no open parameter `{name}`{}", hint(.nearest.as_deref(), .known))]
    Unknown { name: String, nearest: Option<String>, known: Vec<String> },
    #[error("`{name}` may be {}: write more of the path", listed(.paths))]
    Ambiguous { name: String, paths: Vec<String> },
    #[error("`{path}` is set twice: leave one of them out")]
    Twice { path: String },
    #[error("`{path}` cannot be {value}: {}{}", .candidates, near(.nearest))]
    NoCandidate { path: String, value: f64, candidates: Shown, nearest: Vec<f64> },
}

/// The candidates of a parameter, in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown(pub Candidates);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Candidates::Steps { min, max, step } => write!(f, "it goes from {min} to {max} by {step}"),
            Candidates::Choices(choices) => {
                let choices: Vec<String> = choices.iter().map(f64::to_string).collect();
                write!(f, "it is one of {}", choices.join(", "))
            }
        }
    }
}

/// Compiles with other values for some of the Play's open parameters. Where the text itself has errors, those are
/// reported first, as any compilation does.
///
/// # Errors
/// When a setting names no open parameter or a value that is not one of its candidates.
pub fn compile_bytes_with(
    name: &str,
    bytes: &[u8],
    options: &Options,
    settings: &[Setting],
) -> Result<Compilation, SettingError> {
    if settings.is_empty() {
        return Ok(compile_bytes(name, bytes, options));
    }
    let (text, unreadable) = syntax::decode(SourceId::default(), bytes);
    Ok(refuse_unreadable(compile_with(name, &text, options, settings)?, unreadable))
}

/// The same for text.
///
/// # Errors
/// As [`compile_bytes_with`].
pub fn compile_with(
    name: &str,
    text: &str,
    options: &Options,
    settings: &[Setting],
) -> Result<Compilation, SettingError> {
    let source = Source::new(name, text);
    let (ast, found) = syntax::parse(SourceId::default(), text);
    if settings.is_empty() || (ast.broken && found.iter().any(Diagnostic::is_error)) {
        return Ok(compile_set(name, text, options, &[]));
    }
    let values = values(&parameters(&ast, &source), settings)?;
    Ok(compile_set(name, text, options, &values))
}

/// The places and candidates that settings speak of.
///
/// # Errors
/// When a setting names no open parameter, one that another names, or a value that is not one of its candidates.
pub fn values(open: &[Parameter], settings: &[Setting]) -> Result<Vec<syntax::Setting>, SettingError> {
    let mut values: Vec<syntax::Setting> = Vec::with_capacity(settings.len());
    for setting in settings {
        let parameter = &open[find(open, &setting.name)?];
        if values.iter().any(|v| v.place == parameter.span) {
            return Err(SettingError::Twice { path: parameter.path.clone() });
        }
        values.push(syntax::Setting { place: parameter.span, value: candidate(parameter, setting.value)? });
    }
    Ok(values)
}

/// Which parameter a name means.
///
/// # Errors
/// When it means none or several.
pub fn find(open: &[Parameter], name: &str) -> Result<usize, SettingError> {
    if let Some(at) = open.iter().position(|p| p.path == name) {
        return Ok(at);
    }
    let fits: Vec<usize> = (0..open.len()).filter(|&at| is_short_for(name, &open[at].path)).collect();
    match fits[..] {
        [one] => Ok(one),
        [] => {
            let paths = || open.iter().map(|p| p.path.as_str());
            let shorts: Vec<String> = paths().map(short).collect();
            let candidates = || paths().chain(shorts.iter().map(String::as_str));
            let nearest = suggest::nearest(name, candidates());
            let at = nearest.and_then(|near| candidates().position(|c| c == near));
            let nearest = at.map(|at| open[at % open.len()].path.clone());
            let known = paths().map(str::to_owned).collect();
            Err(SettingError::Unknown { name: name.to_owned(), nearest, known })
        }
        _ => {
            let paths = fits.iter().map(|&at| open[at].path.clone()).collect();
            Err(SettingError::Ambiguous { name: name.to_owned(), paths })
        }
    }
}

/// The candidate that a number means.
///
/// # Errors
/// When there is none.
pub fn candidate(parameter: &Parameter, value: f64) -> Result<f64, SettingError> {
    parameter.candidate(value).ok_or_else(|| SettingError::NoCandidate {
        path: parameter.path.clone(),
        value,
        candidates: Shown(parameter.candidates.clone()),
        nearest: parameter.around(value),
    })
}

/// The segments of `name` are some of those of the path, in their order, the last one included.
fn is_short_for(name: &str, path: &str) -> bool {
    let mut path = path.rsplit('.');
    let mut name = name.rsplit('.');
    if name.next() != path.next() {
        return false;
    }
    name.all(|segment| path.any(|own| own == segment))
}

/// What one would write for a path: `fast.length`.
fn short(path: &str) -> String {
    let own: Vec<&str> = path.split('.').skip(1).filter(|segment| *segment != "params").collect();
    own.join(".")
}

fn hint(nearest: Option<&str>, known: &[String]) -> String {
    match (nearest, known) {
        (Some(near), _) => format!(": did you mean `{near}`?"),
        (None, []) => ": a number is open when it is written as `{min: 5, max: 50, step: 5}`".into(),
        (None, known) => format!(": it has {}", listed(known)),
    }
}

fn near(nearest: &[f64]) -> String {
    let nearest: Vec<String> = nearest.iter().map(f64::to_string).collect();
    if nearest.is_empty() { String::new() } else { format!("; the nearest: {}", nearest.join(" and ")) }
}

fn listed(paths: &[String]) -> String {
    const MANY: usize = 8;
    let shown: Vec<String> = paths.iter().take(MANY).map(|p| format!("`{p}`")).collect();
    let more = if paths.len() > MANY { " and more" } else { "" };
    format!("{}{more}", shown.join(", "))
}
