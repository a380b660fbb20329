//! Makes the parser from the grammar at the top of the repository.

use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let grammar = Path::new("../../grammar");
    println!("cargo:rerun-if-changed=../../grammar/expr.lalrpop");
    let out = std::env::var_os("OUT_DIR").ok_or("OUT_DIR is not set")?;
    lalrpop::Configuration::new()
        .set_out_dir(Path::new(&out))
        .emit_rerun_directives(false)
        .process_file(grammar.join("expr.lalrpop"))
}
