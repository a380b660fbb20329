//! Gives the targets the example Plays and the standard blocks to begin with: as text, and Plays compiled (anew when
//! the format changes).
//!
//! `cargo run --example seeds` in this folder.

use std::error::Error;
use std::fs;
use std::path::Path;

/// Magic, version and checksum, which the target writes itself.
const HEAD: usize = 44;

fn main() -> Result<(), Box<dyn Error>> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = |target: &str| here.join("corpus").join(target);
    for target in ["yaml", "compile", "layout", "block", "decode"] {
        fs::create_dir_all(corpus(target))?;
    }
    for (name, text) in texts(&here.join("../blocks"))? {
        fs::write(corpus("block").join(name), text)?;
    }
    for (name, text) in texts(&here.join("../plays"))? {
        fs::write(corpus("yaml").join(&name), &text)?;
        fs::write(corpus("compile").join(&name), &text)?;
        fs::write(corpus("layout").join(&name), &text)?;
        let compilation = driver::compile(&name, &text, &driver::Options::default());
        match compilation.program {
            Some(program) => fs::write(corpus("decode").join(&name), &program.encode()[HEAD..])?,
            None => eprintln!("{name} does not compile and gives no seed"),
        }
    }
    Ok(())
}

/// The YAML files of a folder: names and contents.
fn texts(folder: &Path) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
        if path.extension().is_some_and(|extension| extension == "yml") {
            found.push((name.to_owned(), fs::read_to_string(&path)?));
        }
    }
    Ok(found)
}
