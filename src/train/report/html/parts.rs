//! Pieces that every section uses.

use maud::{Markup, html};

use crate::train::report::text::{clean, short};

/// A section of the page.
pub(super) struct Section {
    /// Where links lead.
    pub(super) id: &'static str,
    /// Its heading.
    pub(super) title: &'static str,
    /// What stands under it.
    pub(super) body: Markup,
}

/// A name from the data: cut where it is long, whole in its tooltip.
pub(super) fn name(text: &str) -> Markup {
    name_within(text, 40)
}

/// As [`name`], cut at another length.
pub(super) fn name_within(text: &str, limit: usize) -> Markup {
    let (whole, shown) = (clean(text), short(text, limit));
    html! {
        @if whole == shown {
            (shown)
        } @else {
            span title=(short(&whole, 500)) { (shown) }
        }
    }
}

/// A word of the glossary.
pub(super) fn term(id: &str, word: &str) -> Markup {
    html! { a.term href={ "#g-" (id) } { (word) } }
}

/// A table that scrolls inside its box where the screen is narrow.
pub(super) fn table(caption: &str, head: &Markup, rows: &Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead { (head) }
                tbody { (rows) }
            }
        }
    }
}

/// Column headings: those that start with `#` stand above figures.
pub(super) fn head(titles: &[&str]) -> Markup {
    html! {
        tr {
            @for title in titles {
                @match title.strip_prefix('#') {
                    Some(title) => th.n scope="col" { (title) },
                    None => th scope="col" { (title) },
                }
            }
        }
    }
}

/// A chart with its heading and how to read it.
pub(super) fn figure(title: &str, reading: &Markup, chart: &Markup) -> Markup {
    html! {
        figure {
            h3 { (title) }
            (chart)
            figcaption { (reading) }
        }
    }
}

/// Says how many things of a list are not shown.
pub(super) fn cut(all: usize, shown: usize, what: &str) -> Markup {
    html! {
        @if all > shown {
            p.note { "The first " (shown) " of " (all) " " (what) " are shown." }
        }
    }
}
