//! A segmentation on disk: its edges and rules in `model.json`, its groups in
//! `metrics.json`.

mod facts;
mod format;
mod golden;
mod policy;
mod summary;

pub use format::SegmentationFormatError;

use super::{
    header::StoredKind,
    load::LoadError,
    manifest::to_json,
    part::Parts,
    publish::{Files, PublishError},
};
use crate::policy::{Segmentation, SegmentationFacts, SegmentationSummary};
use format::ModelV1;
use golden::GoldenV1;
use summary::SummaryV1;

/// How its `model.json` begins.
pub(super) const STORED: StoredKind = StoredKind {
    kind: format::KIND,
    oldest: format::FORMAT,
    newest: format::FORMAT,
};

/// What a version of a segmentation holds.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentationContent {
    /// The segmentation itself.
    pub segmentation: Segmentation,
    /// Where it comes from.
    pub facts: SegmentationFacts,
    /// How large, valuable and lasting its groups were.
    pub summary: SegmentationSummary,
}

pub(super) fn write(content: &SegmentationContent) -> Result<Files, PublishError> {
    Ok(Files {
        model: to_json(&ModelV1::from(content))?,
        metrics: to_json(&SummaryV1::from(&content.summary))?,
        golden: to_json(&GoldenV1::of(&content.segmentation))?,
    })
}

pub(super) fn read(parts: &Parts) -> Result<SegmentationContent, LoadError> {
    let Parts {
        model,
        metrics,
        golden,
    } = parts;
    let stored: ModelV1 = model.parse()?;
    let summary: SummaryV1 = metrics.parse()?;
    let rows: GoldenV1 = golden.parse()?;
    let (segmentation, facts) = stored
        .into_parts()
        .map_err(|error| model.refuse(error.into()))?;
    let summary = summary
        .into_summary()
        .map_err(|error| metrics.refuse(error.into()))?;
    rows.verify(&segmentation)
        .map_err(|error| golden.refuse(error.into()))?;
    Ok(SegmentationContent {
        segmentation,
        facts,
        summary,
    })
}
