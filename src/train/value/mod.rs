//! From a purchase log to a published value model.
//!
//! read and clean the log → what was known of each customer at the cut-off
//! (`customers`) → fit every purchase model to it (`candidates`) → foretell the
//! days after it (`hold_out`) → choose → fit the chosen one to the whole log →
//! spend (`spend`) → publish.

mod candidates;
mod customers;
mod error;
mod facts;
mod findings;
mod hold_out;
mod incumbent;
pub(in crate::train) mod machine;
mod periods;
mod run;
mod settings;
mod spend;
pub(in crate::train) mod text;
mod trained;
mod worth;

pub use error::{ValueDataError, ValueError, ValueNotBetter, ValueSettingsError};
pub(in crate::train) use run::measured;
pub use run::value;
pub use settings::{Candidates, HoldOutRule, SpendRule, TermsAsked, ValueCriterion, ValueTraining};
pub use trained::ValueTrained;
pub(in crate::train) use trained::{content_json, write_content};
pub(in crate::train) use {
    candidates::{Candidate, PurchaseFitted},
    customers::CutOff,
    findings::Findings,
    spend::{CORRELATION_TO_WARN_OF, Spend},
};
