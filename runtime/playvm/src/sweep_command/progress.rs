//! A bar with the time that is left, where someone watches; nothing otherwise.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

const LOOK_EVERY: Duration = Duration::from_millis(100);

pub struct Progress(ProgressBar);

impl Progress {
    pub fn new(variants: u64, done: u64) -> Progress {
        // the target hides itself where standard error is no terminal
        let bar = ProgressBar::with_draw_target(Some(variants), ProgressDrawTarget::stderr());
        let template = "{bar:30} {human_pos} of {human_len} variants, {per_sec}, {eta} left";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_position(done);
        bar.reset_eta();
        Progress(bar)
    }

    /// Does the work and shows how many variants are done meanwhile.
    pub fn during<T>(self, done: &AtomicU64, work: impl FnOnce() -> T) -> T {
        if self.0.is_hidden() {
            return work();
        }
        let result = std::thread::scope(|scope| {
            let (over, is_over) = channel::<()>();
            let bar = &self.0;
            scope.spawn(move || {
                while is_over.recv_timeout(LOOK_EVERY) == Err(RecvTimeoutError::Timeout) {
                    bar.set_position(done.load(Ordering::Relaxed));
                }
            });
            let result = work();
            drop(over);
            result
        });
        self.0.finish_and_clear();
        result
    }
}
