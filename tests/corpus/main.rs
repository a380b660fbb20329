//! Plays that others wrote compile unchanged and run; the listed wrong ones are refused for the right reason.

#![allow(clippy::disallowed_methods, reason = "tests read files and the environment")]

mod sweeps;
#[path = "../properties/ways.rs"]
mod ways;

use std::path::{Path, PathBuf};

use backtest::{EquityDetail, Options, RunResult, StopReason};
use bars::Bars;
use bytecode::{BoolReg, NumReg, Program};
use diagnostics::Code;
use engine::{Columns, Keep};
use kernel::ExitReason;
use tests::{all_hold, files, load, on_all_cores, program, shared, slow};

/// Play, code, and the text under the primary label.
const WRONG: &[(&str, &[(Code, &str)])] = &[
    ("DV_002_invalid_structure_field", &[(Code::E0106, "swing"), (Code::E0302, "bogus_field")]),
    ("DV_006_setup_undeclared", &[(Code::E0306, "ghost_setup")]),
    ("RV_010_sol_accum_aroon_dm_vortex", &[(Code::E0302, "plus")]),
    ("RV_044_sol_dist_psar_bear", &[(Code::E0302, "direction")]),
    ("RV_017_eth_markup_macd_trend", &[(Code::E0303, "adx_14")]),
];

#[test]
fn the_corpus_compiles() {
    let Some(folder) = shared("corpus/plays") else { return };
    let plays = files(&folder, "yml");
    assert_eq!(plays.len(), 219, "the corpus is whole");
    let mut failures = Vec::new();
    for path in plays {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("it was listed");
        let c = driver::compile(&name, &text, &driver::Options::default());
        let errors: Vec<_> = c.diagnostics.iter().filter(|d| d.is_error()).collect();
        let wrong = WRONG.iter().find(|(wrong, _)| *wrong == name);
        match wrong {
            None => failures.extend(errors.iter().map(|e| format!("{name}: {:?} {}", e.code, e.message))),
            Some((_, expected)) => {
                for (code, place) in *expected {
                    let source = c.sources.get(c.source);
                    let hit =
                        errors.iter().any(|e| e.code == *code && source.slice(e.span()).contains(place));
                    if !hit {
                        failures.push(format!("{name}: {code:?} at `{place}` expected, found {errors:?}"));
                    }
                }
            }
        }
        if wrong.is_none() && c.program.is_none() && errors.is_empty() {
            failures.push(format!("{name}: no errors, and yet no program"));
        }
    }
    all_hold(&failures);
}

/// No panic, no stop or liquidation that the Play does not ask for, money kept (X10), the same bits a second time and
/// with other blocks (X13).
#[test]
fn the_corpus_runs_on_both_files_and_again_gives_the_same() {
    let Some((plays, data)) = right_plays_and_bars() else { return };
    let runs = on_all_cores(&plays, |path| data.each_ref().map(|bars| run(path, bars)));
    let failures: Vec<String> = runs.iter().flatten().filter_map(|r| r.as_ref().err().cloned()).collect();
    all_hold(&failures);
    let traded = runs.iter().filter(|both| both.iter().flatten().any(|trades| *trades > 0)).count();
    // The others wait for what these markets do not do, or for more warm-up than a month holds.
    assert!(traded * 10 >= plays.len() * 7, "only {traded} of {} Plays trade at all", plays.len());
}

/// The same columns, decisions and trades from machine code, to the bit.
#[test]
fn the_corpus_gives_the_same_in_machine_code() {
    let Some((plays, data)) = right_plays_and_bars() else { return };
    let failures = on_all_cores(&plays, |path| {
        let name = name(path);
        let program = program(&name, &std::fs::read_to_string(path).expect("it was listed"));
        let runs = data.each_ref().map(|bars| in_machine_code(&program, bars));
        runs.into_iter().filter_map(Result::err).map(|e| format!("{name}: {e}")).collect::<Vec<_>>()
    });
    all_hold(&failures.concat());
}

fn in_machine_code(program: &Program, bars: &Bars) -> Result<(), String> {
    let run = |native| {
        let engine = engine::Options { keep: Keep::All, native, ..engine::Options::default() };
        let columns = engine::run(program, bars, &engine).map_err(|e| e.to_string())?;
        let options = Options { native, equity: EquityDetail::Daily, ..Options::default() };
        let result = backtest::run(program, &columns, bars, &options).map_err(|e| e.to_string())?;
        Ok::<_, String>((columns, result))
    };
    let ((columns, result), (compiled, again)) = (run(None)?, run(Some(&jit::ALWAYS))?);
    for reg in (0..program.num_regs.len() as u32).map(NumReg) {
        let bits = |c: &Columns| c.num(reg).map(|c| c.iter().map(|x| x.to_bits()).collect::<Vec<_>>());
        if bits(&columns) != bits(&compiled) {
            return Err(format!("n{} differs", reg.0));
        }
    }
    for reg in (0..program.bool_regs.len() as u32).map(BoolReg) {
        if columns.bool(reg) != compiled.bool(reg) {
            return Err(format!("b{} differs", reg.0));
        }
    }
    let hashes = |r: &RunResult| (r.decisions_hash(), r.trades_hash(), r.final_equity.to_bits());
    if hashes(&result) != hashes(&again) {
        return Err("other trades".into());
    }
    Ok(())
}

