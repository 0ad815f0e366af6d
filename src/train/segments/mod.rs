//! From a purchase log to a published segmentation.
//!
//! log → each customer as of the cut-off (`customers`) → edges of the RFM scores
//! and the tiers, centroids (`clusters`, by linfa; their number by `silhouette`)
//! → groups: how large, valuable and lasting they are (`groups`) → publish, and a
//! table of the customers (`table`) where it is asked for.

mod card;
mod clusters;
mod customers;
mod error;
mod groups;
mod json;
mod potential;
mod profiles;
mod run;
mod settings;
mod silhouette;
mod table;
mod text;

pub use error::SegmentsError;
pub use run::{Segmented, segments};
pub use settings::{ClusterCount, SegmentsTraining};
pub(in crate::train) use text::SegmentationText;

pub(in crate::train) use json::json;
