//! Early warning: what is seen of a customer at one scoring after the other
//! becomes signals, and few of them become alarms.
//!
//! [`Observation`] → [`Signal`]s against the customer's own past ([`Memory`]) →
//! what the customer's [`Watch`] makes of them → a place among the alarms of the
//! week ([`Room`]) → an [`Alarm`]. All of it is decided by
//! [`WarningRules`](crate::policy::WarningRules), without a clock: the same
//! observations give the same alarms, whenever they are told.

mod alarm;
mod memory;
mod observation;
mod room;
mod signal;
mod watch;

pub use alarm::{Alarm, Ending};
pub use memory::Memory;
pub use observation::{Observation, Purchasing};
pub use room::{Candidate, Room};
pub use signal::Signal;
pub use watch::{CannotRaise, NotLater, Seen, Standing, Watch};

#[cfg(test)]
mod tests;
