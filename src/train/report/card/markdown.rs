//! Markdown that data cannot break out of.

use crate::train::report::text::clean;

/// Longest text taken over from the data or the settings.
const MOST_LETTERS: usize = 2000;

/// A card as it is written.
#[derive(Debug, Default)]
pub(in crate::train) struct Card {
    text: String,
}

impl Card {
    /// A line by itself; `text` is Markdown.
    pub(in crate::train) fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    /// A heading of the second level.
    pub(in crate::train) fn heading(&mut self, text: &str) {
        self.blank();
        self.line(&format!("## {text}"));
        self.line("");
    }

    /// An item of a list; both are Markdown.
    pub(in crate::train) fn item(&mut self, what: &str, text: &str) {
        self.line(&format!("- **{what}:** {text}"));
    }

    /// A paragraph; `text` is Markdown.
    pub(in crate::train) fn paragraph(&mut self, text: &str) {
        self.blank();
        self.line(text);
        self.line("");
    }

    /// A table; cells are Markdown.
    pub(in crate::train) fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        self.blank();
        self.line(&format!("| {} |", head.join(" | ")));
        self.line(&format!("|{}", " --- |".repeat(head.len())));
        for row in rows {
            self.line(&format!("| {} |", row.join(" | ")));
        }
        self.line("");
    }

    /// An empty line, unless there is one.
    fn blank(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.line("");
        }
    }

    pub(in crate::train) fn into_text(mut self) -> String {
        self.text.truncate(self.text.trim_end().len());
        self.text.push('\n');
        self.text
    }
}

/// Text of the data as plain text of Markdown, on one line: no markup, no HTML,
/// no link and no table cell comes of it.
pub(in crate::train) fn escaped(text: &str) -> String {
    noted(text)
        .replace("://", "\\://")
        .replace("www.", "www\\.")
}

/// As [`escaped`], but addresses stay links: for what the model's owner says.
pub(in crate::train) fn noted(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in clean(text).chars().take(MOST_LETTERS) {
        match c {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => {
                escaped.push('\\');
                escaped.push(c);
            }
            c => escaped.push(c),
        }
    }
    escaped.trim().to_owned()
}

/// What people were to say of the model, or that they did not.
pub(in crate::train) fn stated(note: Option<&String>) -> String {
    note.map_or_else(|| "not stated".to_owned(), |note| noted(note))
}

/// A name of the data. Code spans know no escapes, so that a name with a
/// backtick or a bar stands as plain text.
pub(in crate::train) fn code(name: &str) -> String {
    let name = clean(name);
    if name.is_empty() || name.trim() != name || name.contains(['`', '|', '<', '&']) {
        return format!("\"{}\"", escaped(&name));
    }
    let mut cut: String = name.chars().take(MOST_LETTERS).collect();
    if cut.len() < name.len() {
        cut.push('…');
    }
    format!("`{cut}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_cannot_leave_its_place() {
        assert_eq!(escaped("<b>|x|\n# y"), "&lt;b&gt;\\|x\\| \\# y");
        assert_eq!(escaped("https://a.b"), "https\\://a.b");
        assert_eq!(noted("https://a.b"), "https://a.b");
        assert_eq!(escaped("[a](b)"), "\\[a\\](b)");
        assert_eq!(code("tenure"), "`tenure`");
        assert_eq!(code("a`b"), "\"a\\`b\"");
        assert_eq!(code(""), "\"\"");
    }
}
