//! How a client shows who it is, and knows whom it talks to.

use std::fmt;

use tonic::{
    Request, Status,
    metadata::{Ascii, MetadataValue},
    service::Interceptor,
    transport::{Certificate, ClientTlsConfig, Identity},
};

/// An API key or a signed token. Nothing prints it.
#[derive(Clone, PartialEq)]
pub struct Token(MetadataValue<Ascii>);

/// No text of visible characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a token must be of visible ASCII characters, without blanks")]
pub struct InvalidToken;

/// How a connection is encrypted, and by whom it is vouched for.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ClientTls {
    /// The authorities that the server's certificate may be of, in PEM; `None`:
    /// those that the system trusts.
    pub authorities: Option<Vec<u8>>,
    /// The client's own certificate with its chain, and its private key, in PEM.
    pub identity: Option<(Vec<u8>, Vec<u8>)>,
    /// The name that the server's certificate must have; `None`: that of the
    /// address.
    pub server_name: Option<String>,
}

/// Adds the token to every call.
#[derive(Clone)]
pub(super) struct Bearer(pub(super) Option<Token>);

impl Token {
    /// A token, such as an issuer gave it.
    ///
    /// # Errors
    ///
    /// When it could stand in no header.
    pub fn new(token: &str) -> Result<Self, InvalidToken> {
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(InvalidToken);
        }
        let value: Result<MetadataValue<Ascii>, _> = format!("Bearer {token}").parse();
        let mut value = value.map_err(|_| InvalidToken)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token")
    }
}

/// The key is left out.
impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientTls")
            .field("authorities", &self.authorities.is_some())
            .field("identity", &self.identity.is_some())
            .field("server_name", &self.server_name)
            .finish()
    }
}

impl From<&ClientTls> for ClientTlsConfig {
    fn from(tls: &ClientTls) -> Self {
        let ClientTls {
            authorities,
            identity,
            server_name,
        } = tls;
        let mut config = match authorities {
            Some(pem) => Self::new().ca_certificate(Certificate::from_pem(pem)),
            None => Self::new().with_native_roots(),
        };
        if let Some((cert, key)) = identity {
            config = config.identity(Identity::from_pem(cert, key));
        }
        if let Some(name) = server_name {
            config = config.domain_name(name);
        }
        config
    }
}

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(Token(value)) = &self.0 {
            let metadata = request.metadata_mut();
            metadata.insert("authorization", value.clone());
        }
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_prints_a_token_or_a_key() {
        let token = Token::new("s3cret").unwrap();
        let tls = ClientTls {
            identity: Some((Vec::new(), b"s3cret".to_vec())),
            ..ClientTls::default()
        };
        let printed = format!("{token:?} {tls:?}");
        assert!(
            !printed.contains("s3cret") && !printed.contains("115"),
            "{printed}"
        );
        for bad in ["", "a b", "a\nb", "é"] {
            assert_eq!(Token::new(bad), Err(InvalidToken));
        }
    }
}
