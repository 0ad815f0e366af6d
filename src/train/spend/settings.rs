//! What a run for a spend model is asked for.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use crate::{
    artifact::{ModelName, SigningKey},
    customer::Currency,
    model::value::SpendDefinition,
    train::{ChurnTraining, ColumnOverride, Settings},
};

/// What is asked for: a model of spend from a table of features.
#[derive(Debug, Clone)]
pub struct SpendTraining {
    /// The files, or directories of files: CSV, CSV within gzip, Parquet.
    pub data: Vec<PathBuf>,
    /// The column that holds what was spent within the horizon.
    pub target: String,
    /// The currency of every amount.
    pub currency: Currency,
    /// The horizon that spend was observed over.
    pub horizon_days: Option<u32>,
    /// What becomes of negative targets.
    pub negatives: Negatives,
    /// The column that holds the customer's id, if any.
    pub id: Option<String>,
    /// The column whose equal values keep rows on one side of every split.
    pub group: Option<String>,
    /// The column that orders the rows in time: the latest are held out.
    pub time: Option<String>,
    /// What is known of single columns beside what their values tell.
    pub columns: BTreeMap<String, ColumnOverride>,
    /// What is predicted, in words; the target when empty.
    pub definition: Option<String>,
    /// How to read, split and fit; what is for churn alone is not looked at.
    pub settings: Settings,
    /// Under which name to publish.
    pub name: ModelName,
    /// The directory of models.
    pub models: PathBuf,
    /// Who signs what is published.
    pub sign_key: Option<Arc<SigningKey>>,
    /// All of this as a configuration file would say it; stored with the model.
    pub configuration: String,
}

/// What becomes of customers whose refunds are larger than their purchases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Negatives {
    /// The data are refused.
    Refuse,
    /// They count as nothing spent.
    Clamp,
}

impl SpendTraining {
    /// What the plan of the columns wants to know; the outcomes are told to it.
    pub(super) fn planning(&self) -> ChurnTraining {
        ChurnTraining {
            id: self.id.clone(),
            group: self.group.clone(),
            time: self.time.clone(),
            columns: self.columns.clone(),
            settings: Settings {
                folds: 0, // the fit deals its own
                ..self.settings.clone()
            },
            ..ChurnTraining::new(
                Vec::new(),
                &self.target,
                "",
                self.name.clone(),
                PathBuf::new(),
            )
        }
    }

    pub(super) fn definition(&self) -> SpendDefinition {
        SpendDefinition {
            description: self
                .definition
                .clone()
                .unwrap_or_else(|| format!("expected {}", self.target)),
            target: self.target.clone(),
            horizon_days: self.horizon_days,
            currency: self.currency,
        }
    }
}
