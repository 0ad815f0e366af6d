//! Charts as inline SVG: points in, a picture with a title and a description out.

mod bars;
mod calibration;
mod canvas;
mod columns;
mod dots;
mod effect;
mod frontier;
mod heatmap;
mod lines;
mod over_time;
mod palette;
mod profit;

pub(super) use bars::{Bar, bars};
pub(super) use calibration::calibration;
pub(super) use canvas::Picture;
pub(super) use columns::{Column, columns, distribution};
pub(super) use dots::dots;
pub(super) use effect::{curve, histogram};
pub(super) use frontier::{Frontier, frontier};
pub(super) use heatmap::{HeatMap, MOST_CELLS, Scale, heatmap};
pub(super) use lines::{gains, lift, lorenz, precision_recall, roc};
pub(super) use over_time::{OverTime, over_time};
pub(super) use profit::profit;
