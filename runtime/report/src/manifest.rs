//! Who a run is: the chain of hashes play -> bytecode -> data -> decisions -> trades.
//!
//! Two runs with the same first three links have the same last two, on every machine (rule X13).

use serde::Serialize;

use crate::Run;

/// BLAKE3, in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Manifest {
    pub play: String,
    pub engine_version: String,
    /// Of the Play's text.
    pub play_hash: String,
    pub catalogue_hash: String,
    /// Of the encoded program.
    pub bytecode_hash: String,
    /// Of the bars' columns.
    pub data_hash: String,
    pub decisions_hash: String,
    pub trades_hash: String,
}

impl Manifest {
    #[must_use]
    pub fn of(run: &Run<'_>) -> Manifest {
        let identity = &run.program.identity;
        Manifest {
            play: identity.play.clone(),
            engine_version: identity.engine_version.clone(),
            play_hash: hex(&identity.source_hash),
            catalogue_hash: hex(&identity.catalogue_hash),
            bytecode_hash: hex(&run.program.hash()),
            data_hash: run.certificate.content_hash.clone(),
            decisions_hash: hex(&run.result.decisions_hash()),
            trades_hash: hex(&run.result.trades_hash()),
        }
    }
}

fn hex(hash: &[u8; 32]) -> String {
    blake3::Hash::from(*hash).to_hex().to_string()
}
