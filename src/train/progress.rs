//! Telling a person how far a run has come, on standard error, and what it
//! found, on standard output.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

use super::quality::QualityReport;

/// Hears of the stages of a run.
pub trait Progress: Sync {
    /// A stage begins.
    fn stage(&self, stage: &str);
    /// Step `step` of `steps` of a stage begins; counted from 1.
    fn step(&self, stage: &str, step: usize, steps: usize);
    /// What was found in the data, told before anything is fitted.
    fn quality(&self, report: &QualityReport);
    /// The run is over.
    fn finish(&self);
}

/// Says nothing.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn stage(&self, _: &str) {}
    fn step(&self, _: &str, _: usize, _: usize) {}
    fn quality(&self, _: &QualityReport) {}
    fn finish(&self) {}
}

/// One live line on a terminal, plain lines elsewhere.
#[derive(Debug)]
pub struct Console {
    bar: Option<ProgressBar>,
    stages: bool,
    quality: Quality,
}

/// Where a quality report goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Quality {
    Output,
    Error,
}

impl Console {
    /// Looks whether standard error is a terminal.
    #[must_use]
    pub fn new() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            bar.enable_steady_tick(std::time::Duration::from_millis(100));
            bar.set_style(
                ProgressStyle::with_template("{spinner} {msg} ({elapsed})")
                    .unwrap_or_else(|_| ProgressStyle::default_spinner()),
            );
            bar
        });
        Self {
            bar,
            stages: true,
            quality: Quality::Output,
        }
    }

    /// One that leaves standard output to others.
    #[must_use]
    pub fn on_standard_error() -> Self {
        let mut console = Self::new();
        console.quality = Quality::Error;
        console
    }

    /// One that tells what was found in the data, but not how far the run is.
    #[must_use]
    pub fn without_stages() -> Self {
        Self {
            bar: None,
            stages: false,
            quality: Quality::Output,
        }
    }

    fn tell(&self, message: String) {
        match &self.bar {
            _ if !self.stages => {}
            Some(bar) => bar.set_message(message),
            None => {
                // Progress that cannot be shown is no reason to stop.
                let _ = writeln!(io::stderr(), "{message}");
            }
        }
    }
}

impl Default for Console {
    fn default() -> Self {
        Self::new()
    }
}

/// What is printed next begins on a line of its own.
impl Drop for Console {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Progress for Console {
    fn stage(&self, stage: &str) {
        self.tell(stage.to_owned());
    }

    fn step(&self, stage: &str, step: usize, steps: usize) {
        self.tell(format!("{stage} {step}/{steps}"));
    }

    fn quality(&self, report: &QualityReport) {
        let write = || {
            // As above: nobody has to listen.
            let _ = match self.quality {
                Quality::Output => writeln!(io::stdout(), "{report}"),
                Quality::Error => writeln!(io::stderr(), "{report}"),
            };
        };
        match &self.bar {
            Some(bar) => bar.suspend(write),
            None => write(),
        }
    }

    fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
