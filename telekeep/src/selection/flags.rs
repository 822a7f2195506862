//! The flags of `backup` that select.

use clap::Args;
use telekeep_sources::spool::FileKind;
use telekeep_sources::telegram::backup::{ChatType, Selection, TopicName, Topics};

use super::file::{Portraits, Qualities, StickerSets};
use super::{chat_type, file_kind, parse_size};
use crate::output::text::parse_date;

/// Heading in the help.
const HEADING: &str = "What to back up (docs/selection.md)";

/// What is to be kept.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = HEADING)]
pub struct Flags {
    /// Only this kind of chats: users, bots, groups, supergroups, channels, saved, left; several
    /// with commas
    #[arg(long = "type", value_name = "KIND", value_delimiter = ',', value_parser = chat_type, env = "TELEKEEP_TYPES", hide_env_values = true)]
    types: Vec<ChatType>,
    /// Only this chat: its title, id or @username. Repeat it for more; together with --type and
    /// --folder it adds to them
    #[arg(long = "chat", value_name = "CHAT", allow_hyphen_values = true)]
    chats: Vec<String>,
    /// Only chats of this folder of your account
    #[arg(long = "folder", value_name = "FOLDER")]
    folders: Vec<String>,
    /// Not this kind of chats
    #[arg(long = "exclude-type", value_name = "KIND", value_delimiter = ',', value_parser = chat_type)]
    exclude_types: Vec<ChatType>,
    /// Not this chat
    #[arg(long = "exclude-chat", value_name = "CHAT", allow_hyphen_values = true)]
    exclude_chats: Vec<String>,
    /// Not the chats of this folder
    #[arg(long = "exclude-folder", value_name = "FOLDER")]
    exclude_folders: Vec<String>,
    /// Only messages from this day or moment on, like 2024-01-31
    #[arg(long, value_name = "DATE", value_parser = parse_date, env = "TELEKEEP_SINCE", hide_env_values = true)]
    since: Option<i64>,
    /// Only messages before this day or moment
    #[arg(long, value_name = "DATE", value_parser = parse_date, env = "TELEKEEP_UNTIL", hide_env_values = true)]
    until: Option<i64>,
    /// Of these kinds of chats only what you wrote yourself
    #[arg(long, value_name = "KIND", value_delimiter = ',', value_parser = chat_type)]
    own: Vec<ChatType>,
    /// Of a forum only this topic, by its title or the id in its link: "FORUM=TITLE"
    #[arg(long = "topic", value_name = "CHAT=TOPIC", value_parser = topic)]
    topics: Vec<(String, TopicName)>,
    /// Only these files: photos, videos, round, voice, audio, gifs, stickers, files
    #[arg(long = "media", value_name = "KIND", value_delimiter = ',', value_parser = file_kind, env = "TELEKEEP_MEDIA", hide_env_values = true)]
    kinds: Vec<FileKind>,
    /// Not these files
    #[arg(long = "exclude-media", value_name = "KIND", value_delimiter = ',', value_parser = file_kind)]
    exclude_kinds: Vec<FileKind>,
    /// Only files of this MIME type, like application/pdf or image/*
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    mime: Vec<String>,
    /// Not files of this MIME type
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    exclude_mime: Vec<String>,
    /// Only files up to this size, like 50MB; of one kind with videos=1GB
    #[arg(long, value_name = "SIZE", value_delimiter = ',', value_parser = limit, env = "TELEKEEP_MAX_SIZE", hide_env_values = true)]
    max_size: Vec<Limit>,
    /// Videos as they were sent, or also in all other qualities that Telegram made of them
    #[arg(long, value_enum, value_name = "QUALITIES")]
    videos: Option<Qualities>,
    /// Photos of everybody whose messages are kept, or only of those you have a chat with
    #[arg(long, value_enum, value_name = "WHOSE")]
    portraits: Option<Portraits>,
    /// All of the sticker sets you installed, or also of those that messages have stickers of
    #[arg(long, value_enum, value_name = "WHICH")]
    sticker_sets: Option<StickerSets>,
    /// Thumbnails, and nothing they are thumbnails of
    #[arg(long)]
    thumbnails_only: bool,
    /// Everything, whatever the settings file selects
    #[arg(long)]
    everything: bool,
}

/// A largest size, of one kind or of all.
#[derive(Debug, Clone, Copy)]
struct Limit(Option<FileKind>, u64);

fn limit(text: &str) -> Result<Limit, String> {
    match text.split_once('=') {
        None => parse_size(text).map(|size| Limit(None, size)),
        Some((kind, size)) => Ok(Limit(Some(file_kind(kind)?), parse_size(size)?)),
    }
}

