//! Colours that tell apart for the colour-blind (after Okabe and Ito 2008).
//!
//! The style sheet names the same colours to turn them for dark screens, so that
//! each stands for one thing only.

use plotters::style::RGBColor;

/// Text.
pub(super) const INK: RGBColor = RGBColor(31, 41, 55);
/// Text of less weight.
pub(super) const MUTED: RGBColor = RGBColor(92, 103, 118);
/// Grid lines.
pub(super) const GRID: RGBColor = RGBColor(228, 232, 238);
/// Axes and zero lines.
pub(super) const AXIS: RGBColor = RGBColor(160, 170, 182);
/// What one compares with; the style sheet dashes it.
pub(super) const REFERENCE: RGBColor = RGBColor(138, 148, 163);
/// The model; what lowers the risk.
pub(super) const BLUE: RGBColor = RGBColor(0, 104, 157);
/// What raises the risk; what is advised; what happened.
pub(super) const ORANGE: RGBColor = RGBColor(200, 80, 0);
/// Counts of rows.
pub(super) const SUPPORT: RGBColor = RGBColor(196, 204, 214);

/// The ends and the middle of the diverging scale, which dark screens keep.
const COLD: RGBColor = RGBColor(0, 103, 156);
const WARM: RGBColor = RGBColor(199, 80, 0);
const MIDDLE: RGBColor = RGBColor(244, 244, 242);

/// From blue (-1) over near-white (0) to orange (1).
pub(super) fn diverging(position: f64) -> RGBColor {
    let end = if position < 0.0 { COLD } else { WARM };
    let weight = if position.is_finite() {
        position.abs().min(1.0)
    } else {
        0.0
    };
    let mix = |from: u8, to: u8| {
        let mixed = f64::from(from) + (f64::from(to) - f64::from(from)) * weight;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between two bytes"
        )]
        let byte = mixed.round() as u8;
        byte
    };
    RGBColor(
        mix(MIDDLE.0, end.0),
        mix(MIDDLE.1, end.1),
        mix(MIDDLE.2, end.2),
    )
}

/// Black or white, whichever reads better on a cell of the diverging scale.
pub(super) fn on_diverging(position: f64) -> RGBColor {
    if position.abs() > 0.6 {
        RGBColor(255, 255, 255)
    } else {
        RGBColor(30, 30, 30)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_sheet_turns_every_colour_for_dark_screens() {
        let style = include_str!("../html/style.css");
        for RGBColor(red, green, blue) in [INK, MUTED, GRID, AXIS, REFERENCE, BLUE, ORANGE, SUPPORT]
        {
            let hex = format!("=\"#{red:02X}{green:02X}{blue:02X}\"]");
            assert!(style.contains(&hex), "{hex}");
        }
    }

    #[test]
    fn the_diverging_scale_ends_in_blue_and_orange() {
        assert_eq!(diverging(-2.0), COLD);
        assert_eq!(diverging(1.0), WARM);
        assert_eq!(diverging(f64::NAN), MIDDLE);
    }
}
