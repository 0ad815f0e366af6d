//! The BG/NBD model: Fader, Hardie and Lee (2005), "Counting your customers" the
//! easy way.

use super::beta_geometric::{BetaGeometric, Leaving, beta_geometric_model};

/// The BG/NBD model: an active customer buys at its own constant rate (gamma
/// with shape r and rate α over customers), and after each repeat purchase may
/// leave by its own constant chance (beta with a, b).
///
/// Customers with one purchase never had a chance to leave in this model, so
/// that their [`p_alive`](Self::p_alive) is **always 1**, however long ago that
/// purchase was: it is no score of churn. Use
/// [`p_no_purchase`](Self::p_no_purchase), or [`MbgNbd`](super::MbgNbd).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BgNbd(pub(super) BetaGeometric);

beta_geometric_model!(BgNbd, Leaving::AfterRepeats);
