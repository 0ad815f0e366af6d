//! What a process is told: flags, then the environment, then a TOML file, then
//! defaults. The environment is an argument; binaries pass the real one, and
//! nothing else in the library reads it.

pub mod access_file;
mod audit;
mod document;
pub mod policy_file;
mod profiles;
pub mod purchases_file;
pub mod schema_file;
pub mod server;
mod splits;
pub mod text_file;
pub mod train;
pub mod trust_file;
