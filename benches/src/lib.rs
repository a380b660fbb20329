//! What the benchmark programs share: the clock, and the line of JSON that they print.
//!
//! Takes a piece of work. Gives its times over repeated runs. Never decides what is compared: `scripts/bench` does.
#![allow(clippy::disallowed_methods)] // it reads a clock and the process's own figures

use anyhow::Context;
use rustix::time::{ClockId, clock_gettime};
use stdlib::wide::{self, Level};

/// Processor time of this process, in seconds: it does not count while other programs run, as wall time does.
#[must_use]
pub fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Processor times of repeated runs, in seconds, in the order of the runs.
#[derive(Clone, Debug)]
pub struct Times(pub Vec<f64>);

impl Times {
    /// One run that is not counted, for caches and pages; then `repeat` that are.
    pub fn of<T>(repeat: usize, mut work: impl FnMut() -> T) -> (T, Times) {
        let mut last = work();
        let times = (0..repeat.max(1)).map(|_| {
            let start = processor_seconds();
            let result = work();
            let seconds = processor_seconds() - start;
            // What a run gives is let go outside its time, as its memory is the caller's.
            last = result;
            seconds
        });
        let times = Times(times.collect());
        (last, times)
    }

    #[must_use]
    pub fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        if sorted.len() % 2 == 1 { sorted[middle] } else { (sorted[middle - 1] + sorted[middle]) / 2.0 }
    }

    #[must_use]
    pub fn least(&self) -> f64 {
        self.0.iter().copied().fold(f64::INFINITY, f64::min)
    }
}

/// Uses no wider vectors than these; gives the name of those in use.
///
/// # Errors
/// When there is no such level.
pub fn limit_vectors(widest: Option<&str>) -> anyhow::Result<&'static str> {
    let Some(name) = widest else { return Ok(wide::level().name()) };
    let level = Level::ALL.into_iter().find(|level| level.name() == name);
    Ok(wide::limit(level.with_context(|| format!("{name} is none of portable, avx2, avx512"))?).name())
}

/// The most memory that the process has had, in MiB; `None` where the system does not tell.
#[must_use]
pub fn peak_memory_mib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: f64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kib / 1024.0)
}

/// One bar as a live session gets it.
#[must_use]
pub fn bar_of(bars: &bars::Bars, bar: usize) -> engine::Bar {
    engine::Bar {
        open_time: bars.open_time[bar],
        open: bars.open[bar],
        high: bars.high[bar],
        low: bars.low[bar],
        close: bars.close[bar],
        volume: bars.volume[bar],
        series: bars.series.iter().map(|s| s.values[bar]).collect(),
    }
}
