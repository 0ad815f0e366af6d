//! What a back-test found, on a terminal.

use std::fmt::{self, Write as _};

use super::{BackTest, Figures, Ruled};
use crate::{
    policy::WarningRules,
    train::assess::terminal::{TextTable, figure, folded, percent},
};

/// Said where no rule is good enough.
pub(in crate::train) const NO_ADVICE: &str = "No rule is advised: none of the grid has enough \
    alarms, as precise as was asked for, that repeat little. Change --least-precision, \
    --most-repeats, --capacity or --horizon-days.";

const COLUMNS: [&str; 7] = [
    "alarms",
    "a week",
    "precision",
    "found",
    "repeats",
    "lead",
    "middle half",
];

impl fmt::Display for BackTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Log\n{}\n", self.cleaning)?;
        self.write_times(f)?;
        self.write_ranked(f)?;
        self.write_rules(f)?;
        self.write_hysteresis(f)?;
        self.write_advice(f)
    }
}

impl BackTest {
    fn write_times(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = self.times;
        let (first, last) = times.scorings;
        let text = format!(
            "{} weeks, {first} to {last}: {} scorings of {} customers who had bought within {} \
             days. After {} of the scorings nothing was bought in the {} days ahead. Alarms count \
             from week {} on; those before are stock.",
            times.weeks,
            self.scorings,
            self.customers,
            times.active_days,
            percent(self.base_rate),
            times.horizon_days,
            times.weeks - times.counted_weeks + 1,
        );
        writeln!(f, "Back-test\n{}", folded(&text))?;
        if let (Some(model), Some(first), Some(last)) =
            (self.model, self.trainings.first(), self.trainings.last())
        {
            let text = format!(
                "The model was trained {} times, on {} to {} rows whose outcome was known by then; \
                 what it said of all scorings: AUC {}, log loss {}.",
                self.trainings.len(),
                first.rows,
                last.rows,
                figure(model.area_under_curve),
                figure(model.log_loss),
            );
            writeln!(f, "{}", folded(&text))?;
        }
        writeln!(f)
    }

    fn write_ranked(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "The best of each week, whoever was among them before")?;
        let mut table = TextTable::new(1, &["by", "a week", "precision", "lift", "lead days"]);
        for ranked in &self.ranked {
            let figures = ranked.figures;
            let precision = figures.precision();
            table.row([
                ranked.by.replace('_', " "),
                format!("{:.0}", figures.a_week()),
                precision.map_or_else(String::new, |p| format!("{p:.3}")),
                precision.map_or_else(String::new, |p| self.lift(p)),
                median(&figures),
            ]);
        }
        writeln!(f, "{table}")
    }

    /// How many times the precision of chance, where chance finds anybody.
    fn lift(&self, precision: f64) -> String {
        let lift = (self.base_rate > 0.0).then(|| precision / self.base_rate);
        lift.map_or_else(String::new, |lift| format!("{lift:.2}"))
    }

    fn write_rules(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let most = self.capacity.all;
        let most = most.map_or_else(String::new, |most| format!(", at most {most} a week"));
        writeln!(
            f,
            "Alarms{most}; base rate {:.3}; lead in days",
            self.base_rate
        )?;
        let mut table = TextTable::new(1, &[&["rule"][..], &COLUMNS].concat());
        let mut frontier: Vec<&Ruled> = self.grid.iter().filter(|rule| rule.on_frontier).collect();
        let lead = |rule: &Ruled| rule.all.lead_days.map_or(0.0, |lead| lead.median);
        frontier.sort_by(|a, b| lead(b).total_cmp(&lead(a)));
        for rule in frontier {
            table.row_of(row(in_words(&rule.rules), &rule.all));
        }
        for (simple, thresholds) in &self.simple {
            for (threshold, figures) in thresholds {
                table.row_of(row(format!("{simple} {threshold}"), figures));
            }
        }
        writeln!(f, "{table}")
    }

    fn write_hysteresis(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hysteresis = &self.hysteresis;
        writeln!(f, "The level alone, without any limit")?;
        let mut table = TextTable::new(1, &[&["level"][..], &COLUMNS].concat());
        let on = hysteresis.on;
        table.row_of(row(format!("on {on}, off {on}"), &hysteresis.without));
        let with = format!("on {on}, off {}", hysteresis.off);
        table.row_of(row(with, &hysteresis.with));
        writeln!(f, "{table}")
    }

    fn write_advice(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Some(advised), Some(advice)) = (self.advised(), self.advice) else {
            return write!(f, "{}", folded(NO_ADVICE));
        };
        writeln!(f, "Advised, by the earlier half of the weeks")?;
        let mut table = TextTable::new(1, &[&[""][..], &COLUMNS].concat());
        table.row_of(row("earlier half".to_owned(), &advised.earlier));
        table.row_of(row("later half".to_owned(), &advised.later));
        writeln!(f, "  {}\n{table}", in_words(&advised.rules))?;
        let text = format!(
            "Base rates: {:.3} and {:.3}. A rule is chosen for the most true alarms beyond chance.",
            advice.earlier_base_rate, advice.later_base_rate
        );
        write!(f, "{}", folded(&text))
    }
}

/// A rule in few words.
pub(in crate::train) fn in_words(rules: &WarningRules) -> String {
    let level = rules.level;
    let mut name = format!("on {} off {} x{}", level.on, level.off, level.scorings);
    if let Some(together) = rules.alarms.signals_together {
        // Writing to a string never fails.
        let _ = write!(name, " or {together} signals");
    }
    name
}

fn row(name: String, figures: &Figures) -> Vec<String> {
    let share = |share: Option<f64>| share.map_or_else(String::new, percent);
    let middle = figures.lead_days.map_or_else(String::new, |lead| {
        format!("{:.0} to {:.0}", lead.lower, lead.upper)
    });
    vec![
        name,
        figures.alarms.to_string(),
        format!("{:.1}", figures.a_week()),
        figures
            .precision()
            .map_or_else(String::new, |p| format!("{p:.3}")),
        share(figures.recall()),
        share(figures.repeat_share()),
        median(figures),
        middle,
    ]
}

fn median(figures: &Figures) -> String {
    let lead = figures.lead_days;
    lead.map_or_else(String::new, |lead| format!("{:.0}", lead.median))
}
