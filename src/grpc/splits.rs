//! Whether the challengers of splits are there; the log says it once.

use std::{collections::BTreeMap, sync::Arc};

use tracing::{info, warn};

use crate::{
    artifact::{ModelName, Version},
    registry::Catalogue,
    scoring::{Split, Splits},
};

/// What became of each split and shadow, as it was last logged.
pub(super) struct SplitReport([Reported; 2]);

struct Reported {
    splits: Arc<Splits>,
    /// What challengers are for.
    purpose: Purpose,
    told: BTreeMap<ModelName, Result<Version, String>>,
}

#[derive(Debug, Clone, Copy)]
enum Purpose {
    /// They answer.
    Split,
    /// They are compared.
    Shadow,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Split => "split",
            Self::Shadow => "shadow",
        }
    }
}

impl SplitReport {
    pub(super) fn new(splits: &Arc<Splits>, shadows: &Arc<Splits>) -> Self {
        let of = |(purpose, splits): (Purpose, &Arc<Splits>)| Reported {
            splits: Arc::clone(splits),
            purpose,
            told: BTreeMap::new(),
        };
        Self([(Purpose::Split, splits), (Purpose::Shadow, shadows)].map(of))
    }

    /// Logs what changed. A split without a challenger is no fault of health:
    /// everyone gets the version that serves.
    pub(super) fn report(&mut self, catalogue: &Catalogue) {
        for reported in &mut self.0 {
            reported.report(catalogue);
        }
    }
}

impl Reported {
    fn report(&mut self, catalogue: &Catalogue) {
        let purpose = self.purpose.as_str();
        for (model, split) in &self.splits.0 {
            let now = challenger(catalogue, model, split);
            if self.told.get(model) == Some(&now) {
                continue;
            }
            let alias = &split.challenger;
            match &now {
                Ok(version) => {
                    info!(purpose, model.name = %model, %alias, model.version = %version, "a share of customers goes to the challenger");
                }
                Err(reason) => {
                    warn!(purpose, model.name = %model, %alias, reason, "no challenger; every customer goes to the version that serves");
                }
            }
            self.told.insert(model.clone(), now);
        }
    }
}

fn challenger(catalogue: &Catalogue, model: &ModelName, split: &Split) -> Result<Version, String> {
    let entry = catalogue.model(model).ok_or("there is no such model")?;
    let challenger = entry.challenger(&split.challenger);
    let challenger = challenger.map_err(|reason| reason.to_string())?;
    Ok(challenger.identity.version)
}
