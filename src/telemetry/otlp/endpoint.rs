//! Where a collector listens.

use std::{fmt, str::FromStr};

use tonic::codegen::http::Uri;

/// The address of a collector, such as `http://localhost:4318`.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Without a slash at its end.
    url: String,
    tls: bool,
}

/// What is no address of a collector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the address of a collector is http:// or https://, a host and a port, as in http://localhost:4318; credentials belong in headers"
)]
pub struct InvalidEndpoint;

impl Endpoint {
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Whether TLS is spoken.
    pub(super) fn is_encrypted(&self) -> bool {
        self.tls
    }
}

impl FromStr for Endpoint {
    type Err = InvalidEndpoint;

    fn from_str(url: &str) -> Result<Self, InvalidEndpoint> {
        let url = url.trim_end_matches('/');
        let uri: Uri = url.parse().map_err(|_| InvalidEndpoint)?;
        let tls = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(InvalidEndpoint),
        };
        let authority = uri.authority().ok_or(InvalidEndpoint)?;
        if authority.host().is_empty() || authority.as_str().contains('@') || uri.query().is_some()
        {
            return Err(InvalidEndpoint);
        }
        let url = url.to_owned();
        Ok(Self { url, tls })
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_scheme_host_and_no_credentials() {
        for (text, url, tls) in [
            ("http://localhost:4318", "http://localhost:4318", false),
            (
                "https://otlp.example/base/",
                "https://otlp.example/base",
                true,
            ),
            ("http://[::1]:4317/", "http://[::1]:4317", false),
        ] {
            let endpoint: Endpoint = text.parse().unwrap();
            assert_eq!((endpoint.url(), endpoint.is_encrypted()), (url, tls));
        }
        for text in [
            "",
            "localhost:4318",
            "/v1/traces",
            "ftp://localhost",
            "http://",
            "http://user:secret@localhost:4318",
            "http://localhost?key=secret",
        ] {
            assert_eq!(text.parse::<Endpoint>(), Err(InvalidEndpoint), "{text}");
        }
    }
}
