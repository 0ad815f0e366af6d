//! The next catalogue: what the disk says, as far as it passes.

use std::{collections::BTreeMap, fs, sync::Arc};

use tracing::{error, info, warn};

use super::{Building, Catalogue, Change, Entry, OpenError, Registry, ReloadOutcome, changes};
use crate::artifact::ModelName;

impl Registry {
    /// Looks at the disk and puts what passes verification in place of what is
    /// loaded; requests go on meanwhile. What did not change is not read again.
    /// Every change is logged, once. Blocks, on files and while another thread
    /// reloads.
    ///
    /// # Errors
    ///
    /// When the directory of models cannot be listed; all goes on as it was.
    pub fn reload(&self) -> Result<ReloadOutcome, OpenError> {
        let mut building = self.lock();
        let outcome = self.build(&mut building);
        let fault = outcome.as_ref().err().map(ToString::to_string);
        if fault != building.fault {
            if let Some(fault) = &fault {
                error!(
                    error = fault,
                    "models cannot be listed; all stay as they are"
                );
            } else {
                info!("models can be listed again");
            }
            building.fault = fault;
        }
        outcome
    }

    /// Builds and swaps. The caller holds the lock.
    pub(super) fn build(&self, building: &mut Building) -> Result<ReloadOutcome, OpenError> {
        let before = self.current();
        let mut models = BTreeMap::new();
        let mut outcome = ReloadOutcome::default();
        for name in self.names(building)? {
            let entry = self.entry(&name, before.entry(&name), &mut outcome);
            models.insert(name, entry);
        }
        // Gone from the disk; whoever asks is served as before.
        for (name, entry) in before.entries() {
            if !models.contains_key(name) {
                let entry = self.entry(name, Some(entry), &mut outcome);
                models.insert(name.clone(), entry);
            }
        }
        self.swap(&before, models);
        Ok(outcome)
    }

    /// The same for one model.
    pub(super) fn build_model(&self, _: &mut Building, name: &ModelName) -> ReloadOutcome {
        let before = self.current();
        let mut outcome = ReloadOutcome::default();
        let entry = self.entry(name, before.entry(name), &mut outcome);
        let mut models = before.entries().clone();
        models.insert(name.clone(), entry);
        self.swap(&before, models);
        outcome
    }

    fn swap(&self, before: &Catalogue, models: BTreeMap<ModelName, Arc<Entry>>) {
        let old = before.entries();
        let same = old.len() == models.len()
            && old
                .values()
                .zip(models.values())
                .all(|(a, b)| Arc::ptr_eq(a, b));
        if !same {
            self.current.store(Arc::new(Catalogue::new(models)));
        }
    }

    /// The entry before, if nothing changed.
    fn entry(
        &self,
        name: &ModelName,
        before: Option<&Arc<Entry>>,
        outcome: &mut ReloadOutcome,
    ) -> Arc<Entry> {
        let nothing = Arc::default();
        let known = before.unwrap_or(&nothing);
        let next = known.next(&self.root, name, self.resident_versions);
        for changed in changes::between(known, &next) {
            changes::log(name, &changed);
            outcome.changes.push(Change {
                model: name.clone(),
                changed,
            });
        }
        match before {
            Some(before) if before.is(&next) => Arc::clone(before),
            _ => Arc::new(next),
        }
    }

    /// The models that have a directory. Other entries are logged once.
    fn names(&self, building: &mut Building) -> Result<Vec<ModelName>, OpenError> {
        let failed = |source| OpenError {
            path: self.root.clone(),
            source,
        };
        let mut names = Vec::new();
        for entry in fs::read_dir(&self.root).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            if kind.is_file() {
                continue;
            }
            let file_name = entry.file_name();
            let why = match file_name.to_string_lossy().parse::<ModelName>() {
                Ok(name) if kind.is_dir() => {
                    names.push(name);
                    continue;
                }
                Ok(_) => "links are not followed",
                Err(_) => "not a model's name",
            };
            if building.passed_over.insert(file_name.clone()) {
                warn!(entry = ?file_name, "passed over: {why}");
            }
        }
        Ok(names)
    }
}
