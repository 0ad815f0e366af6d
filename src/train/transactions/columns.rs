//! Where a file's columns stand.

use super::{LogColumns, LogError, MoneyColumns, Rule};
use crate::train::{
    report::named,
    table::stream::{ColumnsTold, HeaderLine},
};

/// The most names of a header that a message tells.
const MAX_TOLD: usize = 20;

/// Positions from 0 in a file's rows.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Positions {
    pub(super) customer: usize,
    pub(super) time: usize,
    pub(super) money: MoneyAt,
    pub(super) invoice: Option<usize>,
    pub(super) product: Option<usize>,
    pub(super) currency: Option<usize>,
}

/// Where the amount of a row stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum MoneyAt {
    Amount(usize),
    QuantityPrice(usize, usize),
}

impl Default for MoneyAt {
    fn default() -> Self {
        Self::Amount(0)
    }
}

impl Positions {
    /// Finds the columns in what the file `name` says of its own.
    pub(super) fn find(
        columns: &LogColumns,
        told: &ColumnsTold,
        header: HeaderLine,
        file: &str,
    ) -> Result<Self, LogError> {
        let find = |column: &str, asked_by| {
            if let Some(names) = &told.names {
                let found = names.iter().position(|name| name == column);
                found.ok_or_else(|| LogError::ColumnNotFound {
                    file: file.to_owned(),
                    column: column.to_owned(),
                    asked_by,
                    header: header_text(names),
                    hint: hint(column, header),
                })
            } else {
                let position = column.parse().ok().and_then(|at: usize| at.checked_sub(1));
                let found = position.filter(|&at| at < told.columns);
                found.ok_or_else(|| LogError::NoSuchPosition {
                    file: file.to_owned(),
                    asked_by,
                    columns: told.columns,
                })
            }
        };
        let optional = |column: &Option<String>, asked_by| {
            let found = column.as_deref().map(|column| find(column, asked_by));
            found.transpose()
        };
        Ok(Self {
            customer: find(&columns.customer, "customer")?,
            time: find(&columns.time, "time")?,
            money: match &columns.money {
                MoneyColumns::Amount(amount) => MoneyAt::Amount(find(amount, "amount")?),
                MoneyColumns::QuantityPrice { quantity, price } => {
                    MoneyAt::QuantityPrice(find(quantity, "quantity")?, find(price, "price")?)
                }
            },
            invoice: optional(&columns.invoice, "invoice")?,
            product: optional(&columns.product, "product")?,
            currency: optional(&columns.currency, "currency-column")?,
        })
    }
}

impl LogColumns {
    /// The column whose cells break a rule.
    pub(super) fn of(&self, rule: Rule) -> String {
        match rule {
            Rule::NoCustomer | Rule::UnusableCustomer => self.customer.clone(),
            Rule::UnreadableTime | Rule::BeforeRange | Rule::AfterRange | Rule::Future => {
                self.time.clone()
            }
            Rule::NoCurrency | Rule::OtherCurrency => self.currency.clone().unwrap_or_default(),
            Rule::UnreadableAmount
            | Rule::Duplicate
            | Rule::NegativePrice
            | Rule::ZeroAmount
            | Rule::Refund => match &self.money {
                MoneyColumns::Amount(amount) => amount.clone(),
                MoneyColumns::QuantityPrice { quantity, price } => format!("{quantity} × {price}"),
            },
        }
    }
}

/// The first names of a header.
fn header_text(names: &[String]) -> String {
    let told: Vec<String> = names
        .iter()
        .take(MAX_TOLD)
        .map(|name| named(name))
        .collect();
    let more = if names.len() > MAX_TOLD { ", …" } else { "" };
    format!("{}{more}", told.join(", "))
}

fn hint(column: &str, header: HeaderLine) -> &'static str {
    if header == HeaderLine::Present && column.parse::<usize>().is_ok() {
        "; positions go with --no-header"
    } else {
        ""
    }
}
