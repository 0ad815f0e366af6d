//! The strongest pairs of features, as heat maps.

use maud::html;

use super::parts::{Section, cut, name, term};
use crate::train::report::{
    PairEffect, ReportData, ReportError,
    charts::{self, HeatMap, MOST_CELLS, Picture, Scale},
    text::rounded,
};

/// At most so many pairs are drawn.
const MOST_PAIRS: usize = 12;

pub(super) fn section(data: &ReportData) -> Result<Option<Section>, ReportError> {
    if data.pairs.is_empty() {
        return Ok(None);
    }
    let mut pairs: Vec<&PairEffect> = data.pairs.iter().collect();
    pairs.sort_by(|a, b| {
        let by_name = || (&a.first, &a.second).cmp(&(&b.first, &b.second));
        b.importance.total_cmp(&a.importance).then_with(by_name)
    });
    let mut plots = Vec::with_capacity(pairs.len().min(MOST_PAIRS));
    for (rank, pair) in pairs.iter().enumerate().take(MOST_PAIRS) {
        let (id, title) = (
            format!("pair-{rank}"),
            format!("{} and {}", pair.first, pair.second),
        );
        let picture = Picture {
            id: &id,
            title: &title,
            description: "What the two features add together to the log-odds of churn, beyond what each adds alone.",
            width: 390,
            height: 350,
        };
        let chart = charts::heatmap(&picture, &map(pair))?;
        plots.push(html! {
            figure {
                h3 { (name(&pair.first)) " × " (name(&pair.second)) }
                (chart)
                figcaption { "moves the log-odds by " (rounded(pair.importance, 3)) " on average" }
            }
        });
    }
    Ok(Some(Section {
        id: "pairs",
        title: "Features that act together",
        body: html! {
            p {
                "What two features add to the " (term("log-odds", "log-odds")) " together, beyond the effect of each alone. "
                span.key.orange { "■ + raises the risk" } " " span.key.blue { "■ − lowers it" }
                ". At most " (MOST_CELLS) " cells a side are drawn."
            }
            div.two { @for plot in &plots { (plot) } }
            (cut(pairs.len(), MOST_PAIRS, "pairs"))
        },
    }))
}

fn map(pair: &PairEffect) -> HeatMap<'_> {
    HeatMap {
        across: &pair.x,
        across_name: &pair.first,
        up: &pair.y,
        up_name: &pair.second,
        values: &pair.log_odds,
        scale: Scale::Diverging,
    }
}
