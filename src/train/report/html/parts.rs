//! Pieces that the sections of every report use.

use maud::{Markup, html};

use crate::train::report::{
    DataFile,
    text::{clean, count, short},
};

/// A section of the page.
pub(in crate::train) struct Section {
    /// Where links lead.
    pub(in crate::train) id: &'static str,
    /// Its heading.
    pub(in crate::train) title: &'static str,
    /// What stands under it.
    pub(in crate::train) body: Markup,
}

/// A name from the data: cut where it is long, whole in its tooltip.
pub(in crate::train) fn name(text: &str) -> Markup {
    name_within(text, 40)
}

/// As [`name`], cut at another length.
pub(in crate::train) fn name_within(text: &str, limit: usize) -> Markup {
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
pub(in crate::train) fn term(id: &str, word: &str) -> Markup {
    html! { a.term href={ "#g-" (id) } { (word) } }
}

/// A table that scrolls inside its box where the screen is narrow.
pub(in crate::train) fn table(caption: &str, head: &Markup, rows: &Markup) -> Markup {
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
pub(in crate::train) fn head(titles: &[&str]) -> Markup {
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
pub(in crate::train) fn figure(title: &str, reading: &Markup, chart: &Markup) -> Markup {
    html! {
        figure {
            h3 { (title) }
            (chart)
            figcaption { (reading) }
        }
    }
}

/// A fact of a list of facts.
pub(in crate::train) fn fact(what: &str, value: &Markup) -> Markup {
    html! { dt { (what) } dd { (value) } }
}

/// A figure that is asked for first, large.
pub(in crate::train) fn tile(figure: &str, what: &str, hint: &str) -> Markup {
    html! {
        div.tile {
            div.big { (figure) }
            div { (what) }
            div.hint { (hint) }
        }
    }
}

/// The files that were read.
pub(in crate::train) fn files(files: &[DataFile]) -> Markup {
    const MOST: usize = 50;
    let rows = html! {
        @for file in files.iter().take(MOST) {
            tr {
                th scope="row" { (name(&file.name)) }
                td.n { (count(file.rows)) }
                td { code.digest { (name_within(&file.sha256, 64)) } }
            }
        }
    };
    html! {
        (table("Files that were read", &head(&["file", "#rows", "SHA-256"]), &rows))
        (cut(files.len(), MOST, "files"))
    }
}

/// The command and the configuration of a run.
pub(in crate::train) fn settings(command: Option<&str>, config_toml: &str) -> Markup {
    let config: Vec<String> = config_toml.lines().map(clean).collect();
    html! {
        @if let Some(command) = command {
            h3 { "Command" }
            pre tabindex="0" { (clean(command)) }
        }
        details {
            summary { "Resolved configuration" }
            pre tabindex="0" { (config.join("\n")) }
        }
    }
}

/// Says how many things of a list are not shown.
pub(in crate::train) fn cut(all: usize, shown: usize, what: &str) -> Markup {
    html! {
        @if all > shown {
            p.note { "The first " (shown) " of " (all) " " (what) " are shown." }
        }
    }
}
