//! Work on published models: evaluate on new data, compare two, fit the
//! calibration anew, look inside, tell versions apart.
//!
//! Everything is scored through [`ChurnModel::explain`](crate::model::ChurnModel),
//! as in serving. Each kind of work has a room: what is asked for, what is found,
//! and how it is told to people (`text`) and to machines (`json`).

mod change;
mod compare;
mod data;
mod diff;
pub(in crate::train) mod effects;
mod error;
mod evaluate;
mod inspect;
pub(in crate::train) mod json;
mod published;
mod recalibrate;
mod recipes;
mod scored;
mod segmentation;
mod slices;
mod spend;
pub(in crate::train) mod terminal;
mod value;
mod verify;

pub use change::{Change, ChangedEffect};
pub use compare::{Compared, ComparisonRequest, Moves, Verdict, compare};
pub use data::NewData;
pub use diff::{Differences, diff};
pub use effects::EffectPoints;
pub use error::{AssessError, DataError};
pub use evaluate::{Drift, Evaluated, EvaluationRequest, Measured, SliceFigures, evaluate};
pub use inspect::{Inspected, inspect};
pub use published::{InvalidSelector, ModelSelector, NoModel, PublishedModel};
pub use recalibrate::{
    CalibrationFigures, PublishRule, Recalibrated, RecalibrationMethod, RecalibrationRequest,
    recalibrate,
};
pub use recipes::RecipeTable;
pub(in crate::train) use scored::Scored;
pub use scored::UnusualValues;
pub use segmentation::{
    SegmentationDifferences, SegmentationInspected, diff_segmentations, inspect_segmentation,
};
pub use spend::{SpendInspected, inspect_spend};
pub use value::{
    ContentDifferences, ValueDifferences, ValueEvaluated, ValueEvaluationRequest, ValueInspected,
    diff_values, evaluate_value, inspect_value,
};
pub use verify::{Verified, verify, version_of};
