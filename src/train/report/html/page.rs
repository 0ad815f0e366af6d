//! The frame of every report: one page that loads nothing.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::parts::Section;
use crate::train::report::text::{clean, short};

const STYLE: &str = include_str!("style.css");

/// What stands around the sections.
pub(in crate::train) struct Page<'a> {
    /// What is before the model's name in the title of the window.
    pub(in crate::train) title: &'a str,
    /// What kind of report it is.
    pub(in crate::train) kicker: &'a str,
    /// The model's name.
    pub(in crate::train) model: &'a str,
    /// Its version, where it is known.
    pub(in crate::train) version: Option<&'a str>,
    /// What the model says, in a sentence.
    pub(in crate::train) lead: Markup,
    /// The release of the trainer.
    pub(in crate::train) trainer_version: &'a str,
}

impl Page<'_> {
    /// The page with its sections, as HTML.
    pub(in crate::train) fn of(&self, sections: &[Section]) -> String {
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (self.title) " " (clean(self.model)) ": report" }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    (self.header())
                    div.columns {
                        nav aria-label="Contents" {
                            h2 { "Contents" }
                            ol {
                                @for section in sections {
                                    li { a href={ "#" (section.id) } { (section.title) } }
                                }
                            }
                        }
                        main {
                            @for section in sections {
                                section id=(section.id) {
                                    h2 { (section.title) }
                                    (section.body)
                                }
                            }
                        }
                    }
                    footer {
                        "Made by holdfast-train " (short(self.trainer_version, 30))
                        ". The same data, settings and release give the same page. It holds no customer and loads nothing."
                    }
                }
            }
        };
        page.into_string()
    }

    fn header(&self) -> Markup {
        html! {
            header {
                p.kicker { (self.kicker) }
                h1 title=(clean(self.model)) {
                    (short(self.model, 60))
                    @if let Some(version) = self.version {
                        " " span.version { "version " (short(version, 30)) }
                    }
                }
                p.lead { (self.lead) }
            }
        }
    }
}
