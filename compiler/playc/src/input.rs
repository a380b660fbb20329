//! Reading Plays from files and from standard input.

use std::io::Read;
use std::path::Path;

use driver::settings::Setting;

/// Name and bytes of a Play; `-` is standard input. The error is a message for the user.
pub fn read(path: &Path) -> Result<(String, Vec<u8>), String> {
    let name = path.display().to_string();
    if name == "-" {
        let mut bytes = Vec::new();
        let read = std::io::stdin().read_to_end(&mut bytes);
        read.map_err(|e| format!("cannot read standard input: {e}"))?;
        return Ok((name, bytes));
    }
    match std::fs::read(path) {
        Ok(bytes) => Ok((name, bytes)),
        Err(e) => Err(format!("cannot read `{name}`: {e}; give the path of a Play (a .yml file)")),
    }
}

/// Values for open parameters, on the command line.
#[derive(clap::Args)]
pub struct Settings {
    /// A value for an open parameter, such as fast.length=12; may be repeated (`playc params` lists them)
    #[arg(long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
}

impl Settings {
    /// Compiles the bytes of a Play with these values. The error is a message for the user.
    pub fn compile(
        &self,
        name: &str,
        bytes: &[u8],
        options: &driver::Options,
    ) -> Result<driver::Compilation, String> {
        let settings: Result<Vec<Setting>, _> = self.set.iter().map(|text| Setting::parse(text)).collect();
        let compiled = settings
            .and_then(|settings| driver::settings::compile_bytes_with(name, bytes, options, &settings));
        compiled.map_err(|e| format!("--set: {e}"))
    }
}
