//! What is reported, as plain text.

use std::{fmt, time::Duration};

use super::client::Round;

const COLUMNS: [&str; 7] = [
    "calls/s",
    "rows/s",
    "p50 us",
    "p99 us",
    "CPU us/call",
    "CPU us/row",
    "CPU busy",
];

/// Medians over rounds of the same kind.
#[derive(Clone, Copy)]
pub(crate) struct Figures {
    calls_per_second: f64,
    /// In microseconds, as all that follow.
    latency_50: f64,
    pub(crate) latency_99: f64,
    /// The server's CPU time for one call; NaN where it cannot be known.
    cpu: f64,
}

impl Figures {
    /// Sums up rounds and the CPU time that the server spent on each.
    pub(crate) fn of(rounds: &[(Round, Option<Duration>)]) -> Self {
        let median = |figure: fn(&Round, Option<Duration>) -> f64| {
            let mut figures: Vec<f64> = rounds.iter().map(|(r, cpu)| figure(r, *cpu)).collect();
            figures.sort_by(f64::total_cmp);
            figures[figures.len() / 2]
        };
        Self {
            calls_per_second: median(|round, _| calls(round) / round.elapsed.as_secs_f64()),
            latency_50: median(|round, _| percentile(&round.latencies, 50)),
            latency_99: median(|round, _| percentile(&round.latencies, 99)),
            cpu: median(|round, cpu| cpu.map_or(f64::NAN, micros) / calls(round)),
        }
    }
}

/// Latencies only.
impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            latency_50,
            latency_99,
            ..
        } = self;
        write!(f, "p50 {latency_50:.0} us, p99 {latency_99:.0} us")
    }
}

/// How many times as many customers one figure means as another, each with its
/// customers in a call: by throughput, and by CPU time.
pub(crate) fn times_as_many(figures: (Figures, usize), others: (Figures, usize)) -> [f64; 2] {
    let ((figures, rows), (others, other_rows)) = (figures, others);
    let rows = rows as f64 / other_rows as f64;
    [
        figures.calls_per_second / others.calls_per_second * rows,
        others.cpu / figures.cpu * rows,
    ]
}

fn calls(round: &Round) -> f64 {
    round.latencies.len() as f64
}

fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    sorted
        .get(sorted.len() * percent / 100)
        .copied()
        .map_or(f64::NAN, micros)
}

fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// Calls of one method, side by side.
pub(crate) struct Section {
    /// How many calls at once.
    pub(crate) title: String,
    /// Customers in each request.
    pub(crate) rows: usize,
    /// The first is the call that all others are compared with.
    pub(crate) lines: Vec<Line>,
}

/// One kind of call.
pub(crate) struct Line {
    pub(crate) label: String,
    pub(crate) figures: Figures,
    /// Whether it gets scores.
    pub(crate) scored: bool,
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { title, rows, lines } = self;
        line(f, title, COLUMNS.map(str::to_owned))?;
        for Line { label, figures, .. } in lines {
            line(f, &format!("  {label}"), cells(figures, *rows))?;
        }
        let Some((first, others)) = lines.split_first() else {
            return Ok(());
        };
        for Line { label, figures, .. } in others {
            let (what, _) = label.split_once(',').unwrap_or((label, ""));
            line(
                f,
                &format!("  ratio, {what}"),
                ratios(figures, &first.figures),
            )?;
        }
        Ok(())
    }
}

fn cells(figures: &Figures, rows: usize) -> [String; 7] {
    let Figures {
        calls_per_second,
        latency_50,
        latency_99,
        cpu,
    } = *figures;
    let rows = rows as f64;
    [
        number(calls_per_second, 0),
        number(calls_per_second * rows, 0),
        number(latency_50, 1),
        number(latency_99, 1),
        number(cpu, 2),
        number(cpu / rows, 2),
        number(cpu * calls_per_second / 1e6, 2),
    ]
}

fn ratios(scored: &Figures, empty: &Figures) -> [String; 7] {
    let throughput = number(scored.calls_per_second / empty.calls_per_second, 2);
    let cpu = number(scored.cpu / empty.cpu, 2);
    [
        throughput.clone(),
        throughput,
        number(scored.latency_50 / empty.latency_50, 2),
        number(scored.latency_99 / empty.latency_99, 2),
        cpu.clone(),
        cpu,
        String::new(),
    ]
}

fn number(value: f64, digits: usize) -> String {
    if value.is_finite() {
        format!("{value:.digits$}")
    } else {
        "-".to_owned()
    }
}

fn line(f: &mut fmt::Formatter<'_>, label: &str, cells: [String; 7]) -> fmt::Result {
    let cells = cells.map(|cell| format!(" {cell:>11}")).concat();
    writeln!(f, "{label:<46}{}", cells.trim_end())
}