fn topic(text: &str) -> Result<(String, TopicName), String> {
    let wrong =
        || format!("`{text}` is not a chat and a topic, like \"Forum=Visa\" or \"Forum=12\"");
    let (chat, topic) = text.rsplit_once('=').ok_or_else(wrong)?;
    let topic = match (topic.trim(), topic.trim().parse()) {
        ("", _) => return Err(wrong()),
        (_, Ok(id)) => TopicName::Id(id),
        (title, Err(_)) => TopicName::Title(title.to_owned()),
    };
    Ok((chat.trim().to_owned(), topic))
}

impl Flags {
    /// What is said here, over what the file says.
    pub fn over(&self, file: Selection) -> Selection {
        let mut all = match self.everything {
            true => Selection::default(),
            false => file,
        };
        if !self.types.is_empty() || !self.chats.is_empty() || !self.folders.is_empty() {
            all.types.clone_from(&self.types);
            all.chats.clone_from(&self.chats);
            all.folders.clone_from(&self.folders);
        }
        replace(&mut all.exclude_types, &self.exclude_types);
        replace(&mut all.exclude_chats, &self.exclude_chats);
        replace(&mut all.exclude_folders, &self.exclude_folders);
        all.since = self.since.or(all.since);
        all.until = self.until.or(all.until);
        replace(&mut all.own, &self.own);
        if !self.topics.is_empty() {
            all.topics = self
                .topics
                .iter()
                .map(|(chat, topic)| Topics {
                    chat: chat.clone(),
                    topics: vec![topic.clone()],
                })
                .collect();
        }
        let media = &mut all.media;
        replace(&mut media.kinds, &self.kinds);
        replace(&mut media.exclude_kinds, &self.exclude_kinds);
        replace(&mut media.mime, &self.mime);
        replace(&mut media.exclude_mime, &self.exclude_mime);
        if !self.max_size.is_empty() {
            media.max_size = None;
            media.max_size_of.clear();
        }
        for Limit(kind, size) in &self.max_size {
            match kind {
                Some(kind) => drop(media.max_size_of.insert(*kind, *size)),
                None => media.max_size = Some(*size),
            }
        }
        media.thumbnails_only |= self.thumbnails_only;
        if let Some(videos) = self.videos {
            media.all_qualities = videos == Qualities::All;
        }
        if let Some(portraits) = self.portraits {
            media.chat_photos_only = portraits == Portraits::Chats;
        }
        if let Some(sets) = self.sticker_sets {
            media.sets_met = sets == StickerSets::Met;
        }
        all
    }
}

fn replace<T: Clone>(setting: &mut Vec<T>, flag: &[T]) {
    if !flag.is_empty() {
        *setting = flag.to_vec();
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        flags: Flags,
    }

    fn over(file: Selection, flags: &[&str]) -> Selection {
        let line = Line::parse_from(["backup"].iter().chain(flags));
        line.flags.over(file)
    }

    #[test]
    fn flags_replace_what_the_file_says() {
        let file = || Selection {
            types: vec![ChatType::Users],
            chats: vec!["@a".into()],
            exclude_chats: vec!["b".into()],
            since: Some(5),
            ..Selection::default()
        };
        assert_eq!(over(file(), &[]), file());
        assert_eq!(over(file(), &["--everything"]), Selection::default());
        let one = over(file(), &["--chat", "-1001", "--max-size", "5MB,videos=1GB"]);
        assert_eq!((one.types.len(), one.chats), (0, vec!["-1001".to_owned()]));
        assert_eq!((one.exclude_chats.len(), one.since), (1, Some(5)));
        assert_eq!(one.media.max_size, Some(5_000_000));
        assert_eq!(one.media.max_size_of[&FileKind::Video], 1_000_000_000);
        let topics = over(Selection::default(), &["--topic", "A=B=7"]);
        assert_eq!(topics.topics[0].chat, "A=B");
        assert_eq!(topics.topics[0].topics, [TopicName::Id(7)]);
        let topics = over(Selection::default(), &["--topic", "A=Visa & co"]);
        let title = TopicName::Title("Visa & co".into());
        assert_eq!(topics.topics[0].topics, [title]);
    }

    #[test]
    fn wrong_words_are_usage_errors() {
        for flags in [
            ["--type", "people"],
            ["--max-size", "big"],
            ["--topic", "x"],
            ["--topic", "x="],
            ["--since", "soon"],
        ] {
            assert!(Line::try_parse_from(["backup"].iter().chain(&flags)).is_err());
        }
    }
}
