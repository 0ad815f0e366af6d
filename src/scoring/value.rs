//! The value score: from purchases to what a customer is worth.

use crate::{
    artifact::{Artifact, Identity, ValueContent, WrongKind},
    customer::{
        Counting, Currency, InvalidSnapshot, KnownPurchases, ListedPurchases, Snapshot,
        SummarisedPurchases, Violations,
    },
    model::value::{ClvTerms, CustomerValue, ValueInput},
};

/// Scores value by one model version.
#[derive(Debug, Clone, Copy)]
pub(super) struct ValueScorer<'m> {
    pub(super) identity: &'m Identity,
    pub(super) content: &'m ValueContent,
    pub(super) detail: Detail,
}

/// How much of the potential value is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Detail {
    /// All of it, with its interval.
    Whole,
    /// What decisions need.
    AmountOnly,
}

/// What a customer is worth, and whether it will buy again.
#[derive(Debug, Clone, PartialEq)]
pub struct ValueScore<'m> {
    /// The model version that scored.
    pub model: &'m Identity,
    /// What the model says.
    pub value: CustomerValue,
    /// The horizon of its purchases, in days.
    pub horizon_days: f64,
    /// The amount of the potential value, where the model knows spend; also where
    /// the rest of it is left out.
    pub potential_amount: Option<f64>,
    /// What that amount is stated in.
    pub terms: ClvTerms,
    /// What the customer brought in lately, where each purchase is known.
    pub current: Option<CurrentValue>,
    /// The purchases as the model saw them.
    pub seen: SummarisedPurchases,
    /// What was unusual about them.
    pub notes: Vec<ValueNote>,
}

/// What a customer brought in over the last days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurrentValue {
    /// Money; below zero when more was returned than bought.
    pub amount: f64,
    /// What it is in.
    pub currency: Currency,
    /// How many days, the last known one included.
    pub window_days: u32,
}

/// What can be unusual about a customer's purchases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueNote {
    /// The spend of the repeat purchases is not known, or there is none.
    NoRepeatSpend,
    /// The repeat purchases brought in nothing, or less.
    SpendNotPositive,
}

/// What is read from a customer.
#[derive(Clone, Copy)]
struct Read {
    seen: SummarisedPurchases,
    input: ValueInput,
    current: Option<CurrentValue>,
}

impl<'m> ValueScorer<'m> {
    pub(super) fn new(artifact: &'m Artifact) -> Result<Self, WrongKind> {
        Ok(Self {
            identity: &artifact.identity,
            content: artifact.value()?,
            detail: Detail::Whole,
        })
    }

    /// Whether a score tells the potential value.
    pub(super) fn tells_potential(&self) -> bool {
        self.content.model.parts().spend.is_some()
    }

    /// Missing purchases, those in another currency, and a history without a
    /// purchase are errors.
    pub(super) fn score(&self, customer: &Snapshot<'_>) -> Result<ValueScore<'m>, Violations> {
        Ok(self.value(self.read(customer.purchases())?))
    }

    /// A summary in another currency, and one too long for the model, are
    /// errors.
    pub(super) fn score_summary(
        &self,
        summary: &SummarisedPurchases,
    ) -> Result<ValueScore<'m>, Violations> {
        Ok(self.value(self.read_summary(summary)?))
    }

    fn value(&self, read: Read) -> ValueScore<'m> {
        let Read {
            seen,
            input,
            current,
        } = read;
        let model = &self.content.model;
        let note = match input.mean_repeat_spend {
            Some(mean) if mean > 0.0 => None,
            Some(_) => Some(ValueNote::SpendNotPositive),
            None => Some(ValueNote::NoRepeatSpend),
        };
        let horizon_days = self.content.horizon_days;
        let (value, potential_amount) = match self.detail {
            Detail::Whole => {
                let value = model.value(&input, horizon_days);
                let amount = value.clv.as_ref().map(|clv| clv.amount);
                (value, amount)
            }
            Detail::AmountOnly => (
                model.without_lifetime_value(&input, horizon_days),
                model.clv_amount(&input),
            ),
        };
        ValueScore {
            model: self.identity,
            value,
            horizon_days,
            potential_amount,
            terms: model.parts().terms,
            current,
            seen,
            notes: note
                .filter(|_| model.parts().spend.is_some())
                .into_iter()
                .collect(),
        }
    }

    /// What the model finds wrong with a customer that is no snapshot, beside
    /// what is wrong with it anyway.
    pub(super) fn refuse(&self, customer: &InvalidSnapshot<'_>) -> Violations {
        let read = customer.purchases().map(|purchases| self.read(purchases));
        read.ok().and_then(Result::err).unwrap_or_default()
    }

    fn read(&self, purchases: Option<&KnownPurchases>) -> Result<Read, Violations> {
        match purchases {
            None => Err(Violations::of(
                "history",
                "is required by the value model, unless there is a `summary`",
            )),
            Some(KnownPurchases::Summarised(summary)) => self.read_summary(summary),
            Some(KnownPurchases::Listed(listed)) => self.read_list(listed),
        }
    }

    fn read_summary(&self, summary: &SummarisedPurchases) -> Result<Read, Violations> {
        if let Some((_, currency)) = summary.mean_repeat_spend() {
            self.check_currency(currency, "summary.currency")?;
        }
        let model = &self.content.model;
        let input = model.input_of_summary(summary)?;
        model.check(&input, "summary.observation_days")?;
        Ok(Read {
            seen: *summary,
            input,
            current: None,
        })
    }

    fn read_list(&self, listed: &ListedPurchases) -> Result<Read, Violations> {
        self.check_currency(listed.currency(), "history.currency")?;
        let model = &self.content.model;
        let purchases = listed.collapse(model.parts().occasion);
        let history = purchases.history();
        let no_purchase = || {
            Violations::of(
                "history.purchases",
                "must hold a purchase that was not returned the same day",
            )
        };
        let seen = SummarisedPurchases::of(
            history,
            listed.as_of(),
            model.parts().refunds,
            listed.currency(),
        )
        .ok_or_else(no_purchase)?;
        // From the same numbers as a summary gives, where that has them all.
        let input = match model.parts().purchase.kind().counts() {
            Counting::Purchases => Some(model.input_of_summary(&seen)?),
            Counting::Opportunities => model.input_of_history(history, listed.as_of()),
        }
        .ok_or_else(no_purchase)?;
        model.check(&input, "as_of")?;
        let window_days = self.content.current_value_days();
        let current = CurrentValue {
            amount: history.money_within(listed.as_of(), window_days, model.parts().refunds),
            currency: listed.currency(),
            window_days,
        };
        Ok(Read {
            seen,
            input,
            current: Some(current),
        })
    }

    pub(super) fn check_currency(&self, currency: Currency, field: &str) -> Result<(), Violations> {
        let wanted = self.content.model.parts().terms.currency;
        if currency == wanted {
            return Ok(());
        }
        Err(Violations::of(
            field,
            format!("must be {wanted}, the value model's currency: nothing is converted"),
        ))
    }
}
