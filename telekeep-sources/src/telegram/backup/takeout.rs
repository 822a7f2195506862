//! The export a run is part of: entered at the beginning, replaced when the server ends it, and
//! finished at the end.
//!
//! Requests are wrapped far below, in the wire; here is decided what happens when Telegram lets
//! the account wait, refuses, or ends the session in mid-run. A wait is never slept through unless
//! somebody asked for that, and nothing is ever asked outside of the export instead.

use std::time::{Duration, SystemTime};

use super::Options;
use super::error::{BackupError, TakeoutError};
use super::options::Takeouts;
use super::run::{Engine, Halt};
use super::selection::{ChatType, MediaSelection};
use crate::monitor::{Wait, WaitReason};
use crate::telegram::wire::{CallError, Client, Reply, TakeoutScope, is_takeout_lost};

/// How often the session may be replaced in one run. Two programs that export the same account
/// would otherwise end each other's sessions for ever.
const REPLACEMENTS: u32 = 5;

/// The largest file there is on Telegram.
const LARGEST_FILE: u64 = 4000 << 20;
/// More than thumbnails and photos of people have.
const SMALL_PICTURE: u64 = 1 << 20;

/// Bounds of what is believed of a wait.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(366 * 24 * 3600);

/// Time for the last word about an export whose run ended.
const LAST_WORD: Duration = Duration::from_secs(15);

/// One replacement at a time, counted.
#[derive(Debug, Default)]
pub(crate) struct Turn {
    replaced: u32,
    /// Why there is none any more; every task of the run gets the same answer.
    over: Option<TakeoutError>,
}

/// Exactly what a run asks for.
fn scope(options: &Options) -> TakeoutScope {
    let wants = |types: &[ChatType]| types.iter().any(|of| options.selection.may_have(*of));
    let supergroups = wants(&[ChatType::Supergroups, ChatType::Left]);
    TakeoutScope {
        // A run for chats named one by one asks for no telephone book.
        contacts: !options.selection.is_by_name(),
        users: wants(&[ChatType::Users, ChatType::Bots, ChatType::Saved]),
        // The beginning of a supergroup may be in the basic group that it was.
        groups: supergroups || wants(&[ChatType::Groups]),
        // What people write to a channel is in a supergroup, technically.
        supergroups: supergroups || wants(&[ChatType::Users]),
        channels: wants(&[ChatType::Channels, ChatType::Left]),
        files: options.media.then(|| largest(&options.selection.media)),
    }
}

/// The largest file that is selected, bytes. Pictures of people and thumbnails have no limit.
fn largest(media: &MediaSelection) -> u64 {
    let general = media.max_size.unwrap_or(LARGEST_FILE);
    let of_kinds = media.max_size_of.values().copied().max();
    let selected = general.max(of_kinds.unwrap_or(0));
    selected.clamp(SMALL_PICTURE, LARGEST_FILE)
}

/// How long the server lets the account wait before it may export, when that is its answer.
fn delay_of(error: &CallError) -> Option<Duration> {
    let rpc = error.rpc().filter(|rpc| rpc.is("TAKEOUT_INIT_DELAY"))?;
    let seconds = rpc.value.and_then(|value| u64::try_from(value).ok());
    // It is added to the present time, and a server may say anything.
    Some(Duration::from_secs(seconds.unwrap_or(0)).clamp(SHORTEST_WAIT, LONGEST_WAIT))
}

impl Engine {
    /// Begins the export, or goes on with the one an earlier run did not finish.
    pub(super) async fn enter_takeout(&self) -> Result<(), Halt> {
        if self.options.takeout == Takeouts::Avoid {
            return Ok(());
        }
        let scope = scope(&self.options);
        loop {
            let entered = tokio::select! {
                entered = self.client.enter_takeout(&scope) => entered,
                () = self.stop.wait() => return Err(Halt::Stopped),
            };
            let Err(error) = entered else { return Ok(()) };
            match delay_of(&error) {
                Some(wait) => self.delayed(wait).await?,
                None => return Err(refusal(&error).into()),
            }
        }
    }

    /// Waits until the export may be tried again, if that is wanted.
    async fn delayed(&self, wait: Duration) -> Result<(), Halt> {
        let until = SystemTime::now() + wait;
        if self.options.takeout != Takeouts::Await {
            return Err(BackupError::Takeout(TakeoutError::Delayed { until, wait }).into());
        }
        let reason = WaitReason::Takeout;
        self.monitor.wait(&Wait { reason, until });
        // The owner may allow it on another device at any moment, which only asking shows.
        let pause = wait.min(self.options.takeout_look);
        tokio::select! {
            () = tokio::time::sleep(pause) => Ok(()),
            () = self.stop.wait() => Err(Halt::Stopped),
        }
    }

