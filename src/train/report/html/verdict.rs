//! The verdict, and the figures a manager asks for first.

use maud::{Markup, html};

use super::{
    parts::{Section, tile},
    statements::in_words,
};
use crate::train::report::{
    ReportData,
    text::{compact, percent, rounded, short},
    verdict::{
        ACCEPTABLE_AUC, EXCELLENT_AUC, FEW_CHURNERS, HIGH_LIFT_SHARE, LOW_LIFT, NOTABLE_LOG_LOSS,
        ODD_SPLIT_AUC, OUTSTANDING_AUC, ROUGH_CALIBRATION_ERROR, SLICE_CALIBRATION_GAP,
        TOO_GOOD_AUC, TRUSTED_CALIBRATION_ERROR, USELESS_AUC, verdict,
    },
};

pub(super) fn section(data: &ReportData) -> Section {
    let verdict = verdict(data);
    Section {
        id: "verdict",
        title: "Verdict",
        body: in_words(&verdict, &tiles(data), &cut_offs()),
    }
}

/// What the words above rest on.
fn cut_offs() -> Markup {
    html! {
        details {
            summary { "Where these words come from" }
            ul.plain {
                li {
                    "Ranking: AUC from " (OUTSTANDING_AUC) " very well, from " (EXCELLENT_AUC) " well, from "
                    (ACCEPTABLE_AUC) " acceptably, from " (USELESS_AUC) " weakly. Above " (TOO_GOOD_AUC) " a leak is suspected."
                }
                li {
                    "Reach: a caution where the lift of the top tenth is below " (LOW_LIFT)
                    " and below " (percent(HIGH_LIFT_SHARE, 0)) " of the highest possible."
                }
                li {
                    "Probabilities: a calibration error up to " (percent(TRUSTED_CALIBRATION_ERROR, 1))
                    " can be taken at its word, up to " (percent(ROUGH_CALIBRATION_ERROR, 1)) " is roughly right. "
                    "A slice is named where they are off by more than " (percent(SLICE_CALIBRATION_GAP, 0))
                    " and two standard errors."
                }
                li {
                    "Better or worse than the plain model: log loss differs by " (NOTABLE_LOG_LOSS)
                    " or more, and the interval of the difference does not hold zero."
                }
                li {
                    "Doubts: fewer than " (FEW_CHURNERS) " customers who left among those held out, or held-out and cross-validated AUC more than "
                    (ODD_SPLIT_AUC) " apart."
                }
            }
        }
    }
}

fn tiles(data: &ReportData) -> Markup {
    let held_out = &data.performance.held_out;
    let caught = data.curves.deciles.first();
    html! {
        div.tiles {
            (tile(&rounded(held_out.area_under_curve.value, 3), "AUC", "0.5 is chance, 1 is perfect"))
            @match caught {
                Some(decile) => (tile(&percent(decile.cumulative_capture, 0), "of churners in the top tenth", "10 % would be chance")),
                None => (tile(&rounded(held_out.top_decile_lift.value, 1), "lift of the top tenth", "1 would be chance")),
            }
            @if let Some(error) = &held_out.calibration_error {
                (tile(&percent(error.value, 1), "calibration error", "how far off a probability is"))
            }
            @match &data.profit {
                Some(profit) => (tile(&compact(profit.advised.profit), &short(&profit.unit, 40), "at the advised threshold")),
                None => (tile(&rounded(held_out.log_loss.value, 3), "log loss", "lower is better")),
            }
        }
    }
}
