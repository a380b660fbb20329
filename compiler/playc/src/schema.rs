//! `playc schema`

use std::io::Write;

use crate::Outcome;

pub fn run() -> anyhow::Result<Outcome> {
    std::io::stdout().lock().write_all(driver::schema::text().as_bytes())?;
    Ok(Outcome::Ok)
}
