//! Certificates for tests, made when they are needed.

use std::{fs, path::PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, ExtendedKeyUsagePurpose,
    IsCa, Issuer, KeyIdMethod, KeyPair, KeyUsagePurpose, RevokedCertParams, SanType, SerialNumber,
    date_time_ymd,
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
    NotYet,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![
            KeyUsagePurpose::KeyCertSign,
            KeyUsagePurpose::CrlSign,
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
        match time {
            Time::Good => {}
            Time::Expired => params.not_after = date_time_ymd(2020, 1, 1),
            Time::NotYet => params.not_before = date_time_ymd(2100, 1, 1),
        }
        params.serial_number = Some(SerialNumber::from(serial(name)));
        let key = KeyPair::generate().unwrap();
        let cert = params.signed_by(&key, &self.issuer).unwrap().pem();
        let key = key.serialize_pem();
        Pair { cert, key }
    }
}

impl Authority {
    /// A list that revokes the certificates of these names.
    pub(super) fn revoke(&self, names: &[&str]) -> String {
        let revoked = names.iter().map(|name| RevokedCertParams {
            serial_number: SerialNumber::from(serial(name)),
            revocation_time: date_time_ymd(2026, 1, 1),
            reason_code: None,
            invalidity_date: None,
        });
        let params = CertificateRevocationListParams {
            this_update: date_time_ymd(2026, 1, 1),
            next_update: date_time_ymd(2100, 3, 1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        params.signed_by(&self.issuer).unwrap().pem().unwrap()
    }
}

/// Certificates of one name have the same.
fn serial(name: &str) -> u64 {
    name.bytes()
        .fold(1, |sum, byte| sum * 31 % 1_000_003 + u64::from(byte))
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
