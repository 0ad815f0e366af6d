//! From historical data to a published churn model; the only user of linfa.
//!
//! read ([`table`]) → decide what each column is (`plan`) → report on quality
//! (`quality`) → split (`split`) → fit the encoding and the coefficients
//! (`design`, `fit`) → evaluate on rows that were held out → publish.

pub mod assess;
mod baseline;
mod benchmark;
pub mod bootstrap;
mod churn;
mod design;
mod error;
mod estimate;
mod evaluation;
mod fit;
mod incumbent;
mod plan;
mod progress;
mod quality;
mod redundancy;
pub mod report;
pub mod retention;
mod search;
pub mod segments;
mod settings;
pub mod snapshots;
pub mod spend;
mod split;
pub mod table;
pub mod transactions;
pub mod value;
pub mod warnings;

pub use benchmark::{Benchmarked, Recipe, benchmark};
pub use churn::churn;
pub use error::{FitError, PlanError, SettingsError, TrainError};
pub use plan::{ColumnKind, ColumnOverride, ColumnRole};
pub use progress::{Console, Progress, Silent};
pub use quality::{
    ColumnQuality, KeptTogether, OneSidedCategory, QualityReport, Redundancy, Suspicion,
};
pub use report::Trained;
pub use settings::{Calibrations, ChurnTraining, Criterion, Direction, Settings, Shapes};
pub use table::{DataSource, MissingSpellings, Place, TableError, TableFault};
