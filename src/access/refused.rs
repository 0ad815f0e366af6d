//! Why somebody may not ask. No text repeats what a caller sent as a credential.

use super::Scope;
use crate::artifact::ModelName;

/// Why nobody knows who is calling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// No token, and no client certificate.
    #[error("a credential is required: `authorization: Bearer <token>`")]
    Missing,
    /// The header is not `Bearer` and one token, or there are several.
    #[error("the `authorization` metadata must be one `Bearer <token>`")]
    Malformed,
    /// The token is longer than any that is issued.
    #[error("the token is longer than 8192 bytes")]
    TooLarge,
    /// No key of that digest, no signature by a known key.
    #[error("the token is none that this server knows")]
    Unknown,
    /// Its time has passed.
    #[error("the token has expired; get another")]
    Expired,
    /// Its time has not come.
    #[error("the token is not valid yet; compare the clocks")]
    NotYet,
    /// It was issued by somebody else than its key belongs to.
    #[error("the token is of another issuer")]
    Issuer,
    /// It was issued for another service.
    #[error("the token is for another audience")]
    Audience,
    /// The certificate is of nobody that the access file names.
    #[error("the client certificate belongs to nobody that this server knows")]
    Certificate,
    /// The keys of the token's issuer have not been had yet.
    #[error("the issuer's keys cannot be had at present; try again")]
    NoKeys,
}

/// Why somebody who is known may not do that.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It is beyond its scopes.
    #[error("this needs the scope `{0}`")]
    Scope(Scope),
    /// The model is not one of its own.
    #[error("model `{0}` is none that this principal may use")]
    Model(ModelName),
}
