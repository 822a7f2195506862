//! Why files are left out: one place decides, for new files and for those known already.

use std::collections::HashSet;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::recorder::Recorder;
use super::selection::{self, MediaSelection};
use crate::spool::{FileRow, Origin, Scope, SpoolError, SpoolTx};
use crate::telegram::media::collect;
use crate::telegram::media::portrait::{PORTRAIT, is_portrait};
use crate::telegram::media::web::{ELSEWHERE, is_elsewhere};

/// The rules of a run.
#[derive(Debug, Clone, Default)]
pub(crate) struct FileRules {
    /// What is selected.
    pub media: MediaSelection,
    /// Also files of chats and messages whose owner forbids saving.
    pub keep_protected: bool,
}

impl FileRules {
    /// The rule that leaves a file out, if one does. `guarded` says that its owner forbids saving.
    pub fn rule(&self, file: &FileRow, guarded: bool) -> Option<&'static str> {
        if let Some(rule) = self.media.original_only(file) {
            return Some(rule);
        }
        if is_elsewhere(file) {
            return Some(ELSEWHERE);
        }
        if is_portrait(&file.key) {
            let out = self.media.chat_photos_only
                || (guarded && !self.keep_protected)
                || self.media.rule(file).is_some();
            return out.then_some(PORTRAIT);
        }
        if guarded && !self.keep_protected {
            return Some(collect::PROTECTED);
        }
        self.media.rule(file)
    }

    /// Changes whenever a file may have to be decided about anew.
    fn digest(&self, out: &HashSet<i64>) -> Vec<u8> {
        let mut out: Vec<_> = out.iter().collect();
        out.sort_unstable();
        let rules = json!({"media": self.media, "protected": self.keep_protected, "out": out});
        Sha256::digest(rules.to_string()).to_vec()
    }
}

impl Recorder {
    /// Records which chats are selected, and decides anew about files when anything changed.
    pub(super) fn store_chosen(
        &self,
        tx: &mut SpoolTx<'_>,
        scopes: &[(i64, Scope)],
    ) -> Result<(), SpoolError> {
        let mut out = HashSet::new();
        for (chat, scope) in scopes {
            tx.set_scope(*chat, scope)?;
            if scope.out.is_some() {
                // It is not tried again.
                tx.resolve("chat", &chat.to_string())?;
                out.insert(*chat);
            }
        }
        if !tx.see_file_rules(&self.rules.digest(&out))? {
            return Ok(());
        }
        tx.reconsider_files(|file, guarded| {
            let wanted = file.origins.is_empty()
                || file.origins.iter().any(|origin| match origin {
                    Origin::Message { chat, .. } => !out.contains(chat),
                    Origin::Account(shelf) => shelf.chat().is_none_or(|chat| !out.contains(&chat)),
                });
            match wanted {
                true => self.rules.rule(file, guarded),
                false => Some(selection::CHAT),
            }
        })
        .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spool::FileTraits;

    #[test]
    fn what_only_another_site_has_is_left_out() {
        let picture = |access_hash| FileRow {
            key: "web/00".to_owned(),
            dc: 0,
            size: 1,
            access_hash,
            reference: b"https://e.org/a.jpg".to_vec(),
            mime: None,
            name: None,
            origins: Vec::new(),
            attempts: 0,
            traits: FileTraits::default(),
        };
        let rules = FileRules::default();
        assert_eq!(rules.rule(&picture(7), false), None);
        assert_eq!(rules.rule(&picture(0), false), Some(ELSEWHERE));
        assert!(collect::is_rule(ELSEWHERE) && collect::is_told(ELSEWHERE));
    }
}
