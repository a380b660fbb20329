//! Why a program cannot run on these bars.

use bars::Timeframe;
use bytecode::verify::VerifyError;

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EngineError {
    #[error(
        "the program is damaged or was built for another version: {}; build it again from its Play",
        first(.0)
    )]
    Program(Vec<VerifyError>),
    #[error(
        "the Play reads {needed} bars, but the data has {have} bars: give it data of {needed} bars or finer"
    )]
    DataTooCoarse { needed: Timeframe, have: Timeframe },
    #[error(
        "the Play reads {needed} bars, which {have} bars do not divide evenly: give it data of a period that \
         divides {needed}, such as 1m"
    )]
    NotMultiple { needed: Timeframe, have: Timeframe },
    #[error(
        "the Play reads the series `{name}`, which the data does not carry{}: add that column to the data",
        list(.have)
    )]
    MissingSeries { name: String, have: Vec<String> },
    #[error("a column of the data has {found} bars where the others have {expected}: load the data again")]
    UnevenColumns { expected: usize, found: usize },
    #[error("a bar of clock {clock} was pushed, but the program has {clocks} clocks")]
    NoSuchClock { clock: u16, clocks: usize },
    #[error(
        "the {timeframe} bar that opens at {open_ms} came after a bar that closes later: push bars in the order \
         of their closes, and of bars that close together the slower first"
    )]
    OutOfOrder { timeframe: Timeframe, open_ms: i64 },
    #[error(
        "a bar carries {found} series where the program reads {expected}: give one value for each of them"
    )]
    SeriesCount { expected: usize, found: usize },
    #[error("the saved state does not belong to this program: start the session anew from the bars before")]
    Snapshot,
}

fn first(errors: &[VerifyError]) -> String {
    match errors {
        [] => "no reason given".into(),
        [one] => one.to_string(),
        [one, rest @ ..] => format!("{one} (and {} more)", rest.len()),
    }
}

fn list(have: &[String]) -> String {
    if have.is_empty() { String::new() } else { format!(" (it carries {})", have.join(", ")) }
}
