//! A verdict as the pages show it: the headline, the tiles, what is said.

use maud::{Markup, html};

use crate::train::report::verdict::{Tone, Verdict};

/// The verdict around the figures that are asked for first; `cut_offs` says
/// what its words rest on.
pub(in crate::train::report) fn in_words(
    verdict: &Verdict,
    tiles: &Markup,
    cut_offs: &Markup,
) -> Markup {
    html! {
        p class={ "headline " (class(verdict.tone)) } {
            span.mark aria-hidden="true" { (mark(verdict.tone)) }
            (verdict.headline)
        }
        (tiles)
        ul.statements {
            @for statement in &verdict.statements {
                li class=(class(statement.tone)) {
                    span.mark role="img" aria-label=(spoken(statement.tone)) { (mark(statement.tone)) }
                    div { strong { (statement.topic) ". " } (statement.text) }
                }
            }
        }
        (cut_offs)
    }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Caution => "caution",
        Tone::Bad => "bad",
    }
}

fn mark(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "✓",
        Tone::Caution => "!",
        Tone::Bad => "✕",
    }
}

fn spoken(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Caution => "to be kept in mind",
        Tone::Bad => "speaks against the model",
    }
}
