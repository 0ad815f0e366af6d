//! Who may ask, and for what: principals, what they may do, and how they show who
//! they are. Nothing of the transport is seen here.
//!
//! A principal shows an API key, a signed token (JWT) of an issuer whose keys are
//! known, or a client certificate. [`Access`] is what holds at one moment and never
//! changes; [`LiveAccess`] swaps it when its file or an issuer's keys change.

mod keys;
mod live;
mod principal;
mod quota;
mod refused;
mod rules;
mod scope;
mod standing;
pub mod token;

pub use keys::{ApiKeys, InvalidKeyDigest, KeyDigest};
pub use live::{AccessChange, AccessRefused, AccessSource, LiveAccess};
pub use principal::{ANYONE, Models, PeerName, Principal};
pub use quota::{Exceeded, Quota, Rate, Rates};
pub use refused::{Denied, Refused};
pub use rules::{Rule, rule};
pub use scope::{Scope, Scopes, UnknownScope};
pub use standing::{Access, Stated, StatedPrincipal};
