//! A bar with the time that is left, where someone watches; nothing otherwise.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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

    pub fn at(&self, done: u64) {
        self.0.set_position(done);
    }

    pub fn end(&self) {
        self.0.finish_and_clear();
    }
}
