//! The JSON lines scripts rely on. Every change here is a change of docs/json.md.
//!
//! One object per line, `type` first. Fields are added, never renamed, retyped or removed
//! within a major version. Dates are unix seconds, sizes are bytes, ids are marked chat ids.

use std::borrow::Cow;

use serde::Serialize;
use telekeep_journal::Head;

/// One line: `body` with `"type":kind` in front of its fields.
pub fn line(kind: &str, body: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Line<'a, T> {
        r#type: &'a str,
        #[serde(flatten)]
        body: &'a T,
    }
    // Only a map with keys that are not strings can fail here, and no body of ours has one.
    serde_json::to_string(&Line { r#type: kind, body })
        .unwrap_or_else(|_| r#"{"type":"error","code":1,"message":"unprintable"}"#.to_owned())
}

/// `type: "error"`, on stderr.
#[derive(Serialize)]
pub struct ErrorLine<'a> {
    /// The exit code.
    pub code: u8,
    /// What happened.
    pub message: &'a str,
    /// What to do, if anything is known.
    pub hint: Option<&'a str>,
}

/// `type: "summary"`: the last line of `backup` and `demo`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Summary {
    /// Name of the account in the archive.
    pub account: String,
    /// Chats the account has.
    pub chats: u64,
    /// Messages held.
    pub messages: u64,
    /// Media files held.
    pub media: u64,
    /// Records this run added.
    pub new_records: u64,
    /// Items that failed and will be tried again.
    pub failed: u64,
    /// Messages missing by the arithmetic of `status`.
    pub missing: u64,
    /// Messages that turned out to have been deleted before they could be had.
    pub lost: u64,
    /// Nothing is missing and nothing failed.
    pub complete: bool,
    /// Chats of which nothing more can be had, though more of them was there.
    pub chats_ended: u64,
    /// The account is a bot: its chats and messages cannot be had.
    pub bot: bool,
    /// Chats left out by the selection.
    pub chats_left_out: u64,
    /// Chats of which a part is selected.
    pub chats_in_part: u64,
    /// Files left out by the selection.
    pub files_left_out: u64,
    /// Chats were only ever asked for by name: the account may have others.
    pub by_name_only: bool,
    /// Files wait because the disk is too full.
    pub disk_full: bool,
    /// Requests made, for those who count them.
    pub requests: u64,
    /// Media bytes this run fetched.
    pub media_bytes: u64,
    /// Seconds the run took.
    pub seconds: f64,
    /// The end of the journal, once something is sealed.
    pub head: Option<Head>,
}

/// `type: "plan_chat"`: one chat of `backup --dry-run` and `--plan`.
#[derive(Serialize)]
pub struct PlannedChat<'a> {
    /// Marked chat id.
    pub id: i64,
    /// Title or name.
    pub title: &'a str,
    /// `user`, `bot`, `saved`, `group`, `supergroup`, `channel`, `left`.
    pub kind: &'a str,
    /// What of it is selected; `{}` is all of it.
    pub selection: &'a telekeep_sources::spool::Scope,
    /// Its owner forbids saving.
    pub protected: bool,
    /// Messages of what is selected, as the server counts.
    pub messages: Option<u64>,
    /// Of these, still to be fetched, about.
    pub remaining: Option<u64>,
}

/// `type: "plan"`: what a backup would do.
#[derive(Serialize)]
pub struct Plan {
    /// Chats selected.
    pub chats: u64,
    /// Chats left out.
    pub chats_left_out: u64,
    /// Selected chats whose files are left out, because their owner forbids saving.
    pub chats_protected: u64,
    /// The server was asked for numbers.
    pub counted: bool,
    /// Messages to fetch, about.
    pub messages: Option<u64>,
    /// Files to fetch by kind.
    pub files: Vec<PlannedFiles>,
    /// Bytes to fetch, most likely.
    pub bytes: Option<u64>,
    /// At least so many.
    pub bytes_low: Option<u64>,
    /// At most so many.
    pub bytes_high: Option<u64>,
    /// Files of messages held already that wait.
    pub waiting_files: u64,
    /// Their bytes, part of `bytes`.
    pub waiting_bytes: u64,
    /// Bytes free where the archive is.
    pub disk_free: Option<u64>,
    /// Bytes that are to stay free.
    pub keep_free: u64,
    /// It fits, most likely.
    pub fits: Option<bool>,
    /// Seconds it takes, about.
    pub seconds: Option<u64>,
    /// From rates of earlier runs; else from assumptions.
    pub rates_observed: bool,
}

