//! `playvm columns`: what the Play saw, one row an exec bar.

use std::path::PathBuf;

use bars::Bars;
use bars::asof::closed_as_of;
use bytecode::{ExportColumn, Program};
use data::columns::{ColumnData, write_csv, write_parquet};
use engine::{Columns, Keep, Options};

use crate::failure::Failure;
use crate::input::{self, DataArgs};
use folders::BlockFolders;

#[derive(clap::Args)]
pub struct Args {
    /// A Play (.yml) or a program (.playb)
    file: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// Where to write: .parquet or .csv. Columns: ts (the exec bar's opening time, ms UTC), then features, structure
    /// outputs, setups and conditions (true and false as 1 and 0)
    #[arg(long, value_name = "X.parquet")]
    out: PathBuf,
    #[command(flatten)]
    library: BlockFolders,
}

pub fn run(args: &Args) -> Result<(), Failure> {
    let input = input::program(&args.file, &args.library)?;
    let loaded = args.data.load(&input.program)?;
    let options = Options { keep: Keep::Exports, ..Options::default() };
    let columns = engine::run(&input.program, &loaded.bars, &options)?;
    let named = named(&input.program, &columns);
    let refs: Vec<(&str, ColumnData)> =
        named.iter().map(|(name, data)| (name.as_str(), data.clone())).collect();
    let is_csv = args.out.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
    if is_csv {
        write_csv(&args.out, &refs)?
    } else {
        write_parquet(&args.out, &refs)?
    }
    Ok(())
}

/// Every export on the exec clock, as of each exec close.
pub fn named(program: &Program, columns: &Columns) -> Vec<(String, ColumnData)> {
    let exec = &columns.clock(program.exec).bars;
    let times = exec.open_time.iter().map(|&t| Some(t)).collect();
    let mut named = vec![("ts".to_string(), ColumnData::I64(times))];
    for export in &program.exports {
        let data = match export.column {
            ExportColumn::Num(reg) => {
                let own = &columns.clock(program.num_regs[reg.0 as usize].clock).bars;
                let values = columns.num(reg).unwrap_or(&[]);
                ColumnData::F64(
                    seen(own, exec, |bar| values.get(bar).copied()).map(|v| v.unwrap_or(f64::NAN)).collect(),
                )
            }
            ExportColumn::Bool(reg) => {
                let own = &columns.clock(program.bool_regs[reg.0 as usize].clock).bars;
                let map = columns.bool(reg);
                ColumnData::I64(
                    seen(own, exec, |bar| map.and_then(|m| m.get(bar))).map(|v| v.map(i64::from)).collect(),
                )
            }
        };
        named.push((export.name.clone(), data));
    }
    named
}

/// The value of the latest bar of `own` that has closed at each close of `exec`.
fn seen<'a, T: 'a>(
    own: &'a Bars,
    exec: &'a Bars,
    value: impl Fn(usize) -> Option<T> + 'a,
) -> impl Iterator<Item = Option<T>> + 'a {
    closed_as_of(own, exec).into_iter().map(move |bar| bar.and_then(&value))
}
