//! What cleaning did to a purchase log, rule by rule.

use std::fmt;

use serde_json::{Value, json};

use super::cells::Sum;
use crate::{
    customer::{Day, Purchases, Refunds},
    train::{Place, assess::terminal::wrapped},
};

/// The most examples that are told of each rule.
pub(super) const MAX_EXAMPLES: usize = 3;

/// What was read, what each rule did, and what is left.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CleaningReport {
    /// What the files hold.
    pub read: LogTotals,
    /// Every rule that was asked for, in the order that they are applied.
    pub rules: Vec<RuleOutcome>,
    /// What is left.
    pub kept: KeptTotals,
}

/// The files as they are, before any rule.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LogTotals {
    /// Lines (Parquet: rows), without headers.
    pub lines: u64,
    /// Distinct customers.
    pub customers: u64,
    /// Distinct invoices, where there is a column of them.
    pub invoices: Option<u64>,
    /// Sum of all amounts that can be read.
    pub amount: f64,
    /// Lines with a negative quantity or, where there is none, amount.
    pub negative_lines: u64,
}

/// What purchase histories are made of.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KeptTotals {
    /// Lines that count.
    pub lines: u64,
    /// Customers with a purchase or a return.
    pub customers: u64,
    /// Purchases, by the occasion and the treatment of refunds.
    pub purchases: u64,
    /// Money for what was bought.
    pub spend: f64,
    /// Money for what was returned.
    pub returned: f64,
    /// The first day of all.
    pub first_day: Option<Day>,
    /// The last day of all.
    pub last_day: Option<Day>,
}

/// A rule of cleaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// The amount is no finite number.
    UnreadableAmount,
    /// The time is none of the stated format.
    UnreadableTime,
    /// The id is longer than an id may be, or no text.
    UnusableCustomer,
    /// There is no currency.
    NoCurrency,
    /// The amount is in another currency than the one that is kept.
    OtherCurrency,
    /// There is no customer.
    NoCustomer,
    /// Before the first day asked for.
    BeforeRange,
    /// After the last day asked for.
    AfterRange,
    /// After today, where no last day was asked for.
    Future,
    /// Repeats another line of the invoice, or of the customer and time.
    Duplicate,
    /// The price is negative.
    NegativePrice,
    /// The amount is zero.
    ZeroAmount,
    /// A refund, or a cancelled invoice.
    Refund,
}

/// What becomes of the lines of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Treatment {
    /// They are left out.
    Dropped,
    /// They count.
    Kept,
    /// They lower what was bought.
    Netted,
    /// They are told apart from what was bought.
    KeptApart,
}

/// What a rule did.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleOutcome {
    /// The rule.
    pub rule: Rule,
    /// What became of its lines.
    pub treatment: Treatment,
    /// How many lines it concerned.
    pub lines: u64,
    /// The sum of their amounts; `None` where amounts cannot be read or summed.
    pub amount: Option<f64>,
    /// Where the first of them stand.
    pub examples: Vec<Place>,
}

impl KeptTotals {
    /// What these histories are made of.
    pub(super) fn of(customers: &[(String, Purchases)], lines: u64, refunds: Refunds) -> Self {
        let mut kept = Self {
            lines,
            customers: customers.len() as u64,
            ..Self::default()
        };
        let (mut spend, mut returned) = (Sum::default(), Sum::default());
        let days = customers
            .iter()
            .flat_map(|(_, purchases)| purchases.history().days());
        for day in days {
            kept.purchases += u64::from(day.purchases(refunds));
            spend.add(day.spend);
            returned.add(day.returned);
            kept.first_day = Some(kept.first_day.map_or(day.day, |first| first.min(day.day)));
            kept.last_day = kept.last_day.max(Some(day.day));
        }
        kept.spend = spend.total();
        kept.returned = returned.total();
        kept
    }
}

