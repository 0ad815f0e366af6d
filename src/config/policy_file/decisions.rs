//! Sections of a policy file on risk: `[[bands]]`, `[causes]`, `[actionable]`;
//! and what the file is called.

use serde::Deserialize;

use crate::config::document::Document;
use crate::{
    customer::Violations,
    policy::{Actionable, CauseGroup, CauseRules, Direction, RiskBand, RiskBands, StatedBand},
};

/// The longest name or version, in bytes.
const MAX_LABEL_BYTES: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BandToml {
    name: BandName,
    from: f64,
    to: f64,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum BandName {
    Low,
    Medium,
    High,
    Critical,
}

#[derive(Deserialize)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
struct CausesToml {
    engagement: Vec<String>,
    price: Vec<String>,
    service: Vec<String>,
    product: Vec<String>,
    contract: Vec<String>,
    payment: Vec<String>,
    competitor: Vec<String>,
    profile: Vec<String>,
}

#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct ActionableToml {
    any: Vec<String>,
    increase: Vec<String>,
    decrease: Vec<String>,
}

/// A name or a version: some text on one line.
pub(super) fn label(document: &mut Document<'_>, name: &'static str) -> Option<String> {
    let text: String = document.section(name)?;
    let sound = (1..=MAX_LABEL_BYTES).contains(&text.len())
        && text.trim() == text
        && !text.contains(char::is_control);
    if sound {
        return Some(text);
    }
    let fault =
        format!("must be 1 to {MAX_LABEL_BYTES} bytes on one line, without blanks around it");
    document.blame(&Violations::of(name, fault));
    None
}

pub(super) fn bands(document: &mut Document<'_>) -> Option<RiskBands> {
    let bands: Vec<BandToml> = document.entries("bands")?.ok()?;
    let stated = bands
        .into_iter()
        .map(|BandToml { name, from, to }| StatedBand {
            band: match name {
                BandName::Low => RiskBand::Low,
                BandName::Medium => RiskBand::Medium,
                BandName::High => RiskBand::High,
                BandName::Critical => RiskBand::Critical,
            },
            from,
            to,
        });
    let stated: Vec<StatedBand> = stated.collect();
    sound(document, RiskBands::new(&stated))
}

pub(super) fn causes(document: &mut Document<'_>) -> Option<CauseRules> {
    let CausesToml {
        engagement,
        price,
        service,
        product,
        contract,
        payment,
        competitor,
        profile,
    } = document.section("causes")?;
    let patterns = [
        (CauseGroup::Engagement, engagement),
        (CauseGroup::Price, price),
        (CauseGroup::Service, service),
        (CauseGroup::Product, product),
        (CauseGroup::Contract, contract),
        (CauseGroup::Payment, payment),
        (CauseGroup::Competitor, competitor),
        (CauseGroup::Profile, profile),
    ];
    sound(document, CauseRules::new(&patterns))
}

pub(super) fn actionable(document: &mut Document<'_>) -> Option<Actionable> {
    let ActionableToml {
        any,
        increase,
        decrease,
    } = document.section("actionable")?;
    let stated = [
        (Direction::Any, any),
        (Direction::Increase, increase),
        (Direction::Decrease, decrease),
    ];
    sound(document, Actionable::new(&stated))
}

/// What the rules accept; else their faults are the document's.
pub(super) fn sound<T>(document: &mut Document<'_>, checked: Result<T, Violations>) -> Option<T> {
    match checked {
        Ok(sound) => Some(sound),
        Err(violations) => {
            document.blame(&violations);
            None
        }
    }
}
