//! A sweep that is stopped anywhere and gone on with, on any number of threads, comes to the file of one that was not.

#![allow(clippy::disallowed_methods, reason = "tests read and write files")]

mod common;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use bars::Bars;
use common::{BRACKET, SIGNALS, compile, sample};
use sweep::{Axis, Detail, Setup, Space, Store};

const IDENTITY: [u8; 32] = [3; 32];

struct Sweep {
    play: String,
    space: Space,
    bars: Bars,
    detail: Detail,
}

impl Sweep {
    /// Goes on from what is in the folder until so many variants were compiled; whether it came to its end.
    fn go_on(&self, folder: &Path, threads: usize, memory_mib: usize, stop_after: u64) -> bool {
        let (stop, compiled) = (AtomicBool::new(false), AtomicU64::new(0));
        let options = backtest::Options::default();
        let setup = Setup {
            bars: &self.bars,
            options: &options,
            detail: self.detail,
            memory_bytes: memory_mib << 20,
            threads,
            stop: &stop,
            done: &AtomicU64::new(0),
        };
        let mut store = Store::open(folder, IDENTITY, true, &mut |_| {}).expect("the disk has room");
        let compile = |values: &[f64]| {
            if compiled.fetch_add(1, Ordering::Relaxed) == stop_after {
                stop.store(true, Ordering::Relaxed);
            }
            compile(&self.play, &self.space.axes, values)
        };
        let first = store.rows();
        sweep::run(&self.space, first, &compile, &setup, &mut |rows| {
            store.append(&rows).expect("the disk has room");
            ControlFlow::Continue(())
        })
        .expect("it runs");
        let is_whole = store.rows() == self.space.len();
        if is_whole {
            store.finish(&self.space).expect("the disk has room");
        }
        is_whole
    }

    fn file(&self, folder: &Path) -> Vec<u8> {
        assert!(!folder.join("sweep.part").exists());
        std::fs::read(folder.join("sweep.parquet")).expect("it is there")
    }

    fn holds(&self) {
        let whole = tempfile::tempdir().expect("a folder");
        assert!(self.go_on(whole.path(), 1, 256, u64::MAX));
        for (threads, memory_mib, every) in [(1, 256, 7), (2, 64, 5), (3, 64, 1), (4, 256, 20)] {
            let cut = tempfile::tempdir().expect("a folder");
            let mut times = 1;
            while !self.go_on(cut.path(), 1 + (threads + times) % threads, memory_mib, every) {
                times += 1;
                assert!(times < 1000, "it does not come to its end");
            }
            assert!(times > 1, "it was never stopped");
            assert!(self.file(cut.path()) == self.file(whole.path()), "{threads} threads, every {every}");
        }
    }
}

fn axis(name: &str, values: &[f64]) -> Axis {
    Axis { name: name.into(), values: values.to_vec() }
}

#[test]
fn all_figures() {
    let axes = vec![
        axis("fast.length", &[3.0, 5.0, 8.0, 12.0]),
        axis("slow.length", &[15.0, 21.0, 34.0]),
        axis("stop_loss.value", &[1.0, 2.0, 3.0]),
    ];
    let space = Space::new(axes).expect("few");
    let bars = sample("choppy_whipsaw", 1_500, 5);
    Sweep { play: BRACKET.into(), space, bars, detail: Detail::Full }.holds();
}

/// Settled block by block, and with leverage left to the host where a position might be liquidated.
#[test]
fn the_return_alone() {
    let fill = |leverage: &str| {
        SIGNALS
            .replace("MODE", "long_only")
            .replace("END", "mark")
            .replace("EXITS", "{id: out, cases: [{when: \"fast < slow\", emit: [{action: exit_long}]}]}")
            .replace("LEVERAGE", leverage)
            .replace("STOP", "")
            .replace("MINIMUM", "1")
            .replace("SLIPPAGE", "0")
            .replace("EQUITY", "10000")
    };
    for leverage in ["1", "40"] {
        let lengths = [2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];
        let axes = vec![axis("fast.length", &lengths), axis("slow.length", &[8.0, 21.0, 55.0])];
        let space = Space::new(axes).expect("few");
        let bars = sample("crash", 2_000, 5);
        Sweep { play: fill(leverage), space, bars, detail: Detail::Return }.holds();
    }
}
