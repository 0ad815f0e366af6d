//! The rules of cleaning, line by line.

use std::path::Path;

use csv::ByteRecord;

use super::{
    BadLines, CleaningReport, KeptTotals, LogError, LogOptions, LogTotals, PurchaseLog, Rule,
    TimeFormat,
    cells::{Amount, Sum, cell, currency, id},
    collapse::{Collapse, Line, Money},
    columns::Positions,
    repeats::{Invoices, Run},
    stop::Stop,
    tally::Tally,
};
use crate::{
    customer::{Day, MAX_ID_BYTES},
    train::{
        DataSource, Place,
        table::stream::{Batch, ColumnsTold, RowSink},
    },
};

/// Takes the lines of a log's files, cleans them and collapses them.
pub(super) struct LineReader<'o> {
    options: &'o LogOptions,
    file: FileState,
    /// What the first lines told, where no format was stated.
    time_format: TimeFormat,
    last_time: (Vec<u8>, Option<Day>),
    /// The one that is kept.
    currency: Option<String>,
    read: LogTotals,
    amount: Sum,
    invoices: Invoices,
    run: Run,
    tally: Tally,
    kept_lines: u64,
    collapse: Collapse,
}

/// The file that is being read.
#[derive(Default)]
struct FileState {
    name: String,
    one_of_several: bool,
    at: Positions,
    unit: &'static str,
    /// Whether its times are ISO 8601, whatever the format.
    dated: bool,
}

impl RowSink for LineReader<'_> {
    type Stop = Stop;

    fn begin(&mut self, told: &ColumnsTold) -> Result<(), Stop> {
        let (columns, header) = (&self.options.columns, self.options.dialect.header);
        let at = Positions::find(columns, told, header, &self.file.name)?;
        self.file.at = at;
        self.file.unit = told.unit;
        self.file.dated = told.dated.get(at.time).copied().unwrap_or_default();
        self.last_time = (Vec::new(), None);
        Ok(())
    }

    fn take(&mut self, batch: &Batch) -> Result<(), Stop> {
        if self.time_format == TimeFormat::Auto && !self.file.dated {
            self.tell_time_format(batch)?;
        }
        for (record, &number) in batch.records.iter().zip(&batch.numbers) {
            self.line(record, number)?;
        }
        Ok(())
    }
}

impl<'o> LineReader<'o> {
    pub(super) fn new(options: &'o LogOptions, files: usize) -> Self {
        Self {
            options,
            file: FileState {
                one_of_several: files > 1,
                ..FileState::default()
            },
            time_format: options.time_format.clone(),
            last_time: (Vec::new(), None),
            currency: options.currency.clone(),
            read: LogTotals::default(),
            amount: Sum::default(),
            invoices: Invoices::default(),
            run: Run::default(),
            tally: Tally::new(),
            kept_lines: 0,
            collapse: Collapse::default(),
        }
    }

    pub(super) fn begin_file(&mut self, path: &Path) {
        let name = path.file_name().unwrap_or_default();
        self.file.name = name.to_string_lossy().into_owned();
    }

    /// Looks which format reads the times of the first lines.
    fn tell_time_format(&mut self, batch: &Batch) -> Result<(), LogError> {
        let (missing, time) = (&self.options.missing, self.file.at.time);
        let cells = batch.records.iter().map(|record| cell(record, time));
        let cells = cells.filter(|cell| !missing.has(cell));
        if cells.clone().next().is_none() {
            return Ok(());
        }
        let mut readings = TimeFormat::readings(&cells);
        match (readings.pop(), readings.is_empty()) {
            (Some(only), true) => {
                self.time_format = only;
                Ok(())
            }
            (last, _) => {
                readings.extend(last);
                Err(LogError::TimeFormatUnclear {
                    file: self.file.name.clone(),
                    column: self.options.columns.time.clone(),
                    readings,
                })
            }
        }
    }

