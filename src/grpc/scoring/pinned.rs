//! What a request is scored by, from its start to its end.

use std::sync::Arc;

use super::Scoring;
use crate::{
    customer::Violations,
    grpc::{
        convert::{Mask, Wanted},
        proto,
        status::Refusal,
        wire::SentCustomer,
    },
    policy::Policy,
    registry::{Catalogue, Selector},
    scoring::{DEFAULT_REASONS, DecidedBy, Models, Scorer},
};

/// Models and policy; neither changes while it is held, whatever is reloaded.
#[derive(Debug, Clone)]
pub(super) struct Pinned {
    catalogue: Arc<Catalogue>,
    policy: Option<Arc<Policy>>,
}

/// Scores rows, and leaves out what is not wanted of their scores.
#[derive(Debug)]
pub(super) struct RowScorer<'p> {
    pub(super) scorer: Scorer<'p>,
    pub(super) mask: &'p Mask,
}

impl RowScorer<'_> {
    /// Scores one customer.
    pub(super) fn score(
        &self,
        customer: &SentCustomer<'_>,
    ) -> Result<proto::CustomerScore, Violations> {
        Ok(self.mask.apply(customer.score(&self.scorer)?))
    }

    /// The same of a customer that is a message already.
    pub(super) fn score_message(
        &self,
        customer: &proto::Customer,
    ) -> Result<proto::CustomerScore, Violations> {
        let customer = SentCustomer::Full(Box::new(customer.clone()));
        self.score(&customer)
    }
}

impl Scoring {
    /// Everything as it is now.
    pub(super) fn pin(&self) -> Pinned {
        Pinned {
            catalogue: self.registry.current(),
            policy: self.policy.as_ref().map(|policy| policy.current()),
        }
    }
}

impl Pinned {
    /// The policy, if there is one.
    pub(super) fn policy(&self) -> Option<&Policy> {
        self.policy.as_deref()
    }

    /// A scorer of rows by what a request wants; 5 reasons unless it says.
    pub(super) fn rows<'p>(
        &'p self,
        wanted: &'p Wanted,
        max_reasons: Option<u32>,
    ) -> Result<RowScorer<'p>, Refusal> {
        let mask = &wanted.mask;
        let max_reasons = match max_reasons {
            _ if !mask.has_reasons() => 0,
            None => DEFAULT_REASONS,
            Some(max) => usize::try_from(max).unwrap_or(usize::MAX),
        };
        let mut scorer = Scorer::new(self.models(wanted)?, max_reasons)?;
        if let Some(policy) = self.policy.as_ref().filter(|_| mask.has_decision()) {
            scorer = scorer.deciding(DecidedBy {
                policy,
                language: &wanted.language,
            });
        }
        if !mask.has_potential() {
            scorer = scorer.without_potential();
        }
        Ok(RowScorer { scorer, mask })
    }

    /// A scorer of columns; no reasons unless the request says. Nothing is
    /// decided, and no groups are told: columns hold no histories.
    pub(super) fn columns<'p>(
        &'p self,
        wanted: &'p Wanted,
        max_reasons: Option<u32>,
    ) -> Result<Scorer<'p>, Refusal> {
        let models = Models {
            segmentation: None,
            ..self.models(wanted)?
        };
        let max_reasons = max_reasons.unwrap_or_default();
        let max_reasons = usize::try_from(max_reasons).unwrap_or(usize::MAX);
        Ok(Scorer::new(models, max_reasons)?)
    }

    fn models(&self, wanted: &Wanted) -> Result<Models<'_>, Refusal> {
        let chosen = wanted.models.as_ref().map_err(Clone::clone)?;
        let select = |selector: &Option<Selector>| {
            let selector = selector.as_ref();
            let selected = selector.map(|selector| self.catalogue.select(selector));
            selected.transpose()
        };
        Ok(Models {
            churn: select(&chosen.churn)?,
            value: select(&chosen.value)?,
            segmentation: select(&chosen.segmentation)?,
        })
    }
}
