//! The next catalogue: what the disk says, as far as it passes.

use std::{collections::BTreeMap, sync::Arc};

use tracing::{error, info, warn};

use super::{
    Building, Catalogue, Change, Entry, OpenError, Registry, ReloadOutcome, changes, next::Rules,
};
use crate::artifact::{Listed, ModelName, View};

impl Registry {
    /// Looks at the disk and puts what passes verification in place of what is
    /// loaded; requests go on meanwhile. What did not change is not read again.
    /// Every change is logged, once. Blocks, on files and while another thread
    /// reloads.
    ///
    /// # Errors
    ///
    /// When the models cannot be listed; all goes on as it was.
    pub fn reload(&self) -> Result<ReloadOutcome, OpenError> {
        let mut building = self.lock();
        let outcome = self.build(&mut building);
        match &outcome {
            Err(error) if !building.unlisted => {
                error!(%error, "models cannot be listed; all stay as they are");
            }
            Ok(_) if building.unlisted => info!("models can be listed again"),
            Ok(_) | Err(_) => {}
        }
        building.unlisted = outcome.is_err();
        outcome
    }

    /// Builds and swaps. The caller holds the lock.
    pub(super) fn build(&self, building: &mut Building) -> Result<ReloadOutcome, OpenError> {
        let before = self.current();
        let mut models = BTreeMap::new();
        let mut outcome = ReloadOutcome::default();
        let view = self.store.view().map_err(self.unlisted())?;
        let view = view.trusting(self.trust.current());
        for name in self.names(&view, building)? {
            let entry = self.entry(&view, &name, before.entry(&name), &mut outcome);
            models.insert(name, entry);
        }
        // Gone from the disk; whoever asks is served as before.
        for (name, entry) in before.entries() {
            if !models.contains_key(name) {
                let entry = self.entry(&view, name, Some(entry), &mut outcome);
                models.insert(name.clone(), entry);
            }
        }
        self.swap(&before, models);
        self.remember(&self.current(), building);
        Ok(outcome)
    }

    /// The same for one model.
    pub(super) fn build_model(
        &self,
        building: &mut Building,
        view: &View<'_>,
        name: &ModelName,
    ) -> ReloadOutcome {
        let before = self.current();
        let mut outcome = ReloadOutcome::default();
        let entry = self.entry(view, name, before.entry(name), &mut outcome);
        let mut models = before.entries().clone();
        models.insert(name.clone(), entry);
        self.swap(&before, models);
        self.remember(&self.current(), building);
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
        view: &View<'_>,
        name: &ModelName,
        before: Option<&Arc<Entry>>,
        outcome: &mut ReloadOutcome,
    ) -> Arc<Entry> {
        let unknown = Arc::new(Entry {
            seen: self.seen(name),
            trust: view.trust().generation(),
            ..Entry::default()
        });
        let known = before.unwrap_or(&unknown);
        let rules = Rules {
            resident_versions: self.resident_versions,
        };
        let next = known.next(view, name, rules);
        for changed in changes::between(known, &next) {
            changes::log(name, &changed);
            self.observer.tell(name, &changed);
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

    /// The models. What is none is logged once.
    fn names(&self, view: &View<'_>, building: &mut Building) -> Result<Vec<ModelName>, OpenError> {
        let Listed { names, passed_over } = view.models().map_err(self.unlisted())?;
        for (entry, why) in passed_over {
            if !building.passed_over.contains(&entry) {
                warn!(?entry, "passed over: {why}");
                building.passed_over.insert(entry);
            }
        }
        Ok(names)
    }
}
