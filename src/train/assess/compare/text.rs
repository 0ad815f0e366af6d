//! A comparison for a terminal.

use std::fmt;

use super::{Compared, Verdict};
use crate::train::assess::terminal::{
    TextTable, figure, fitted_here, folded, name, percent, signed,
};

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            champion,
            challenger,
            rows,
            churners,
            areas,
            ..
        } = self;
        writeln!(f, "{rows} rows, {churners} churned")?;
        writeln!(
            f,
            "  champion    {} version {}",
            champion.name, champion.version
        )?;
        writeln!(
            f,
            "  challenger  {} version {}",
            challenger.name, challenger.version
        )?;
        let warned = match self.trained_on_these_files {
            [true, true] => Some("both models were"),
            [true, false] => Some("the champion was"),
            [false, true] => Some("the challenger was"),
            [false, false] => None,
        };
        if let Some(whom) = warned {
            writeln!(f, "  {}", fitted_here(whom))?;
        }
        if self.definitions_differ() {
            writeln!(f, "{}", folded(&self.definitions()))?;
        }
        write!(f, "\nFigures, paired bootstrap\n{}", self.figures())?;
        writeln!(
            f,
            "\nDeLong's test of the AUC\n  difference {} ({} to {}), z {:.2}, p {:.4}",
            signed(areas.difference),
            signed(areas.interval.low),
            signed(areas.interval.high),
            areas.z,
            areas.p_value,
        )?;
        let moves = &self.moves;
        writeln!(f, "\nCustomers that move")?;
        writeln!(
            f,
            "  {} of {rows} change decile; {} of the top decile stay in it; rank correlation {}",
            moves.changed_decile,
            percent(moves.top_decile_kept),
            moves
                .rank_correlation
                .map_or_else(|| "–".to_owned(), figure),
        )?;
        write!(
            f,
            "\nDeciles: champion's down, challenger's across\n{}",
            self.cross_table()
        )?;
        let verdict = match self.verdict {
            Verdict::Better => "The challenger is better.",
            Verdict::Worse => "The challenger is worse.",
            Verdict::Mixed => "The challenger is better in one respect and worse in another.",
            Verdict::NotDistinguishable => "The two are not distinguishable on these rows.",
        };
        write!(f, "\n{verdict}\n{}", folded(Verdict::RULE))
    }
}

impl Compared {
    fn definitions(&self) -> String {
        let [champion, challenger] = self.churn.each_ref().map(|churn| {
            let horizon = churn
                .horizon_days
                .map_or_else(String::new, |days| format!(" within {days} days"));
            format!(
                "{} = {}{horizon}",
                name(&churn.target),
                name(&churn.positive)
            )
        });
        format!(
            "NOTE: the two mean different things by churn: the champion {champion}, the challenger {challenger}. The outcomes here are the champion's, unless --target or --positive say otherwise."
        )
    }

    fn figures(&self) -> TextTable {
        let header = [
            "",
            "champion",
            "challenger",
            "difference",
            "95 % interval",
            "better in",
        ];
        let mut table = TextTable::new(1, &header);
        for difference in &self.differences {
            table.row([
                difference.figure.label().to_owned(),
                figure(difference.champion),
                figure(difference.challenger),
                signed(difference.difference()),
                format!(
                    "{} to {}",
                    signed(difference.interval.low),
                    signed(difference.interval.high)
                ),
                percent(difference.challenger_better),
            ]);
        }
        table
    }

    fn cross_table(&self) -> TextTable {
        let mut table = TextTable::new(1, &["", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]);
        for (decile, counts) in self.moves.deciles.iter().enumerate() {
            let counts = counts.iter().map(ToString::to_string);
            table.row_of(
                std::iter::once((decile + 1).to_string())
                    .chain(counts)
                    .collect(),
            );
        }
        table
    }
}
