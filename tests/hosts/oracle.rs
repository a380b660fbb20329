//! Bars for a Python oracle, and the trades it gives back.

use std::path::Path;
use std::process::Command;

use bars::Bars;

/// Runs a script; its standard output.
pub fn ask(python: &Path, script: &Path, arguments: &[&str]) -> String {
    let run = Command::new(python).arg(script).args(arguments).output().expect("python was found before");
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{} {arguments:?}:\n{errors}", script.display());
    String::from_utf8(run.stdout).expect("CSV is ASCII")
}

/// Every number so that it is read back to the bit.
pub fn write_csv(path: &Path, bars: &Bars) {
    use std::fmt::Write;
    let mut text = String::from("ts,open,high,low,close,volume\n");
    for bar in 0..bars.len() {
        let (open, high, low) = (bars.open[bar], bars.high[bar], bars.low[bar]);
        let (close, volume) = (bars.close[bar], bars.volume[bar]);
        writeln!(text, "{},{open},{high},{low},{close},{volume}", bars.open_time[bar])
            .expect("writing to a String never fails");
    }
    std::fs::write(path, text).expect("a temporary folder takes files");
}

/// A trade in the form of the oracles: times are those of the bars' openings.
#[derive(Debug)]
pub struct PeerTrade {
    pub entry_time: i64,
    pub entry_price: f64,
    /// Negative when short.
    pub qty: f64,
    pub exit_time: i64,
    pub exit_price: f64,
    pub fees: f64,
    pub net_pnl: f64,
}

pub fn trades(csv: &str) -> Vec<PeerTrade> {
    csv.lines().skip(1).map(trade).collect()
}

fn trade(line: &str) -> PeerTrade {
    let cells: Vec<&str> = line.split(',').collect();
    let number = |at: usize| cells[at].parse::<f64>().unwrap_or_else(|_| panic!("`{line}`"));
    PeerTrade {
        entry_time: number(0) as i64,
        entry_price: number(1),
        qty: number(2),
        exit_time: number(3) as i64,
        exit_price: number(4),
        fees: number(5),
        net_pnl: number(6),
    }
}