    /// Applies the rules in their order; the first that drops a line ends it.
    fn line(&mut self, record: &ByteRecord, number: u64) -> Result<(), LogError> {
        let at = self.file.at;
        self.read.lines += 1;
        let invoice = at.invoice.map_or(&b""[..], |at| cell(record, at));
        if at.invoice.is_some() && !self.is_missing(invoice) {
            self.invoices.see(invoice);
        }
        if let Some(position) = at.currency
            && !self.is_kept_currency(cell(record, position), number)?
        {
            return Ok(());
        }
        let Some(amount) = self.amount(record, number)? else {
            return Ok(());
        };
        self.amount.add(amount.value);
        self.read.negative_lines += u64::from(amount.negative);
        let customer = id(cell(record, at.customer));
        if self.is_missing(customer) {
            self.count(Rule::NoCustomer, amount, number);
            return Ok(());
        }
        if customer.len() > MAX_ID_BYTES || std::str::from_utf8(customer).is_err() {
            self.refuse(Rule::UnusableCustomer, number)?;
            self.count(Rule::UnusableCustomer, amount, number);
            return Ok(());
        }
        let customer_number = self.collapse.customer(customer)?;
        let time = cell(record, at.time);
        let Some(day) = self.day(time) else {
            self.refuse(Rule::UnreadableTime, number)?;
            self.count(Rule::UnreadableTime, amount, number);
            return Ok(());
        };
        if self.options.cleaning.is_future(day) {
            self.refuse(Rule::Future, number)?;
            self.count(Rule::Future, amount, number);
            return Ok(());
        }
        let key = at.invoice.map_or((customer, time), |_| (invoice, &b""[..]));
        let repeated = self.run.repeats(key, record);
        let cancelled = self.is_cancelled(invoice);
        for (rule, applies) in [
            (
                Rule::BeforeRange,
                self.options.cleaning.from.is_some_and(|from| day < from),
            ),
            (
                Rule::AfterRange,
                self.options.cleaning.until.is_some_and(|until| day > until),
            ),
            (Rule::Duplicate, repeated),
            (Rule::NegativePrice, amount.negative_price),
            (Rule::ZeroAmount, amount.value == 0.0),
            (
                Rule::Refund,
                amount.value < 0.0 || (cancelled && amount.value != 0.0),
            ),
        ] {
            if applies {
                self.count(rule, amount, number);
                if self.options.cleaning.drops(rule) {
                    return Ok(());
                }
            }
        }
        let money = amount.value.abs();
        let product = at.product.map_or(&b""[..], |at| cell(record, at));
        let line = Line {
            customer: customer_number,
            day,
            money: if amount.value < 0.0 || cancelled {
                Money::Returned(money)
            } else {
                Money::Spent(money)
            },
            invoice,
            product: if self.is_missing(product) {
                b""
            } else {
                product
            },
        };
        self.kept_lines += 1;
        self.collapse.add(&line, self.options.occasion)
    }

    fn is_missing(&self, cell: &[u8]) -> bool {
        self.options.missing.has(cell)
    }

    fn is_cancelled(&self, invoice: &[u8]) -> bool {
        let prefix = self.options.cleaning.cancelled_prefix.as_deref();
        prefix.is_some_and(|prefix| invoice.starts_with(prefix.as_bytes()))
    }

    /// The line's amount; none where it cannot be read and the line is dropped.
    fn amount(&mut self, record: &ByteRecord, number: u64) -> Result<Option<Amount>, LogError> {
        let mark = self.options.dialect.decimal_mark;
        let amount = Amount::read(record, self.file.at.money, mark);
        if amount.is_none() {
            self.refuse(Rule::UnreadableAmount, number)?;
            let place = self.place(number);
            self.tally.count(Rule::UnreadableAmount, 0.0, || place);
        }
        Ok(amount)
    }

    /// Whether a currency is the one that is kept.
    fn is_kept_currency(&mut self, cell: &[u8], number: u64) -> Result<bool, LogError> {
        let rule = if self.is_missing(cell) {
            self.refuse(Rule::NoCurrency, number)?;
            Rule::NoCurrency
        } else {
            let found = currency(cell);
            let Some(kept) = &self.currency else {
                self.currency = Some(found.into_owned());
                return Ok(true);
            };
            if *kept == found {
                return Ok(true);
            }
            if self.options.currency.is_none() {
                return Err(LogError::SeveralCurrencies {
                    file: self.file.name.clone(),
                    place: self.place(number),
                    first: kept.clone(),
                    found: found.into_owned(),
                });
            }
            Rule::OtherCurrency
        };
        let place = self.place(number);
        self.tally.count(rule, 0.0, || place);
        Ok(false)
    }

