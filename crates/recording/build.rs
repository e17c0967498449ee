//! Compiles the schemas in `proto`: Rust types for the messages, and the descriptors that every
//! recording carries so that foreign tools can read it.

use std::error::Error;
use std::{env, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    for schema in ["saunter", "foxglove"] {
        let mut compiler = protox::Compiler::new(["proto"])?;
        compiler.include_imports(true).open_file(format!("{schema}.proto"))?;
        let out = PathBuf::from(env::var("OUT_DIR")?);
        fs::write(out.join(format!("{schema}.binpb")), compiler.encode_file_descriptor_set())?;

        compiler.include_source_info(true);
        prost_build::Config::new().compile_fds(compiler.file_descriptor_set())?;
    }
    Ok(())
}