/// Plays of which one is taken in an ordinary run; with `PLAY_SLOW=1` all are.
const OF_MANY: usize = 24;
/// Plays whose columns are computed together.
const FUSED: usize = 4;

/// Blocks of any size, bar by bar through a session, a host that skips and one that does not, machine code, columns
/// computed together with those of other Plays: the same columns, decisions, trades and equity, to the bit (X13).
#[test]
fn the_corpus_gives_the_same_in_every_way() {
    let Some((plays, data)) = right_plays_and_bars() else { return };
    let groups: Vec<Vec<PathBuf>> = if slow() {
        plays.chunks(FUSED).map(<[PathBuf]>::to_vec).collect()
    } else {
        eprintln!("one in {OF_MANY} of the Plays; PLAY_SLOW=1 takes all");
        plays.into_iter().step_by(OF_MANY).map(|play| vec![play]).collect()
    };
    let failures = on_all_cores(&groups, |group| {
        let of =
            |path: &PathBuf| program(&name(path), &std::fs::read_to_string(path).expect("it was listed"));
        let programs: Vec<Program> = group.iter().map(of).collect();
        data.iter().flat_map(|bars| in_every_way(group, &programs, bars)).collect::<Vec<_>>()
    });
    all_hold(&failures.concat());
}

fn in_every_way(paths: &[PathBuf], programs: &[Program], bars: &Bars) -> Vec<String> {
    let options = Options::default();
    let mut failures: Vec<String> = Vec::new();
    for (path, program) in paths.iter().zip(programs) {
        let mut pushed = 0_u32;
        let mut restores = || {
            pushed += 1;
            pushed.is_multiple_of(9_973)
        };
        let all = [
            ways::blocks(program, bars),
            ways::machine_code(program, bars, &options),
            ways::skipping(program, bars, &options),
            ways::live(program, bars, &options, &mut restores),
            ways::causal(program, bars, bars.len() / 2 + 11),
        ];
        failures.extend(all.into_iter().filter_map(Result::err).map(|e| format!("{}: {e}", name(path))));
    }
    let fused = ways::fused(programs, bars, &options).err();
    failures.extend(fused.map(|e| format!("{} and the next: {e}", name(&paths[0]))));
    failures
}

/// All Plays that compile, and both files of bars.
fn right_plays_and_bars() -> Option<(Vec<PathBuf>, [Bars; 2])> {
    let folder = shared("corpus/plays")?;
    let month = shared("data/btc-perp-1m-2022-01.parquet")?;
    let regimes = shared("data/regimes-a-1m.parquet")?;
    let is_right = |path: &PathBuf| !WRONG.iter().any(|(wrong, _)| *wrong == name(path));
    let plays = files(&folder, "yml").into_iter().filter(is_right).collect();
    Some((plays, [load(&month), load(&regimes)]))
}

/// Trades of a run that does nothing that its Play does not ask for.
fn run(path: &Path, bars: &Bars) -> Result<usize, String> {
    let name = name(path);
    let program = program(&name, &std::fs::read_to_string(path).expect("it was listed"));
    let made = |block_bars, keep| {
        let columns = engine::run(&program, bars, &engine::Options { block_bars, keep, native: None });
        columns.map_err(|e| format!("{name}: {e}"))
    };
    let options = Options::default();
    let result = backtest::backtest_on(&program, &made(1024, Keep::All)?, bars, &options)
        .map_err(|e| format!("{name}: {e}"))?;
    let daily = Options { equity: EquityDetail::Daily, ..options };
    let again =
        backtest::run(&program, &made(333, Keep::Run)?, bars, &daily).map_err(|e| format!("{name}: {e}"))?;
    if result.funnel.is_empty() {
        return Err(format!("{name}: no funnel"));
    }
    let hashes = |r: &RunResult| (r.decisions_hash(), r.trades_hash(), r.final_equity.to_bits());
    if hashes(&result) != hashes(&again) {
        return Err(format!("{name}: a second run gives other trades"));
    }
    let limit = program.policy.account.max_drawdown_pct;
    if matches!(result.stop_reason, StopReason::MaxDrawdown { .. }) && limit >= 100.0 {
        return Err(format!("{name}: stopped by a drawdown that it has no limit for"));
    }
    for trade in &result.trades {
        if trade.exit_reason == ExitReason::Liquidation && trade.leverage <= 1.0 {
            return Err(format!("{name}: liquidated without leverage: {trade:?}"));
        }
    }
    ways::money(&result).map_err(|e| format!("{name}: {e}"))?;
    Ok(result.trades.len())
}

fn name(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
