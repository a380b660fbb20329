//! What hosts rely on: which bars are ready, what is kept, and errors that say what to do.

mod common;

use bars::{Bars, Timeframe, resample};
use bytecode::{ClockId, Op, Program, Stage};
use common::data::minutes;
use common::programs::Builder;
use common::rng::Rng;
use engine::{Bar, EngineError, Keep, MarketRow, Options, Session, run};
use stdlib::Field;

/// close, and close of 5 bars ago, on each clock.
fn program(periods: &[&str], warmups: &[u32]) -> Program {
    let mut b = Builder::new(periods);
    for (at, &warmup) in warmups.iter().enumerate() {
        let clock = ClockId(at as u16);
        let close = b.num(clock, Stage::Market);
        b.push(clock, Stage::Market, Op::Field { out: close, field: Field::Close });
        let old = b.num(clock, Stage::Market);
        b.push(clock, Stage::Market, Op::Shift { out: old, a: close, bars: 5 });
        b.program.clocks[at].warmup_bars = warmup;
        b.export(bytecode::ExportColumn::Num(close));
    }
    b.program
}

/// Minutes without gaps from midnight on.
fn whole(count: usize) -> Bars {
    let column = |from: f64| (0..count).map(|i| from + i as f64).collect::<Vec<_>>();
    Bars {
        timeframe: Timeframe::M1,
        open_time: (0..count as i64).map(|i| i * 60_000).collect::<Vec<_>>().into(),
        open: column(1.0).into(),
        high: column(3.0).into(),
        low: column(0.0).into(),
        close: column(2.0).into(),
        volume: column(5.0).into(),
        series: vec![bars::Series { name: "funding_rate".into(), values: column(0.0).into() }],
    }
}

fn exports() -> Options {
    Options { keep: Keep::Exports, ..Options::default() }
}

#[test]
fn a_clock_is_ready_once_all_are_warm() {
    // 2 bars of 15m have closed at minute 30; 20 bars of 1m at minute 20.
    let columns = run(&program(&["15m", "1m"], &[2, 20]), &whole(100), &exports()).expect("runs");
    assert_eq!(columns.clocks[0].ready, 1);
    assert_eq!(columns.clocks[1].ready, 29, "the 1m bar that closes with the second 15m bar");
    assert_eq!(columns.missing_bars(), []);
    // 40 bars of 1m have closed at minute 40: the 15m bar that closes at 45 is the third.
    let columns = run(&program(&["15m", "1m"], &[2, 40]), &whole(100), &exports()).expect("runs");
    assert_eq!((columns.clocks[0].ready, columns.clocks[1].ready), (2, 39));
    let columns = run(&program(&["15m", "1m"], &[0, 0]), &whole(100), &exports()).expect("runs");
    assert_eq!((columns.clocks[0].ready, columns.clocks[1].ready), (0, 0));
    let columns = run(&program(&["15m", "1m"], &[7, 20]), &whole(100), &exports()).expect("runs");
    assert_eq!((columns.clocks[0].ready, columns.clocks[1].ready), (6, 100), "never ready");
    assert_eq!(columns.missing_bars(), [(Timeframe::from_ms(900_000).expect("15m"), 7, 6)]);
}

#[test]
fn a_kept_field_shares_the_bars() {
    let data = whole(100);
    let program = program(&["1m"], &[0]);
    let columns = run(&program, &data, &exports()).expect("runs");
    let close = columns.num(bytecode::NumReg(0)).expect("kept");
    assert!(std::ptr::eq(close.as_ptr(), data.close.as_ptr()));
    assert!(columns.num(bytecode::NumReg(1)).is_none(), "nothing reads it");
    let all = run(&program, &data, &Options::default()).expect("runs");
    assert!(all.num(bytecode::NumReg(0)).is_none(), "a backtest does not need it");
}

