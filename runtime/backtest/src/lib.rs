//! Backtests: a simulated exchange and the host that drives the kernel over past bars.
//!
//! Takes a program, the finest bars there are and what its conditions came to. Gives trades, fills, equity, the reasons
//! for every trade and every absence of one. Never opens a file, never reads a clock.

// In the order in which a run flows through them.
pub mod direct;
pub mod equity;
pub mod evaluate;
pub mod exchange;
pub mod fidelity;
pub mod funnel;
pub mod hash;
pub mod host;
pub mod nearest;
pub mod options;
pub mod path;
pub mod record;
pub mod result;
pub mod search;
pub mod session;
pub mod signals;
pub mod skip;
pub mod stop_moves;
// And what is asked about it afterwards.
pub mod explain;

pub use engine::Native;
pub use fidelity::{Fidelity, Grade};
pub use funnel::{ActionFunnel, CaseFunnel};
pub use host::{backtest, backtest_on, run};
pub use nearest::NearestMiss;
pub use options::{EquityDetail, Funding, Options};
pub use record::{Decision, DecisionKind, FillRecord, Trade};
pub use result::{BacktestError, Equity, RunResult, StopReason};
pub use signals::Signals;