/// One kind of files of a plan.
#[derive(Serialize)]
pub struct PlannedFiles {
    /// `photos`, `videos`, …
    pub kind: &'static str,
    /// How many.
    pub files: u64,
    /// Their bytes, most likely.
    pub bytes: u64,
    /// At least so many.
    pub bytes_low: u64,
    /// At most so many.
    pub bytes_high: u64,
}

/// `type: "failure"`: one item a backup could not get.
#[derive(Serialize)]
pub struct Failure<'a> {
    /// `chat` or `media`.
    pub what: &'a str,
    /// Marked chat id, or the key of the file.
    pub key: &'a str,
    /// Why.
    pub error: &'a str,
}

/// `type: "loss"`: a chat in which messages were deleted before a backup could have them.
#[derive(Serialize)]
pub struct Loss {
    /// Marked chat id.
    pub chat: i64,
    /// How many, at least.
    pub messages: u64,
}

/// `type: "account"`: what `status` knows of a part of the account itself.
#[derive(Serialize)]
pub struct Part<'a> {
    /// Its name, as records have it.
    pub part: &'a str,
    /// Entries held; null for what is no list.
    pub count: Option<u64>,
    /// When a run first saw it as it is.
    pub since: i64,
    /// When it was asked for last, as far as this machine knows.
    pub asked: Option<i64>,
    /// Why the account cannot have it.
    pub unavailable: Option<&'a str>,
    /// Why it could not be had the last time.
    pub failure: Option<&'a str>,
}

/// `type: "chat"`: one line of `status`.
#[derive(Serialize)]
pub struct Chat<'a> {
    /// Name of the account in the archive.
    pub account: &'a str,
    /// Marked chat id.
    pub id: i64,
    /// Title as the source gave it.
    pub title: &'a str,
    /// `user`, `bot`, `self`, `group`, `supergroup`, `channel`, …
    pub kind: &'a str,
    /// Messages the server counts, when it said.
    pub server_count: Option<u64>,
    /// Messages held.
    pub archived: u64,
    /// Ids that are accounted for without a message.
    pub explained: u64,
    /// Of those held: gone at the server.
    pub deleted: u64,
    /// Held, counted by the server no more, and not known to be gone.
    pub uncounted: u64,
    /// Messages the server counts that are neither held nor explained.
    pub missing: u64,
    /// Messages counted while it was listed, and gone before they could be had.
    pub lost: u64,
    /// Date of the newest message held, unix seconds.
    pub newest: Option<i64>,
    /// Nothing is missing, by coverage and by count, and nothing was lost.
    pub complete: bool,
    /// Holes in what was listed.
    pub gaps: u64,
    /// Files that messages held need.
    pub media_wanted: u64,
    /// Of these, held.
    pub media_held: u64,
    /// Of these, left out by a rule.
    pub media_ruled: u64,
    /// Of these, neither.
    pub media_missing: u64,
    /// Why the chat could not be read the last time.
    pub failure: Option<&'a str>,
    /// Why the account cannot see it any more.
    pub not_visible: Option<&'a str>,
    /// Public name without `@`.
    pub username: Option<&'a str>,
    /// A person whose account was deleted; the title is the last name known.
    pub deleted_account: bool,
    /// What of it is selected, when that is not everything.
    pub selection: Option<&'a telekeep_model::Selected>,
}

/// `type: "about"`: what `status` says of a part of what a chat is beyond its messages.
#[derive(Serialize)]
pub struct About<'a> {
    /// Marked id of the chat.
    pub chat: i64,
    /// Its name in records.
    pub part: &'a str,
    /// Entries held; `None` for what is no list.
    pub count: Option<u64>,
    /// When a run first saw it as it is, unix seconds.
    pub since: i64,
    /// It was had at least once.
    pub held: bool,
    /// Why the account cannot have it, or cannot any more.
    pub unavailable: Option<&'a str>,
    /// Why it could not be had the last time.
    pub failure: Option<&'a str>,
}

