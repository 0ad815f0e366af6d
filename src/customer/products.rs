//! The products that a list of purchases names.

use std::collections::HashMap;

use super::Day;

/// The most products that the purchases of one customer may name.
pub const MAX_PRODUCTS: usize = 10_000;
/// The longest name of a product, in bytes.
pub const MAX_PRODUCT_BYTES: usize = 256;

/// What purchases name, while they are read.
#[derive(Debug, Default)]
pub(super) struct Products<'a> {
    first_bought: HashMap<&'a str, Day>,
    /// How many names there are, repeated ones as well.
    named: usize,
}

impl<'a> Products<'a> {
    /// Adds what a line names. It counts where it was `bought`: not by a refund.
    pub(super) fn add(&mut self, names: &'a [String], bought: Option<Day>) -> Result<(), String> {
        self.named = self.named.saturating_add(names.len());
        let possible = |name: &String| (1..=MAX_PRODUCT_BYTES).contains(&name.len());
        if !names.iter().all(possible) {
            return Err(format!("must be 1 to {MAX_PRODUCT_BYTES} bytes each"));
        }
        // Beyond the limit the list is refused.
        if let (Some(day), true) = (bought, self.named <= MAX_PRODUCTS) {
            for name in names {
                let first = self.first_bought.entry(name).or_insert(day);
                *first = day.min(*first);
            }
        }
        Ok(())
    }

    pub(super) fn check_number(&self) -> Result<(), String> {
        if self.named > MAX_PRODUCTS {
            return Err(format!("must name at most {MAX_PRODUCTS} products in all"));
        }
        Ok(())
    }

    /// For each distinct product, the day it was first bought; sorted.
    pub(super) fn first_bought(self) -> Vec<Day> {
        let mut days: Vec<Day> = self.first_bought.into_values().collect();
        days.sort_unstable();
        days
    }
}
