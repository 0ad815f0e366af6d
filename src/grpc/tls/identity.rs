//! What a server speaks TLS by: its certificate, its key, and whose client
//! certificates it takes.

use std::sync::Arc;

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, ServerConfig, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{
        CertificateDer, CertificateRevocationListDer, PrivateKeyDer, ServerName, UnixTime,
        pem::{self, PemObject},
    },
    server::{NoServerSessionStorage, VerifierBuilderError, WebPkiClientVerifier},
};

use super::validity;

/// The protocol of gRPC.
const HTTP_2: &[u8] = b"h2";

/// Read and found to hold together.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) server: Arc<ServerConfig>,
    /// When the first certificate of the chain ends, in seconds since 1970.
    pub(super) not_after: Option<u64>,
    /// When the first list of revoked certificates is to be replaced.
    pub(super) next_update: Option<u64>,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// Whose client certificates are taken, in PEM.
#[derive(Clone, Copy)]
pub(super) struct Clients<'p> {
    pub(super) authorities: &'p [u8],
    pub(super) revoked: Option<&'p [u8]>,
}

/// Why TLS cannot be spoken by what was read.
#[derive(Debug, thiserror::Error)]
pub enum InvalidIdentity {
    /// It is no PEM of certificates.
    #[error("the certificate cannot be read: {0}")]
    Certificate(pem::Error),
    /// There is none.
    #[error("the file of the certificate holds none")]
    NoCertificate,
    /// It is no PEM of a private key.
    #[error("the key cannot be read: {0}")]
    Key(pem::Error),
    /// The key does not belong to the certificate, or is of a kind that is not
    /// known.
    #[error("certificate and key do not go together: {0}")]
    Pair(Error),
    /// The authorities are none.
    #[error("the authorities of client certificates cannot be read: {0}")]
    Authorities(pem::Error),
    /// One of them is no certificate.
    #[error("the authorities of client certificates: {0}")]
    Authority(Error),
    /// There are none, or a list of revoked certificates cannot be used.
    #[error("the authorities of client certificates, or their revocation lists: {0}")]
    NoAuthority(#[from] VerifierBuilderError),
    /// The lists of revoked certificates are none.
    #[error("the lists of revoked client certificates cannot be read: {0}")]
    Revoked(pem::Error),
    /// There is none.
    #[error("the file of revoked client certificates holds no list")]
    NoList,
}

impl Identity {
    /// Reads PEM.
    pub(super) fn read(
        cert: &[u8],
        key: &[u8],
        clients: Option<Clients<'_>>,
    ) -> Result<Self, InvalidIdentity> {
        let chain = certificates(cert).map_err(InvalidIdentity::Certificate)?;
        if chain.is_empty() {
            return Err(InvalidIdentity::NoCertificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(InvalidIdentity::Key)?;
        let builder = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .map_err(InvalidIdentity::Pair)?;
        let revoked = clients.and_then(|clients| clients.revoked);
        let revoked = revoked.map(lists).transpose()?.unwrap_or_default();
        let next_update = revoked
            .iter()
            .filter_map(|list| validity::next_update(list));
        let next_update = next_update.min();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(Clients { authorities, .. }) => {
                let mut roots = RootCertStore::empty();
                for root in certificates(authorities).map_err(InvalidIdentity::Authorities)? {
                    roots.add(root).map_err(InvalidIdentity::Authority)?;
                }
                // With lists, rustls refuses whom they revoke and whom none of them knows
                // of; without any, it does not ask.
                let verifier =
                    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
                        .with_crls(revoked);
                builder.with_client_cert_verifier(verifier.build()?)
            }
        };
        let mut server = builder
            .with_single_cert(chain.clone(), key.clone_key())
            .map_err(InvalidIdentity::Pair)?;
        server.alpn_protocols = vec![HTTP_2.to_vec()];
        if clients.is_some() {
            // A session that is taken up again asks for no certificate, so that one
            // that has ended would go on.
            server.session_storage = Arc::new(NoServerSessionStorage {});
            server.send_tls13_tickets = 0;
        }
        let ends = chain
            .iter()
            .map(|certificate| validity::not_after(certificate));
        Ok(Self {
            server: Arc::new(server),
            not_after: ends.flatten().min(),
            next_update,
            chain,
            key,
        })
    }

    /// Asks whoever has this very certificate, and shows it too.
    pub(super) fn client(&self) -> Result<ClientConfig, Error> {
        let Some(own) = self.chain.first() else {
            return Err(Error::NoCertificatesPresented);
        };
        let only = Only {
            own: own.clone(),
            provider: provider(),
        };
        let mut client = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(only))
            .with_client_auth_cert(self.chain.clone(), self.key.clone_key())?;
        client.alpn_protocols = vec![HTTP_2.to_vec()];
        Ok(client)
    }
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
    CertificateDer::pem_slice_iter(pem).collect()
}

fn lists(pem: &[u8]) -> Result<Vec<CertificateRevocationListDer<'static>>, InvalidIdentity> {
    let lists = CertificateRevocationListDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>();
    let lists = lists.map_err(InvalidIdentity::Revoked)?;
    if lists.is_empty() {
        return Err(InvalidIdentity::NoList);
    }
    Ok(lists)
}

/// Takes one certificate, byte for byte, whatever it says: a probe reaches its own
/// server by an address that no certificate names.
#[derive(Debug)]
struct Only {
    own: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Only {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if *end_entity == self.own {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::General(
                "another certificate than its own".to_owned(),
            ))
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}
