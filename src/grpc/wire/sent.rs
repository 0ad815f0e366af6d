//! A customer of a request, read from its bytes one way or the other.

use std::borrow::Cow;

use prost::{DecodeError, Message as _};

use super::{Expected, PlainCustomer};
use crate::{
    customer::{Snapshot, Violations},
    grpc::proto,
    scoring::{Score, Scorer},
};

/// A customer, as it was sent.
#[derive(Debug, Clone)]
pub(in crate::grpc) enum SentCustomer<'b> {
    /// Of the usual kind; and the bytes that say so.
    Plain(PlainCustomer<'b>, &'b [u8]),
    /// Any customer.
    Full(Box<proto::Customer>),
}

impl<'b> SentCustomer<'b> {
    /// Reads a customer.
    ///
    /// # Errors
    ///
    /// When the bytes are none.
    pub(in crate::grpc) fn read(
        bytes: &'b [u8],
        expected: Option<&mut Expected<'b>>,
    ) -> Result<Self, DecodeError> {
        match PlainCustomer::read(bytes, expected) {
            Some(plain) => Ok(Self::Plain(plain, bytes)),
            None => Ok(Self::Full(Box::new(proto::Customer::decode(bytes)?))),
        }
    }

    /// The bytes that say what it is.
    pub(in crate::grpc) fn bytes(&self) -> Cow<'b, [u8]> {
        match self {
            Self::Plain(_, bytes) => Cow::Borrowed(bytes),
            Self::Full(customer) => Cow::Owned(customer.encode_to_vec()),
        }
    }

    /// Its id, which nothing was checked of.
    pub(in crate::grpc) fn id(&self) -> &str {
        match self {
            Self::Plain(plain, _) => plain.id,
            Self::Full(customer) => &customer.id,
        }
    }

    /// The same for as long as its bytes stay.
    pub(in crate::grpc) fn kept_id(&self) -> Cow<'b, str> {
        match self {
            Self::Plain(plain, _) => Cow::Borrowed(plain.id),
            Self::Full(customer) => Cow::Owned(customer.id.clone()),
        }
    }

    /// Tells `tell` what it is, if it is one that could be scored.
    pub(in crate::grpc) fn with_snapshot(&self, tell: impl FnMut(&Snapshot<'_>)) {
        match self {
            // Its features may have been taken.
            Self::Plain(_, bytes) => {
                let again = PlainCustomer::read(bytes, None);
                let snapshot = again.and_then(|mut again| again.take_snapshot());
                snapshot.iter().for_each(tell);
            }
            Self::Full(customer) => Snapshot::try_from(&**customer).iter().for_each(tell),
        }
    }

    /// Scores it, and tells `write` the score.
    ///
    /// # Errors
    ///
    /// All that is wrong with it. Of a plain customer too the general decoder
    /// tells, so that the order of violations does not depend on how it was read.
    pub(in crate::grpc) fn score<T>(
        &mut self,
        scorer: &Scorer<'_>,
        write: impl FnOnce(&Score<'_, '_>) -> T,
    ) -> Result<T, Violations> {
        match self {
            Self::Plain(plain, bytes) => {
                if let Some(snapshot) = plain.take_snapshot()
                    && let Ok(score) = scorer.score(&snapshot)
                {
                    return Ok(write(&score));
                }
                score_full(&decoded_again(bytes), scorer, write)
            }
            Self::Full(customer) => score_full(customer, scorer, write),
        }
    }

    /// What is wrong with it whatever the model.
    pub(in crate::grpc) fn violations(&self) -> Violations {
        let of = |customer: &proto::Customer| match Snapshot::try_from(customer) {
            Ok(_) => Violations::default(),
            Err(invalid) => invalid.violations().clone(),
        };
        match self {
            Self::Plain(_, bytes) => of(&decoded_again(bytes)),
            Self::Full(customer) => of(customer),
        }
    }
}

fn score_full<T>(
    customer: &proto::Customer,
    scorer: &Scorer<'_>,
    write: impl FnOnce(&Score<'_, '_>) -> T,
) -> Result<T, Violations> {
    let snapshot = Snapshot::try_from(customer).map_err(|invalid| scorer.refuse(&invalid))?;
    Ok(write(&scorer.score(&snapshot)?))
}

/// What was read as a plain customer is one for the general decoder too: a
/// property test holds that.
fn decoded_again(bytes: &[u8]) -> proto::Customer {
    proto::Customer::decode(bytes).unwrap_or_default()
}
