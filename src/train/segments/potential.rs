//! What customers are expected to bring in, as a published value model tells.

use super::SegmentsError;
use crate::{
    artifact::{Artifact, ValueContent},
    customer::{Day, PurchaseHistory},
    policy::ValueModelUsed,
    train::{assess::PublishedModel, transactions::PurchaseLog},
};

/// A value model that goes with the log.
#[derive(Debug)]
pub(super) struct Potential {
    content: ValueContent,
    used: ValueModelUsed,
}

/// What it tells of a customer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Told {
    pub(super) lifetime_value: f64,
    /// Within the model's horizon.
    pub(super) p_no_purchase: f64,
}

impl Potential {
    /// Loads the model.
    ///
    /// # Errors
    ///
    /// When it cannot be loaded, is of another kind, knows no money, or was
    /// fitted to a log that was read in another way.
    pub(super) fn load(model: &PublishedModel, log: &PurchaseLog) -> Result<Self, SegmentsError> {
        let Artifact { identity, content } = model.load().map_err(Box::new)?.into_value()?;
        let used = ValueModelUsed {
            model: format!("{}@{}", identity.name, identity.version),
            digest: identity.digest.to_string(),
        };
        let parts = content.model.parts();
        let refused = |reason: String| SegmentsError::ValueModel {
            model: used.model.clone(),
            reason,
        };
        if parts.spend.is_none() {
            return Err(refused(
                "it knows no money; publish one without --no-spend".to_owned(),
            ));
        }
        let own = parts.terms.currency;
        if let Some(currency) = log
            .currency()
            .filter(|currency| *currency != own.to_string())
        {
            return Err(refused(format!("its money is {own}, the log's {currency}")));
        }
        if parts.refunds != log.refunds() || parts.occasion != log.occasion() {
            return Err(refused(
                "it was fitted to a log that was read with other --refunds or another --occasion"
                    .to_owned(),
            ));
        }
        Ok(Self { content, used })
    }

    /// Which one it is.
    pub(super) fn used(&self) -> &ValueModelUsed {
        &self.used
    }

    /// Current value is the money of as many days as lifetime value looks ahead;
    /// the latter is discounted and times the margin, the former neither.
    pub(super) fn current_value_days(&self) -> u32 {
        self.content.current_value_days()
    }

    /// `None` before the first purchase.
    pub(super) fn tell(&self, history: PurchaseHistory<'_>, as_of: Day) -> Option<Told> {
        let model = &self.content.model;
        let customer = model.input_of_history(history, as_of)?;
        Some(Told {
            lifetime_value: model.clv_amount(&customer)?,
            p_no_purchase: model.p_no_purchase(&customer.summary, self.content.horizon_days),
        })
    }
}
