//! Options of `holdfast-train completions`.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{
    Cli,
    answer::{Answer, Failure},
};

const EXAMPLE: &str = "Example:
  holdfast-train completions bash > /etc/bash_completion.d/holdfast-train

Exit codes:
  0  written to standard output
  2  the command line is wrong
  5  the script could not be written";

/// Options of `holdfast-train completions`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let mut script = Vec::new();
        let mut command = Cli::command();
        clap_complete::generate(self.shell, &mut command, "holdfast-train", &mut script);
        match String::from_utf8(script) {
            Ok(text) => Ok(Answer {
                text: text.trim_end().to_owned(),
                code: 0,
                published: false,
            }),
            Err(error) => Err(Failure::usage(error.to_string())),
        }
    }
}