    /// Makes a call inside the export. When the server ended that meanwhile, another one is begun
    /// and the call is repeated in it, so nothing is lost.
    pub(super) async fn inside<F>(
        &self,
        call: impl Fn() -> F,
    ) -> Result<Result<Reply, CallError>, Halt>
    where
        F: Future<Output = Result<Reply, CallError>>,
    {
        loop {
            let used = self.client.takeout();
            let reply = tokio::select! {
                reply = call() => reply,
                () = self.stop.wait() => return Err(Halt::Stopped),
            };
            match (&reply, used) {
                (Err(error), Some(used)) if is_takeout_lost(error) => self.replace(used).await?,
                _ => return Ok(reply),
            }
        }
    }

    /// Begins another export in the place of one that is no more, unless another task did so.
    async fn replace(&self, lost: i64) -> Result<(), Halt> {
        let mut turn = self.turn.lock().await;
        if let Some(error) = &turn.over {
            return Err(BackupError::Takeout(error.clone()).into());
        }
        if self.client.takeout() != Some(lost) {
            return Ok(());
        }
        turn.replaced += 1;
        let replaced = match turn.replaced > REPLACEMENTS {
            true => Err(BackupError::Takeout(TakeoutError::Contested).into()),
            false => {
                self.client.lose_takeout(lost).map_err(BackupError::Call)?;
                self.enter_takeout().await
            }
        };
        if let Err(Halt::Failed(error)) = &replaced
            && let BackupError::Takeout(error) = &**error
        {
            turn.over = Some(error.clone());
        }
        replaced
    }
}

/// The server does not let this account export, for another reason than time.
fn refusal(error: &CallError) -> BackupError {
    match BackupError::of_needed(error) {
        Some(fatal) => fatal,
        None => BackupError::Takeout(TakeoutError::Refused {
            name: super::list::name_of(error),
        }),
    }
}

/// Tells the server how the export ended: well, when the run came to its end and everything is
/// durable; not well, when the run broke down. A run that was only interrupted, by its owner, a
/// wait or the network, goes on in the same export the next time.
pub(super) async fn settle(client: &Client, end: End) {
    let success = match end {
        End::Whole => true,
        End::Broken => false,
        End::Interrupted => return,
    };
    // Without an answer the session stays known, and the next run goes on in it.
    let _ = tokio::time::timeout(LAST_WORD, client.finish_takeout(success)).await;
}

/// How a run ended, for its export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Whole,
    Interrupted,
    Broken,
}

impl End {
    pub fn of(error: &BackupError) -> End {
        match error {
            BackupError::Wait { .. }
            | BackupError::Call(_)
            | BackupError::Revoked { .. }
            | BackupError::Takeout(_) => End::Interrupted,
            _ => End::Broken,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::selection::Selection;
    use super::*;
    use crate::spool::FileKind;

    /// What is announced: private chats, basic groups, supergroups, channels.
    fn announced(selection: Selection) -> [bool; 4] {
        let scope = scope(&Options {
            selection,
            ..Options::default()
        });
        [scope.users, scope.groups, scope.supergroups, scope.channels]
    }

    #[test]
    fn files_are_announced_up_to_the_largest_that_is_selected() {
        assert_eq!(largest(&MediaSelection::default()), LARGEST_FILE);
        let mut media = MediaSelection {
            max_size: Some(1000),
            ..MediaSelection::default()
        };
        assert_eq!(largest(&media), SMALL_PICTURE);
        media.max_size_of.insert(FileKind::Video, 5_000_000);
        assert_eq!(largest(&media), 5_000_000);
        media.max_size_of.insert(FileKind::Video, u64::MAX);
        assert_eq!(largest(&media), LARGEST_FILE);
    }

    #[test]
    fn an_export_is_announced_for_what_is_selected() {
        let types = |types: &[ChatType]| Selection {
            types: types.to_vec(),
            ..Selection::default()
        };
        assert_eq!(announced(Selection::default()), [true; 4]);
        assert_eq!(
            announced(types(&[ChatType::Bots])),
            [true, false, false, false]
        );
        assert_eq!(
            announced(types(&[ChatType::Groups])),
            [false, true, false, false]
        );
        assert_eq!(
            announced(types(&[ChatType::Channels])),
            [false, false, false, true]
        );
        // Direct messages to a channel are private, and in a supergroup.
        assert_eq!(
            announced(types(&[ChatType::Users])),
            [true, false, true, false]
        );
        // A supergroup may go on from a basic group; what was left may be either.
        assert_eq!(
            announced(types(&[ChatType::Supergroups])),
            [false, true, true, false]
        );
        assert_eq!(
            announced(types(&[ChatType::Left])),
            [false, true, true, true]
        );
        let without = Selection {
            exclude_types: vec![ChatType::Users, ChatType::Bots, ChatType::Saved],
            ..Selection::default()
        };
        assert_eq!(announced(without), [false, true, true, true]);
        // A name can be that of any chat.
        let named = Selection {
            chats: vec!["Ada".into()],
            ..types(&[ChatType::Channels])
        };
        assert_eq!(announced(named), [true; 4]);
        let contacts = |selection: Selection| {
            let options = Options {
                selection,
                ..Options::default()
            };
            scope(&options).contacts
        };
        assert!(contacts(types(&[ChatType::Channels])));
        assert!(!contacts(Selection {
            chats: vec!["Ada".into()],
            ..Selection::default()
        }));
    }
}