/// `type: "total"`: the last line of `status`.
#[derive(Serialize)]
pub struct Total<'a> {
    /// Name of the account in the archive.
    pub account: &'a str,
    /// Chats.
    pub chats: u64,
    /// Messages held.
    pub archived: u64,
    /// Ids explained.
    pub explained: u64,
    /// Messages held that are gone at the server.
    pub deleted: u64,
    /// Messages missing.
    pub missing: u64,
    /// Messages lost.
    pub lost: u64,
    /// Date of the newest message held.
    pub newest: Option<i64>,
    /// Everything the account can still see is here, no file is missing and nothing failed.
    pub complete: bool,
    /// Chats that are complete.
    pub chats_complete: u64,
    /// Chats the account cannot see any more.
    pub chats_closed: u64,
    /// Chats that are whole but for what was lost.
    pub chats_with_losses: u64,
    /// Files held.
    pub media: u64,
    /// Their bytes.
    pub media_bytes: u64,
    /// Files missing.
    pub media_missing: u64,
    /// Failures that stand.
    pub failures: u64,
    /// Chats left out by the selection.
    pub chats_left_out: u64,
    /// Chats of which a part is selected, and nothing of that is missing.
    pub chats_as_selected: u64,
    /// Less than everything is selected, and nothing of what is selected is missing.
    pub as_selected: bool,
    /// Chats were only ever asked for by name: the account may have others.
    pub by_name_only: bool,
    /// The last backup did not come to its end, or goes on.
    pub unfinished: bool,
    /// Files the last backup left to be fetched, also those that no message shows.
    pub files_waiting: u64,
    /// What was kept by hand.
    pub notes: u64,
}

/// `type: "hit"` and `type: "context"` of `search`, and `type: "message"` of `show`.
#[derive(Serialize)]
pub struct Message<'a> {
    /// Marked chat id.
    pub chat: i64,
    /// Message id.
    pub id: i64,
    /// Unix seconds.
    pub date: i64,
    /// Marked id of the sender, when known.
    pub sender: Option<i64>,
    /// Text, or the words of a service message.
    pub text: &'a str,
    /// Where `text` is hidden (spoilers), in characters: from, and how many.
    pub spoilers: Vec<(usize, usize)>,
    /// Title of the chat.
    pub chat_title: &'a str,
    /// Id of the topic, in a forum.
    pub topic: Option<i64>,
    /// What it is called, when that is known.
    pub topic_title: Option<String>,
    /// Name of the sender.
    pub sender_name: Option<&'a str>,
    /// Kind of media, when there is some.
    pub media: Option<Cow<'a, str>>,
    /// Why its files are not kept, or kept although its chat forbids that; `show` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_note: Option<String>,
    /// Unix seconds of the last edit that people could see.
    pub edited: Option<i64>,
    /// Unix seconds when it was seen to be deleted at the source.
    pub deleted: Option<i64>,
    /// Versions recorded.
    pub versions: u32,
    /// Whether it was read when a run looked: an own one by others, another one by the account;
    /// `show` only, and only when that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<bool>,
}

/// `type: "person"` of `search`: a person or chat that is or was called so.
#[derive(Serialize)]
pub struct Person<'a> {
    /// Marked id.
    pub id: i64,
    /// The name now.
    pub name: &'a str,
}

/// `type: "contact"` of `search`: an entry of the telephone book.
#[derive(Serialize)]
pub struct Contact<'a> {
    /// The name its owner gave it.
    pub name: &'a str,
    /// The number.
    pub phone: &'a str,
    /// Marked id of the person with this number, where one is known.
    pub person: Option<i64>,
}

/// `type: "own"` of `search`: something the account says about itself.
#[derive(Serialize)]
pub struct Own<'a> {
    /// The part of the account.
    pub part: &'a str,
    /// Whom it is about, marked id.
    pub chat: Option<i64>,
    /// Unix seconds, when told.
    pub date: Option<i64>,
    /// All that it says.
    pub text: &'a str,
}

