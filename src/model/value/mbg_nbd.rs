//! The MBG/NBD model: Batislam, Denizel and Filiztekin (2007); Wagner and
//! Hoppe (2008).

use super::beta_geometric::{BetaGeometric, Leaving, beta_geometric_model};

/// The MBG/NBD model: as [`BgNbd`](super::BgNbd), but a customer may leave after
/// its first purchase too, so that those with one purchase are not all alive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MbgNbd(pub(super) BetaGeometric);

beta_geometric_model!(MbgNbd, Leaving::AfterAny);