    /// The calendar day of a time. Lines of one time often follow each other.
    fn day(&mut self, time: &[u8]) -> Option<Day> {
        if self.last_time.0 == time {
            return self.last_time.1;
        }
        let format = if self.file.dated {
            &TimeFormat::Iso
        } else {
            &self.time_format
        };
        let moment = format.read(time);
        let (days_in, clocks_in) = (&self.options.time_zone, self.options.times_in.as_ref());
        let day = moment.and_then(|moment| moment.day(days_in, clocks_in));
        self.last_time.0.clear();
        self.last_time.0.extend_from_slice(time);
        self.last_time.1 = day;
        day
    }

    fn count(&mut self, rule: Rule, amount: Amount, number: u64) {
        let file = &self.file;
        self.tally.count(rule, amount.value, || file.place(number));
    }

    fn place(&self, number: u64) -> Place {
        self.file.place(number)
    }

    /// Ends the reading, unless lines that cannot be read are dropped.
    fn refuse(&self, rule: Rule, number: u64) -> Result<(), LogError> {
        match self.options.cleaning.bad_lines {
            BadLines::Drop => Ok(()),
            BadLines::Refuse => Err(LogError::BadLine {
                file: self.file.name.clone(),
                place: self.place(number),
                column: self.options.columns.of(rule),
                rule,
                requirement: match rule {
                    Rule::UnreadableTime => format!(
                        "it must be a time of the format {} within the years 0 to 9999",
                        if self.file.dated {
                            &TimeFormat::Iso
                        } else {
                            &self.time_format
                        }
                    ),
                    Rule::Future => {
                        "mend it, or name the last day of the log by --until".to_owned()
                    }
                    Rule::NoCurrency => "every line needs one".to_owned(),
                    Rule::UnusableCustomer => {
                        format!("an id must be UTF-8 text of at most {MAX_ID_BYTES} bytes")
                    }
                    Rule::UnreadableAmount
                    | Rule::OtherCurrency
                    | Rule::NoCustomer
                    | Rule::BeforeRange
                    | Rule::AfterRange
                    | Rule::Duplicate
                    | Rule::NegativePrice
                    | Rule::ZeroAmount
                    | Rule::Refund => {
                        "it must be a number such as 12.50, within ± 10^15".to_owned()
                    }
                },
            }),
        }
    }

    /// The log of all that was taken.
    pub(super) fn finish(self, sources: Vec<DataSource>) -> Result<PurchaseLog, LogError> {
        let options = self.options;
        let refunds = options.cleaning.refunds;
        let mut read = self.read;
        read.customers = self.collapse.customers() as u64;
        read.invoices = options
            .columns
            .invoice
            .as_ref()
            .map(|_| self.invoices.distinct());
        read.amount = self.amount.total();
        let customers = self.collapse.finish(options.occasion);
        let kept = KeptTotals::of(&customers, self.kept_lines, refunds);
        let range = kept.first_day.zip(kept.last_day);
        let cleaning = CleaningReport {
            read,
            rules: self.tally.outcomes(options),
            kept,
        };
        match range {
            Some((first_day, last_day)) if cleaning.kept.purchases > 0 => Ok(PurchaseLog {
                customers,
                sources,
                currency: self.currency,
                refunds,
                occasion: options.occasion,
                has_products: options.columns.product.is_some(),
                first_day,
                last_day,
                cleaning,
            }),
            Some(_) | None => Err(LogError::NoPurchases(Box::new(cleaning))),
        }
    }
}

impl FileState {
    fn place(&self, number: u64) -> Place {
        Place {
            file: self.one_of_several.then(|| self.name.clone()),
            unit: self.unit,
            number,
        }
    }
}