impl Rule {
    /// One word, for machines.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnreadableAmount => "unreadable_amount",
            Self::UnreadableTime => "unreadable_time",
            Self::UnusableCustomer => "unusable_customer",
            Self::NoCurrency => "no_currency",
            Self::OtherCurrency => "other_currency",
            Self::NoCustomer => "no_customer",
            Self::BeforeRange => "before_range",
            Self::AfterRange => "after_range",
            Self::Future => "future",
            Self::Duplicate => "duplicate",
            Self::NegativePrice => "negative_price",
            Self::ZeroAmount => "zero_amount",
            Self::Refund => "refund",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnreadableAmount => "amount is no finite number",
            Self::UnreadableTime => "time cannot be read",
            Self::UnusableCustomer => "customer id too long, or not UTF-8",
            Self::NoCurrency => "no currency",
            Self::OtherCurrency => "another currency",
            Self::NoCustomer => "no customer",
            Self::BeforeRange => "before the first day asked for",
            Self::AfterRange => "after the last day asked for",
            Self::Future => "the day has not come yet",
            Self::Duplicate => "equal to an earlier line",
            Self::NegativePrice => "negative price",
            Self::ZeroAmount => "amount of zero",
            Self::Refund => "refund or cancelled invoice",
        })
    }
}

impl Treatment {
    /// One word, for machines and people.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Kept => "kept",
            Self::Netted => "netted",
            Self::KeptApart => "kept apart",
        }
    }
}

impl CleaningReport {
    /// The report for machines.
    #[must_use]
    pub fn json(&self) -> Value {
        let Self { read, rules, kept } = self;
        json!({
            "read": {
                "lines": read.lines,
                "customers": read.customers,
                "invoices": read.invoices,
                "amount": read.amount,
                "negative_lines": read.negative_lines,
            },
            "rules": rules.iter().map(RuleOutcome::json).collect::<Vec<_>>(),
            "kept": {
                "lines": kept.lines,
                "customers": kept.customers,
                "purchases": kept.purchases,
                "spend": kept.spend,
                "returned": kept.returned,
                "first_day": kept.first_day.map(|day| day.to_string()),
                "last_day": kept.last_day.map(|day| day.to_string()),
            },
        })
    }
}

impl RuleOutcome {
    fn json(&self) -> Value {
        let examples = self.examples.iter().map(ToString::to_string);
        json!({
            "rule": self.rule.as_str(),
            "treatment": self.treatment.as_str(),
            "lines": self.lines,
            "amount": self.amount,
            "examples": examples.collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for CleaningReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { read, rules, kept } = self;
        let invoices = read.invoices.map(|count| format!(", {count} invoices"));
        let told = format!(
            "read: {} lines, {} customers{}, amounts sum to {:.3}, {} negative",
            read.lines,
            read.customers,
            invoices.unwrap_or_default(),
            read.amount,
            read.negative_lines
        );
        writeln!(f, "{}", wrapped(&told, "", "    "))?;
        for outcome in rules.iter().filter(|outcome| outcome.lines > 0) {
            writeln!(f, "{}", wrapped(&outcome.to_string(), "  ", "    "))?;
        }
        let range = kept.first_day.zip(kept.last_day);
        let range = range.map(|(first, last)| format!(", {first} to {last}"));
        let told = format!(
            "kept: {} lines, {} customers, {} purchases, spend {:.3}, returned {:.3}{}",
            kept.lines,
            kept.customers,
            kept.purchases,
            kept.spend,
            kept.returned,
            range.unwrap_or_default()
        );
        f.write_str(&wrapped(&told, "", "    "))
    }
}

impl fmt::Display for RuleOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            rule,
            treatment,
            lines,
            amount,
            examples,
        } = self;
        write!(f, "{rule}: {lines} {}", treatment.as_str())?;
        if let Some(amount) = amount {
            write!(f, ", {amount:.3} in all")?;
        }
        for (at, place) in examples.iter().enumerate() {
            let before = if at == 0 { "; as in " } else { ", " };
            write!(f, "{before}{place}")?;
        }
        Ok(())
    }
}
