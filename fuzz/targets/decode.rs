//! Any bytes as the body of a compiled Play: decoding and verifying end, and what is accepted runs and trades, with the
//! same bits in blocks and bar by bar, and whether or not the host skips bars.
#![no_main]

use bars::{Bars, Series, Timeframe};
use bytecode::{ClockId, NumReg, Program};
use engine::{Bar, Columns, Keep, MarketRow, Options, PositionInputs, PositionMachine, Session, run};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let _ = Program::decode(body);
    let Ok(mut program) = Program::decode(&sealed(body)) else { return };
    let bytes = program.encode();
    assert_eq!(Program::decode(&bytes).expect("its own bytes").encode(), bytes);
    let _ = bytecode::disasm(&program);
    // A fuzzer does not guess a hash.
    program.identity.catalogue_hash = stdlib::catalogue_hash();
    if bytecode::verify(&program).is_err() || program.series.len() > 16 {
        return;
    }
    execute(&program, &minutes(&program));
});

fn sealed(body: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x7fPLAYB\r\n".to_vec();
    bytes.extend_from_slice(&bytecode::encode::FORMAT_VERSION.to_le_bytes());
    bytes.extend_from_slice(blake3::hash(body).as_bytes());
    bytes.extend_from_slice(body);
    bytes
}

fn execute(program: &Program, data: &Bars) {
    let in_blocks =
        |block_bars| run(program, data, &Options { block_bars, keep: Keep::Exports, native: None });
    let (Ok(whole), Ok(blocks)) = (in_blocks(1000), in_blocks(7)) else { return };
    trade(program, &whole, data);
    let mut session = Session::new(program).expect("it is verified");
    let mut position = PositionMachine::new(program);
    let mut closes: Vec<(i64, usize, usize)> = Vec::new();
    for (clock, own) in whole.clocks.iter().enumerate() {
        closes.extend((0..own.bars.len()).map(|bar| (own.bars.close_time_ms(bar), clock, bar)));
    }
    closes.sort_unstable();
    for (_, at, bar) in closes {
        let (clock, bars) = (ClockId(at as u16), &whole.clocks[at].bars);
        let latest = session.push(clock, &bar_of(program, bars, bar)).expect("in order");
        for (reg, info) in (0_u32..).zip(&program.num_regs) {
            let reg = NumReg(reg);
            if let (true, Some(column)) = (info.clock == clock, whole.num(reg)) {
                let blocks = blocks.num(reg).expect("kept too")[bar];
                assert!(same(column[bar], blocks) && same(column[bar], latest.num(reg)), "{reg:?} at {bar}");
                assert!(!column[bar].is_infinite(), "{reg:?} at {bar}");
            }
        }
        position.step(clock, bars.open_time[bar], &whole.row(bar), &PositionInputs::FLAT);
    }
}

fn trade(program: &Program, columns: &Columns, data: &Bars) {
    let host = |skip| {
        let options = backtest::Options { skip, ..backtest::Options::default() };
        backtest::run(program, columns, data, &options)
    };
    let (Ok(skipping), Ok(bar_by_bar)) = (host(true), host(false)) else { return };
    assert_eq!(skipping.decisions_hash(), bar_by_bar.decisions_hash());
    assert_eq!(skipping.trades_hash(), bar_by_bar.trades_hash());
}

fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

fn bar_of(program: &Program, bars: &Bars, bar: usize) -> Bar {
    let series = program.series.iter().map(|name| bars.series(name).expect("made for it")[bar]);
    Bar {
        open_time: bars.open_time[bar],
        open: bars.open[bar],
        high: bars.high[bar],
        low: bars.low[bar],
        close: bars.close[bar],
        volume: bars.volume[bar],
        series: series.collect(),
    }
}

/// A few minutes with a gap and a missing bar, with every series that the program reads.
fn minutes(program: &Program) -> Bars {
    let there = (0..150_i64).filter(|minute| !(40..47).contains(minute));
    let open_time: Vec<i64> = there.map(|minute| minute * 60_000).collect();
    let column = |offset: f64| -> bars::Column<f64> {
        let value = |time: &i64| {
            let minute = time / 60_000;
            if minute == 60 { f64::NAN } else { 100.0 + offset + ((minute * 7919) % 23) as f64 / 4.0 }
        };
        open_time.iter().map(value).collect::<Vec<_>>().into()
    };
    let names = program.series.iter();
    Bars {
        timeframe: Timeframe::M1,
        open: column(0.0),
        high: column(3.0),
        low: column(-3.0),
        close: column(1.0),
        volume: column(-90.0),
        series: names.map(|name| Series { name: name.clone(), values: column(-100.0) }).collect(),
        open_time: open_time.into(),
    }
}
