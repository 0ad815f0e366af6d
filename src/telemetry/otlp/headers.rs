//! What is sent along with everything, such as credentials: nothing of it is ever told.

use tonic::codegen::http::{HeaderMap, HeaderName, HeaderValue};

/// Names and values, which are secret.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers(HeaderMap);

/// What are no headers. Nothing of them is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHeaders {
    /// In a variable of the environment.
    #[error("item {0} is not name=value, with what is special in it as %20")]
    Item(usize),
    /// In a file.
    #[error("line {0} is not `name: value`")]
    Line(usize),
}

impl Headers {
    /// Reads `name=value,name=value`, as `OTEL_EXPORTER_OTLP_HEADERS` has them: values
    /// are encoded as in a URL.
    ///
    /// # Errors
    ///
    /// Which one is none.
    pub fn of_variable(text: &str) -> Result<Self, InvalidHeaders> {
        let mut headers = Self::default();
        let items = text.split(',').enumerate();
        for (at, item) in items.filter(|(_, item)| !item.trim().is_empty()) {
            let pair = item.split_once('=');
            let decoded = pair.and_then(|(name, value)| Some((name, decoded(value.trim())?)));
            decoded
                .and_then(|(name, value)| headers.add(name, &value))
                .ok_or(InvalidHeaders::Item(at + 1))?;
        }
        Ok(headers)
    }

    /// Reads a line `name: value` for each.
    ///
    /// # Errors
    ///
    /// Which line is none.
    pub fn of_file(text: &str) -> Result<Self, InvalidHeaders> {
        let mut headers = Self::default();
        let lines = text.lines().enumerate();
        for (at, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let pair = line.split_once(':');
            pair.and_then(|(name, value)| headers.add(name, value.trim().as_bytes()))
                .ok_or(InvalidHeaders::Line(at + 1))?;
        }
        Ok(headers)
    }

    pub(super) fn map(&self) -> &HeaderMap {
        &self.0
    }

    fn add(&mut self, name: &str, value: &[u8]) -> Option<()> {
        let name = HeaderName::from_bytes(name.trim().as_bytes()).ok()?;
        let mut value = HeaderValue::from_bytes(value).ok()?;
        value.set_sensitive(true);
        self.0.insert(name, value);
        Some(())
    }
}

/// Without the percent signs of URLs.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(if byte == b'%' {
            let mut digit = || char::from(bytes.next()?).to_digit(16);
            let code = digit()? * 16 + digit()?;
            u8::try_from(code).ok()?
        } else {
            byte
        });
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read_and_nothing_is_told() {
        let of_variable =
            Headers::of_variable("Authorization=Basic%20c2VjcmV0, x-scope =a=b ,").unwrap();
        let of_file = Headers::of_file("authorization: Basic c2VjcmV0\n\nX-Scope: a=b\n").unwrap();
        assert_eq!(of_variable, of_file);
        assert_eq!(of_file.map()["x-scope"], "a=b");
        assert!(!format!("{of_file:?}").contains("c2VjcmV0"));
    }

    #[test]
    fn what_is_none_is_named_by_its_place() {
        for (text, item) in [("a", 1), ("a=b,c d=e", 2), ("a=%2", 1), ("a=b,c=%0a", 2)] {
            let error = Headers::of_variable(text).unwrap_err();
            assert_eq!(error, InvalidHeaders::Item(item), "{text}");
        }
        let error = Headers::of_file("a: b\nsecret\n").unwrap_err();
        assert_eq!(error, InvalidHeaders::Line(2));
    }
}