#[test]
fn errors_name_what_is_missing_and_what_to_do() {
    let text =
        |program: &Program, data: &Bars| run(program, data, &exports()).expect_err("is refused").to_string();
    let coarse = resample(&whole(300), Timeframe::from_ms(900_000).expect("15m")).expect("a multiple");
    assert_eq!(
        text(&program(&["1h", "5m"], &[0, 0]), &coarse),
        "the Play reads 5m bars, but the data has 15m bars: give it data of 5m bars or finer"
    );
    let odd = resample(&whole(300), Timeframe::from_ms(180_000).expect("3m")).expect("a multiple");
    assert!(text(&program(&["5m"], &[0]), &odd).contains("3m bars do not divide evenly"));
    let mut needs = program(&["1m"], &[0]);
    needs.series = vec!["open_interest".into()];
    assert_eq!(
        text(&needs, &whole(10)),
        "the Play reads the series `open_interest`, which the data does not carry (it carries funding_rate): \
         add that column to the data"
    );
    let mut other = program(&["1m"], &[0]);
    other.identity.catalogue_hash = [0; 32];
    assert!(text(&other, &whole(10)).contains("build it again"));
    let mut uneven = whole(10);
    uneven.low = uneven.low.slice(0..9);
    assert!(text(&program(&["1m"], &[0]), &uneven).contains("9 bars where the others have 10"));
}

#[test]
fn a_session_refuses_what_is_out_of_order() {
    let program = program(&["15m", "1m"], &[0, 0]);
    let mut session = Session::new(&program).expect("verified");
    let bar = |minute: i64| Bar {
        open_time: minute * 60_000,
        open: 1.0,
        high: 1.0,
        low: 1.0,
        close: minute as f64,
        volume: 1.0,
        series: vec![0.0],
    };
    session.push(ClockId(1), &bar(13)).expect("in order");
    session.push(ClockId(0), &bar(0)).expect("closes at 15");
    let row = session.push(ClockId(1), &bar(14)).expect("closes at 15 too, after the slower one");
    assert_eq!(row.num(bytecode::NumReg(2)), 14.0);
    for (clock, minute) in [(1, 14), (1, 13), (0, 0)] {
        let error = session.push(ClockId(clock), &bar(minute)).expect_err("is late");
        assert!(matches!(error, EngineError::OutOfOrder { .. }), "{error}");
    }
    assert!(matches!(session.push(ClockId(2), &bar(20)), Err(EngineError::NoSuchClock { .. })));
    let without = Bar { series: Vec::new(), ..bar(20) };
    assert!(matches!(session.push(ClockId(1), &without), Err(EngineError::SeriesCount { .. })));
    session.push(ClockId(1), &bar(20)).expect("nothing has changed");
}

#[test]
fn a_foreign_or_damaged_snapshot_is_refused() {
    let mut rng = Rng(5);
    let (first, second) = (program(&["1m"], &[0]), program(&["1m"], &[1]));
    let mut session = Session::new(&first).expect("verified");
    let data = minutes(&mut rng, 20);
    for bar in 0..data.len() {
        let price = data.close[bar];
        let series = vec![0.0];
        let open_time = data.open_time[bar];
        let bar = Bar { open_time, open: price, high: price, low: price, close: price, volume: 1.0, series };
        session.push(ClockId(0), &bar).expect("in order");
    }
    let snapshot = session.snapshot();
    assert_eq!(Session::new(&second).expect("verified").restore(&snapshot), Err(EngineError::Snapshot));
    for at in 0..snapshot.len() {
        let mut damaged = snapshot.clone();
        damaged[at] ^= 1;
        assert_eq!(Session::new(&first).expect("verified").restore(&damaged), Err(EngineError::Snapshot));
        assert_eq!(
            Session::new(&first).expect("verified").restore(&snapshot[..at]),
            Err(EngineError::Snapshot)
        );
    }
    let mut again = Session::new(&first).expect("verified");
    again.restore(&snapshot).expect("its own");
    assert_eq!(again.snapshot(), snapshot);
}
