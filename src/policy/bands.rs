//! Risk bands: cut-offs on the probability of churn.

use std::str::FromStr;

use crate::customer::Violations;

/// How likely a customer is to leave, in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RiskBand {
    /// Nothing to worry about.
    Low,
    /// To be watched.
    Medium,
    /// To be acted on.
    High,
    /// To be acted on now.
    Critical,
}

impl RiskBand {
    /// All bands, rising.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Its name in the API and in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// 0 for low to 3 for critical.
    #[must_use]
    pub fn index(self) -> usize {
        match self {
            Self::Low => 0,
            Self::Medium => 1,
            Self::High => 2,
            Self::Critical => 3,
        }
    }
}

impl FromStr for RiskBand {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut all = Self::ALL.into_iter();
        all.find(|band| band.as_str() == text).ok_or(())
    }
}

/// A band, as a policy states it: from the lower end, up to but not with the
/// upper one. The highest band holds 1 as well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StatedBand {
    /// Which one.
    pub band: RiskBand,
    /// The lowest probability in it.
    pub from: f64,
    /// The lowest probability beyond it.
    pub to: f64,
}

/// Bands that hold each probability exactly once, and rise with it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RiskBands {
    /// The lowest probability of each band, rising.
    from: [f64; 4],
}

impl RiskBands {
    /// Checks bands. Paths are those of a policy file: `bands[1].from`.
    ///
    /// # Errors
    ///
    /// Every fault: bands that are not there or there twice, ends that are no
    /// probabilities, holes and overlaps.
    pub fn new(stated: &[StatedBand]) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        for band in RiskBand::ALL {
            let times = stated.iter().filter(|stated| stated.band == band).count();
            if times != 1 {
                let name = band.as_str();
                violations.push(
                    "bands",
                    format!("`{name}` must be there once, is {times} times"),
                );
            }
        }
        for (at, StatedBand { from, to, .. }) in stated.iter().enumerate() {
            let ends = 0.0..=1.0;
            if !(ends.contains(from) && ends.contains(to) && from < to) {
                let text = "must be a probability, and below `to`, which must be one too";
                violations.push(&format!("bands[{at}].from"), text);
            }
        }
        // Holes between ends that are none would mislead.
        violations.into_result(())?;
        let at = |band: RiskBand| stated.iter().position(|stated| stated.band == band);
        let order: Vec<usize> = RiskBand::ALL.into_iter().filter_map(at).collect();
        let mut violations = Violations::default();
        let mut from = [0.0; 4];
        let mut reached = (0.0, None);
        for (lower, &at) in from.iter_mut().zip(&order) {
            let band = stated[at];
            let field = format!("bands[{at}].from");
            let (end, below) = reached;
            if let Some(fault) = seam(end, band.from, below) {
                violations.push(&field, fault);
            }
            *lower = band.from;
            reached = (band.to, Some(band.band));
        }
        if let (end, Some(last)) = reached
            && end != 1.0
        {
            let at = order.last().copied().unwrap_or_default();
            let name = last.as_str();
            let fault = format!("must be 1: no band holds probabilities above that of `{name}`");
            violations.push(&format!("bands[{at}].to"), fault);
        }
        violations.into_result(Self { from })
    }

    /// The band that holds a probability.
    #[must_use]
    pub fn band(&self, probability: f64) -> RiskBand {
        let mut bands = RiskBand::ALL.into_iter().zip(self.from).rev();
        let holds = bands.find(|(_, from)| probability >= *from);
        holds.map_or(RiskBand::Low, |(band, _)| band)
    }

    /// The lowest probability of a band.
    #[must_use]
    pub fn from(&self, band: RiskBand) -> f64 {
        self.from[band.index()]
    }
}

/// What is wrong where one band ends at `end` and the next begins at `from`.
fn seam(end: f64, from: f64, below: Option<RiskBand>) -> Option<String> {
    let until = below.map_or_else(
        || "the lowest probability".to_owned(),
        |below| format!("the end of `{}`", below.as_str()),
    );
    if from > end {
        Some(format!(
            "leaves a hole: no band holds probabilities from {end}, {until}, to {from}"
        ))
    } else if from < end {
        Some(format!(
            "overlaps: two bands hold probabilities from {from} to {end}, {until}"
        ))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::Violation;

    fn bands(ends: [[f64; 2]; 4]) -> Result<RiskBands, Violations> {
        let stated = RiskBand::ALL.into_iter().zip(ends);
        let stated: Vec<StatedBand> = stated
            .map(|(band, [from, to])| StatedBand { band, from, to })
            .collect();
        RiskBands::new(&stated)
    }

    #[test]
    fn each_probability_is_in_one_band() {
        let bands = bands([[0.0, 0.2], [0.2, 0.5], [0.5, 0.8], [0.8, 1.0]]).unwrap();
        for (probability, band) in [
            (0.0, RiskBand::Low),
            (0.2_f64.next_down(), RiskBand::Low),
            (0.2, RiskBand::Medium),
            (0.5, RiskBand::High),
            (0.8, RiskBand::Critical),
            (1.0, RiskBand::Critical),
        ] {
            assert_eq!(bands.band(probability), band, "{probability}");
        }
        assert_eq!(bands.from(RiskBand::High), 0.5);
    }

    #[test]
    fn holes_and_overlaps_are_told_with_their_place() {
        let told = |ends| bands(ends).unwrap_err();
        let faults = told([[0.1, 0.2], [0.3, 0.5], [0.4, 0.8], [0.8, 0.9]]);
        let fields: Vec<&str> = faults.listed().iter().map(Violation::field).collect();
        let expected = [
            "bands[0].from",
            "bands[1].from",
            "bands[2].from",
            "bands[3].to",
        ];
        assert_eq!(fields, expected);
        let nan = told([[0.0, f64::NAN], [0.3, 0.5], [0.5, 0.5], [0.8, 1.0]]);
        assert_eq!(nan.total(), 2, "{nan}");
        assert_eq!(RiskBands::new(&[]).unwrap_err().total(), 4);
    }

    #[test]
    fn bands_may_be_stated_in_any_order() {
        let stated = |band, from, to| StatedBand { band, from, to };
        let bands = RiskBands::new(&[
            stated(RiskBand::Critical, 0.9, 1.0),
            stated(RiskBand::Low, 0.0, 0.1),
            stated(RiskBand::High, 0.5, 0.9),
            stated(RiskBand::Medium, 0.1, 0.5),
        ]);
        assert_eq!(bands.unwrap().band(0.3), RiskBand::Medium);
    }
}
