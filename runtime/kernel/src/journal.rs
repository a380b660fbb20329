//! What happened and what was decided, in order: enough to decide it all again.

use serde::{Deserialize, Serialize};

use crate::event::{Anchors, Close, Event, Fill, Fired, Update};
use crate::machine::Kernel;
use crate::orders::{Command, Commands};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    pub entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub event: Recorded,
    pub commands: Vec<Command>,
}

/// An event that owns what it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Recorded {
    Close { time_ms: i64, price: f64, exec_closed: bool, exec_bars: u32, anchors: Anchors, fired: Vec<Fired> },
    Fill(Fill),
    Update(Update),
    Funding { time_ms: i64, rate: f64, mark: f64 },
    Skipped { best_close: f64 },
}

impl Journal {
    pub fn record(&mut self, event: &Event<'_>, commands: &[Command]) {
        let event = match *event {
            Event::Close(Close { time_ms, price, exec_closed, exec_bars, anchors, fired }) => {
                Recorded::Close { time_ms, price, exec_closed, exec_bars, anchors, fired: fired.to_vec() }
            }
            Event::Fill(fill) => Recorded::Fill(fill),
            Event::Update(update) => Recorded::Update(update),
            Event::Funding { time_ms, rate, mark } => Recorded::Funding { time_ms, rate, mark },
            Event::Skipped { best_close } => Recorded::Skipped { best_close },
        };
        self.entries.push(Entry { event, commands: commands.to_vec() });
    }

    /// The number of the first entry at which the kernel now decides otherwise.
    pub fn replay(&self, kernel: &mut Kernel<'_>) -> Result<(), usize> {
        let mut commands = Commands::new();
        for (number, entry) in self.entries.iter().enumerate() {
            commands.clear();
            kernel.handle(&entry.event.as_event(), &mut commands);
            // As text, because missing levels are NaN, which equals nothing.
            if format!("{commands:?}") != format!("{:?}", entry.commands) {
                return Err(number);
            }
        }
        Ok(())
    }
}

impl Recorded {
    #[must_use]
    pub fn as_event(&self) -> Event<'_> {
        match *self {
            Recorded::Close { time_ms, price, exec_closed, exec_bars, anchors, ref fired } => {
                Event::Close(Close { time_ms, price, exec_closed, exec_bars, anchors, fired })
            }
            Recorded::Fill(fill) => Event::Fill(fill),
            Recorded::Update(update) => Event::Update(update),
            Recorded::Funding { time_ms, rate, mark } => Event::Funding { time_ms, rate, mark },
            Recorded::Skipped { best_close } => Event::Skipped { best_close },
        }
    }
}
