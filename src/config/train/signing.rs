//! Options of `holdfast-train new-key`, `sign` and `verify`, and how a command that
//! publishes signs.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use clap::Args;
use serde_json::{Value, json};

use super::{
    Surroundings,
    answer::{Answer, Failure, REFUSED},
    exchange::StoreOptions,
    shared::{ModelOptions, OutputOptions},
};
use crate::{
    artifact::{Identity, Location, PublicKey, SignaturePolicy, SigningKey, Trust},
    config::{
        access_file::{NOT_PLAIN, is_plain},
        trust_file,
    },
    train::assess::{self, ModelSelector, Verified},
};

/// Holds a private key, as PEM.
const SIGNING_KEY: &str = "HOLDFAST_SIGNING_KEY";

const NEW_KEY_EXAMPLE: &str = "Example:
  holdfast-train new-key --key release.key --name release-2026 >> trusted-keys.toml

The file is for its owner only. What is printed belongs into the file of trusted keys of
every server. `openssl genpkey -algorithm ed25519` makes such keys too.

Exit codes:
  0  the key is made
  2  the command line is wrong
  5  it cannot be written";

const SIGN_EXAMPLE: &str = "Example:
  holdfast-train sign --model models/telco-churn@3 --key release.key

Without --key, the variable HOLDFAST_SIGNING_KEY holds the key itself. The version passes
verification first. Signatures of other keys stay.

Exit codes:
  0  the version is signed
  2  the command line is wrong, or the key cannot be used
  5  the signature cannot be written
  6  the model cannot be loaded";

const VERIFY_EXAMPLE: &str = "Examples:
  holdfast-train verify --models models --trusted-keys trusted-keys.toml
  holdfast-train verify --model telco-churn@3 --trusted-keys trusted-keys.toml

Exit codes:
  0  every version is sound, and signed by a trusted key
  2  the command line is wrong, or the trusted keys cannot be used
  5  the answer could not be written
  6  the models cannot be listed, or there is none
  7  a version is not";

/// Options of `holdfast-train new-key`.
#[derive(Debug, Args)]
#[command(after_help = NEW_KEY_EXAMPLE)]
pub struct NewKey {
    /// File of the private key; it must not be there yet
    #[arg(long, value_name = "FILE")]
    key: PathBuf,

    /// Name of the key among the trusted ones [default: the file's, without its end]
    #[arg(long)]
    name: Option<String>,

    #[command(flatten)]
    output: OutputOptions,
}

/// Options of `holdfast-train sign`.
#[derive(Debug, Args)]
#[command(after_help = SIGN_EXAMPLE)]
pub struct Sign {
    #[command(flatten)]
    model: ModelOptions,

    /// File of the private key, in PEM; nobody but its owner and its group may read it
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    output: OutputOptions,
}

/// Options of `holdfast-train verify`.
#[derive(Debug, Args)]
#[command(after_help = VERIFY_EXAMPLE)]
pub struct Verify {
    /// The model as [DIR/]NAME[@VERSION], all its versions unless one is named
    /// [default: all models]
    #[arg(long, value_name = "MODEL")]
    model: Option<ModelSelector>,

    /// Directory of models, or `s3://BUCKET/PREFIX`, where MODEL names none
    #[arg(long, value_name = "DIR", default_value = "models")]
    models: PathBuf,

    /// The keys whose signatures count
    #[arg(long, value_name = "FILE")]
    trusted_keys: PathBuf,

    #[command(flatten)]
    store: StoreOptions,
    #[command(flatten)]
    output: OutputOptions,
}

/// How a command signs what it publishes.
#[derive(Debug, Default, Clone, Args)]
pub(super) struct SignOptions {
    /// Sign the version that is published by the private key in this file
    #[arg(long, value_name = "FILE")]
    sign_key: Option<PathBuf>,
}

impl SignOptions {
    pub(super) fn key(&self) -> Result<Option<SigningKey>, Failure> {
        let key = self.sign_key.as_deref().map(SigningKey::read).transpose();
        Ok(key?)
    }
}

impl NewKey {
    pub(super) fn run(self) -> Result<Answer, Failure> {
        let stem = || {
            self.key
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
        };
        let name = self.name.clone().or_else(stem).unwrap_or_default();
        if !is_plain(&name) {
            return Err(Failure::usage(format!("--name {NOT_PLAIN}")));
        }
        let made = Made {
            name,
            key: SigningKey::create(&self.key)?.public(),
        };
        Ok(self.output.answer(&made, || made.json()))
    }
}

impl Sign {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let key = match (&self.key, (surroundings.environment)(SIGNING_KEY)) {
            (Some(path), _) => SigningKey::read(path)?,
            (None, Some(pem)) => pem
                .parse()
                .map_err(|error| Failure::usage(format!("{SIGNING_KEY} {error}")))?,
            (None, None) => {
                let text = format!("name a key by --key, or in {SIGNING_KEY}");
                return Err(Failure::usage(text));
            }
        };
        let model = self.model.into_model()?;
        let store = self.store.open(location(&model.models)?, surroundings)?;
        let version = assess::version_of(&store, &model.name, model.version)?;
        let signed = Signed {
            identity: store.sign(&model.name, version, &key)?,
            key: key.public(),
        };
        Ok(Answer {
            published: true,
            ..self.output.answer(&signed, || signed.json())
        })
    }
}

impl Verify {
    pub(super) fn run(self, surroundings: &Surroundings<'_>) -> Result<Answer, Failure> {
        let keys = trust_file::read(&self.trusted_keys);
        let keys = keys.map_err(|error| Failure::usage(error.to_string()))?;
        let trust = Trust::new(SignaturePolicy::Require, keys);
        let model = self.model.map(|model| model.within(&self.models));
        let models = model.as_ref().map_or(&self.models, |model| &model.models);
        let store = self.store.open(location(models)?, surroundings)?;
        let which = model.as_ref().map(|model| (&model.name, model.version));
        let verified: Verified = assess::verify(&store, which, trust)?;
        Ok(Answer {
            code: if verified.all_hold() { 0 } else { REFUSED },
            ..self.output.answer(&verified, || verified.json())
        })
    }
}

fn location(models: &Path) -> Result<Location, Failure> {
    match models.to_str() {
        Some(text) => text
            .parse()
            .map_err(|error| Failure::usage(format!("{text}: {error}"))),
        None => Ok(Location::Directory(models.to_owned())),
    }
}

/// A key that was made.
struct Made {
    name: String,
    key: PublicKey,
}

impl Made {
    fn json(&self) -> Value {
        json!({"name": self.name, "key": self.key.to_string(), "id": self.key.id().to_string()})
    }
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, key } = self;
        write!(
            f,
            "[[keys]]  # {}\nname = \"{name}\"\nkey = \"{key}\"",
            key.id()
        )
    }
}

/// A version that was signed.
struct Signed {
    identity: Identity,
    key: PublicKey,
}

impl Signed {
    fn json(&self) -> Value {
        json!({
            "name": self.identity.name.as_str(),
            "version": self.identity.version.get(),
            "digest": self.identity.digest.as_str(),
            "key": self.key.to_string(),
            "id": self.key.id().to_string(),
        })
    }
}

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Identity {
            name,
            version,
            digest,
        } = &self.identity;
        write!(
            f,
            "signed {name} version {version}\ndigest {digest}\nkey {}",
            self.key.id()
        )
    }
}
