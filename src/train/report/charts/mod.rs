//! Charts as inline SVG: points in, a picture with a title and a description out.

mod bars;
mod calibration;
mod canvas;
mod dots;
mod effect;
mod heatmap;
mod lines;
mod palette;
mod profit;

pub(super) use bars::{Bar, bars};
pub(super) use calibration::calibration;
pub(super) use canvas::Picture;
pub(super) use dots::dots;
pub(super) use effect::{curve, histogram};
pub(super) use heatmap::{MOST_CELLS, heatmap};
pub(super) use lines::{gains, lift, precision_recall, roc};
pub(super) use profit::profit;