/// `type: "story"` of `search`.
#[derive(Serialize)]
pub struct Story<'a> {
    /// Whose it is, marked id.
    pub chat: i64,
    /// Its id there.
    pub id: i64,
    /// Unix seconds.
    pub date: i64,
    /// The caption as it is now.
    pub text: &'a str,
    /// Where `text` is hidden (spoilers), in characters: from, and how many.
    pub spoilers: Vec<(usize, usize)>,
    /// Unix seconds when it was seen to be no more.
    pub gone: Option<i64>,
}

/// What `type: "hit"` has beyond a [`Message`].
#[derive(Serialize)]
pub struct Hit<'a> {
    /// The message.
    #[serde(flatten)]
    pub message: Message<'a>,
    /// `text`, `media` (file name, link preview, poll, contact, …) or `earlier` (a version edited
    /// away); null for a hit of filters alone.
    pub found_in: Option<&'a str>,
    /// The words that match, when they are not in the text.
    pub found: Option<&'a str>,
}

/// `type: "page"`: the last line of `search`.
#[derive(Serialize)]
pub struct Page<'a> {
    /// Hits before this line.
    pub hits: usize,
    /// Value of `--after` for the next page; null when these were the last hits.
    pub next: Option<String>,
    /// Time was up: everything down to (`--oldest`: up to) this date was looked at, unix seconds.
    pub looked_to: Option<i64>,
    /// Only so many of the newest matches were ranked.
    pub ranked: Option<usize>,
    /// What was passed over or read otherwise than it looks.
    pub notes: Vec<&'a str>,
    /// The query that looks inside words too, when words found nothing or the query has signs.
    pub inside: Option<&'a str>,
}

/// `type: "bad"`: one finding of `verify`.
#[derive(Serialize)]
pub struct Bad<'a> {
    /// Path inside the archive.
    pub file: &'a str,
    /// What is wrong.
    pub why: &'a str,
}

/// `type: "verified"`: the last line of `verify`.
#[derive(Serialize)]
pub struct Verified<'a> {
    /// Findings.
    pub bad: u64,
    /// Segments read.
    pub segments: u64,
    /// Records decoded.
    pub records: u64,
    /// Media files named by the chain.
    pub blob_files: u64,
    /// Media files read, not only measured.
    pub blob_files_read: u64,
    /// Stored bytes of all files.
    pub bytes: u64,
    /// Records and media were checked too, not only what needs no key.
    pub with_key: bool,
    /// Everything was read, not only a sample.
    pub complete: bool,
    /// The ends of the journals.
    pub heads: &'a [Head],
}

/// `type: "key"`: one way to open the archive.
#[derive(Serialize)]
pub struct Key<'a> {
    /// Name given to it.
    pub name: &'a str,
    /// `passphrase` or `recipient`.
    pub kind: &'a str,
    /// Whom a recipient key is for.
    pub recipient: Option<&'a str>,
    /// Unix seconds.
    pub created: i64,
    /// File inside the archive.
    pub file: &'a str,
}

/// `type: "session"`: a login of the account.
#[derive(Serialize)]
pub struct Session<'a> {
    /// What `sessions end` takes; `this` for the login of the archive.
    pub id: String,
    /// The login of the archive.
    pub current: bool,
    /// One of Telegram's own programs.
    pub official: bool,
    /// The owner did not confirm the login yet.
    pub unconfirmed: bool,
    /// Device, as the program told it.
    pub device: &'a str,
    /// Its system.
    pub system: &'a str,
    /// Program and version.
    pub app: &'a str,
    /// Unix seconds of the login.
    pub created: i64,
    /// Unix seconds of the last use.
    pub active: i64,
    /// Address it was last used from.
    pub ip: &'a str,
    /// Where that is, as Telegram guesses.
    pub country: &'a str,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn type_comes_first() {
        let bad = Bad {
            file: "blobs/ab/x",
            why: "changed",
        };
        assert_eq!(
            line("bad", &bad),
            r#"{"type":"bad","file":"blobs/ab/x","why":"changed"}"#
        );
    }
}
