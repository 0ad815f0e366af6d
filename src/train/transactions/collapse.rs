//! From lines to purchase histories.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap, HashSet};

use super::{LogError, names::Names};
use crate::customer::{Day, Occasion, PurchaseDay, Purchases};

/// Days out of order that are held back at least before they are sorted in.
const MIN_LATE: usize = 64;

/// Purchases by customer, while a log is read. Takes room for customers, their
/// days and products and, where these are the occasion, invoices.
#[derive(Default)]
pub(super) struct Collapse {
    ids: Names,
    customers: Vec<Purchases>,
    /// By customer: days that came after later ones.
    late: HashMap<u32, Vec<PurchaseDay>>,
    products: Names,
    /// By customer and product: the day it was first bought.
    first_bought: HashMap<(u32, u32), Day>,
    /// Customer, invoice and day of the purchases that were counted.
    counted: HashSet<u64>,
    hasher: DefaultHashBuilder,
}

/// A line that counts.
pub(super) struct Line<'l> {
    pub(super) customer: u32,
    pub(super) day: Day,
    pub(super) money: Money,
    pub(super) invoice: &'l [u8],
    /// Blank where it is not told.
    pub(super) product: &'l [u8],
}

/// What a line brought or took; 0 or more.
#[derive(Clone, Copy)]
pub(super) enum Money {
    Spent(f64),
    Returned(f64),
}

impl Collapse {
    /// The number of a customer.
    pub(super) fn customer(&mut self, id: &[u8]) -> Result<u32, LogError> {
        let customer = self.ids.number(id, "customers")?;
        if self.customers.len() < self.ids.len() {
            self.customers.push(Purchases::default());
        }
        Ok(customer)
    }

    /// How many customers there are, with or without lines that count.
    pub(super) fn customers(&self) -> usize {
        self.ids.len()
    }

    /// Adds a line.
    pub(super) fn add(&mut self, line: &Line<'_>, occasion: Occasion) -> Result<(), LogError> {
        let (spend, returned, purchases) = match line.money {
            Money::Spent(money) => (money, 0.0, self.purchases(line, occasion)),
            Money::Returned(money) => (0.0, money, 0),
        };
        let new = PurchaseDay {
            day: line.day,
            spend,
            returned,
            purchases,
        };
        self.add_day(line.customer, new, occasion);
        if !line.product.is_empty() && matches!(line.money, Money::Spent(_)) {
            let product = self.products.number(line.product, "products")?;
            let first = self.first_bought.entry((line.customer, product));
            let first = first.or_insert(line.day);
            *first = line.day.min(*first);
        }
        Ok(())
    }

    /// How many purchases a line adds to its day: an invoice counts with the
    /// first of its lines, on each day that it has lines of.
    fn purchases(&mut self, line: &Line<'_>, occasion: Occasion) -> u32 {
        match occasion {
            Occasion::Day => 1,
            Occasion::Invoice => {
                let key = (line.customer, line.day, line.invoice);
                self.counted.insert(self.hasher.hash_one(key)).into()
            }
        }
    }

    /// Days out of order are sorted in many at a time, so that a long history in
    /// reverse takes no more than one in order, give or take a logarithm.
    fn add_day(&mut self, customer: u32, new: PurchaseDay, occasion: Occasion) {
        let purchases = &mut self.customers[customer as usize];
        if purchases.add_in_order(new, occasion) {
            return;
        }
        let late = self.late.entry(customer).or_default();
        late.push(new);
        if late.len() >= MIN_LATE.max(purchases.history().days().len() / 4) {
            purchases.add_all(late.drain(..), occasion);
        }
    }

    /// All customers with lines that counted, by id.
    pub(super) fn finish(mut self, occasion: Occasion) -> Vec<(String, Purchases)> {
        for (customer, mut late) in self.late.drain() {
            self.customers[customer as usize].add_all(late.drain(..), occasion);
        }
        let bought = self.first_bought.drain();
        let mut bought: Vec<(u32, Day)> = bought.map(|((who, _), day)| (who, day)).collect();
        bought.sort_unstable();
        for of_one in bought.chunk_by(|a, b| a.0 == b.0) {
            let days = of_one.iter().map(|&(_, day)| day);
            self.customers[of_one[0].0 as usize].add_products(days);
        }
        let ids = &self.ids;
        let customers = self.customers.into_iter().enumerate();
        let mut customers: Vec<(String, Purchases)> = customers
            .filter(|(_, purchases)| !purchases.history().days().is_empty())
            .map(|(number, mut purchases)| {
                purchases.shrink_to_fit();
                let id = String::from_utf8_lossy(ids.get(number)).into_owned();
                (id, purchases)
            })
            .collect();
        customers.sort_unstable_by(|(a, _), (b, _)| order(a).cmp(&order(b)));
        customers
    }
}

/// Ids of digits by their number, before all others.
fn order(id: &str) -> (bool, usize, &str, usize) {
    if id.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = id.trim_start_matches('0');
        (false, number.len(), number, id.len())
    } else {
        (true, 0, id, 0)
    }
}
