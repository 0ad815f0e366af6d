//! Certificates for tests, made when they are needed.

use std::{fs, path::PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, date_time_ymd,
};
use tempfile::TempDir;

/// Signs certificates.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub(super) pem: String,
}

/// A certificate and its key, in PEM.
pub(super) struct Pair {
    pub(super) cert: String,
    pub(super) key: String,
}

/// Whether its time has passed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    Good,
    Expired,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::DigitalSignature,
        ];
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Self { issuer, pem }
    }

    /// A certificate of a DNS name, or of a URI.
    pub(super) fn sign(&self, name: &str, time: Time) -> Pair {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.subject_alt_names = vec![if name.contains("://") {
            SanType::URI(name.try_into().unwrap())
        } else {
            SanType::DnsName(name.try_into().unwrap())
        }];
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        if time == Time::Expired {
            params.not_after = date_time_ymd(2020, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        let cert = params.signed_by(&key, &self.issuer).unwrap().pem();
        let key = key.serialize_pem();
        Pair { cert, key }
    }
}

/// Files of a server.
pub(super) struct Files(pub(super) TempDir);

impl Files {
    pub(super) fn new(pair: &Pair, authority: &Authority) -> Self {
        let files = Self(TempDir::new().unwrap());
        files.write("cert.pem", &pair.cert);
        files.write("key.pem", &pair.key);
        files.write("ca.pem", &authority.pem);
        files
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// An option that names a file.
    pub(super) fn option(&self, option: &str, name: &str) -> [String; 2] {
        [option.to_owned(), self.path(name).display().to_string()]
    }

    /// What a server of these files is told.
    pub(super) fn options(&self) -> Vec<String> {
        let cert = self.option("--tls-cert", "cert.pem");
        [cert, self.option("--tls-key", "key.pem")].concat()
    }

    /// The same, with client certificates of the authority.
    pub(super) fn mutual(&self) -> Vec<String> {
        let authority = self.option("--tls-client-ca", "ca.pem");
        [self.options(), authority.to_vec()].concat()
    }
}
