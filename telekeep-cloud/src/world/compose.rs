//! Writes one message of a chat: who, what, in answer to what, and its encoding.

use grammers_tl_types::{Serializable, enums, types};

use super::actions::Act;
use super::blank;
use super::file::Kind;
use super::files::Files;
use super::ids::PeerId;
use super::log::{Note, mask};
use super::media::{Made, Maker, What, reactions};
use super::random::{Dice, mix};
use super::rich::{Rich, formatted, notice, talk};
use super::scene::{Album, Class, Next, Said, Scene};
use super::stickers::STICKER_EMOJI;
use super::stock::Stock;
use super::threads::answer;
use super::words::{TONGUES, Tongue};

/// What every message of a world is written with.
pub(crate) struct Writer<'a> {
    pub(crate) seed: u64,
    pub(crate) files: &'a mut Files,
    pub(crate) stock: &'a mut Stock,
    /// Channels messages are forwarded from.
    pub(crate) channels: &'a [i64],
    /// Bots that messages are sent through.
    pub(crate) bots: &'a [i64],
}

/// A message before it is encoded.
pub(super) struct Draft {
    pub(super) id: i32,
    pub(super) date: i32,
    sender: i64,
    pub(super) note: Note,
}

impl Writer<'_> {
    /// Writes the next message of `scene`: what the log keeps beside it, and its TL in `out`.
    pub(crate) fn write(
        &mut self,
        scene: &mut Scene,
        id: i32,
        date: i32,
        out: &mut Vec<u8>,
    ) -> Note {
        let mut dice = Dice::of(&[self.seed, 0x5a1d, scene.number, scene.index]);
        let next = scene.next(&mut dice);
        let sender = match scene.album {
            Some(album) if next == Next::Album => album.sender,
            _ => scene.speaker(&mut dice),
        };
        let note = Note {
            id,
            date,
            mask: 0,
            thread: 0,
            peers: vec![sender],
        };
        let mut draft = Draft {
            id,
            date,
            sender,
            note,
        };
        out.clear();
        match next {
            Next::Act(act) => self.service(scene, &mut draft, act, &mut dice, out),
            Next::Album => self.album(scene, &mut draft, &mut dice, out),
            Next::Say(what) => self.say(scene, &mut draft, what, &mut dice, out),
        }
        scene.index += 1;
        draft.note.peers.dedup();
        draft.note
    }

    fn maker<'b>(&'b mut self, scene: &'b Scene, draft: &Draft, tongue: &'b Tongue) -> Maker<'b> {
        Maker {
            files: self.files,
            stock: self.stock,
            tongue,
            date: draft.date,
            context: context(scene.me, scene.peer, draft.id),
            people: &scene.people,
        }
    }

    fn service(
        &mut self,
        scene: &mut Scene,
        draft: &mut Draft,
        act: Act,
        dice: &mut Dice,
        out: &mut Vec<u8>,
    ) {
        let tongue = tongue(scene, dice);
        let title = scene.title.clone();
        let sender = draft.sender;
        let (action, made) = self
            .maker(scene, draft, tongue)
            .act(act, &title, sender, dice);
        let pinned = if act == Act::Pinned {
            scene.pin.take()
        } else {
            None
        };
        if let (Act::TopicCreated, enums::MessageAction::TopicCreate(topic)) = (act, &action) {
            scene.topics.push((draft.id, topic.title.clone()));
            draft.note.thread = draft.id;
        }
        let topic = dice.choose(&scene.topics.iter().map(|t| t.0).collect::<Vec<_>>());
        if act == Act::TopicEdited {
            draft.note.thread = topic.unwrap_or(0);
        }
        let reply_to = pinned
            .or_else(|| scene.recent.back().copied().filter(|_| act == Act::Pinned))
            .map(|said| {
                types::MessageReplyHeader {
                    reply_to_msg_id: Some(said.id),
                    ..blank::message_reply_header()
                }
                .into()
            });
        let edited = topic.filter(|_| act == Act::TopicEdited).map(|topic| {
            types::MessageReplyHeader {
                forum_topic: true,
                reply_to_msg_id: Some(topic),
                ..blank::message_reply_header()
            }
            .into()
        });
        let reply_to = reply_to.or(edited);
        draft.take(made);
        let message = types::MessageService {
            out: draft.is_out(scene),
            post: scene.class == Class::Broadcast,
            id: draft.id,
            from_id: draft.from(scene),
            saved_peer_id: draft.saved(scene, None),
            reply_to,
            date: draft.date,
            ..blank::message_service(scene.peer.tl(), action)
        };
        enums::Message::Service(message).serialize(out);
    }

    fn album(&mut self, scene: &mut Scene, draft: &mut Draft, dice: &mut Dice, out: &mut Vec<u8>) {
        let first = scene.album.is_none();
        let album = scene.album.unwrap_or_else(|| Album {
            grouped_id: (mix(&[self.seed, scene.number, scene.index]) >> 2) as i64,
            left: dice.range(2, 6),
            sender: draft.sender,
            date: draft.date,
        });
        // The parts of an album are sent at once.
        draft.date = draft.date.max(album.date);
        let tongue = tongue(scene, dice);
        let kind = if dice.chance(120) {
            Kind::Video
        } else {
            Kind::Photo
        };
        let made = self
            .maker(scene, draft, tongue)
            .make(What::File(kind), dice);
        let text = if first && dice.chance(700) {
            talk(dice, tongue)
        } else {
            Rich::default()
        };
        let mut message = self.frame(scene, draft, text, made, dice);
        message.grouped_id = Some(album.grouped_id);
        (message.fwd_from, message.via_bot_id) = (None, None);
        let left = album.left - 1;
        scene.album = (left > 0).then_some(Album { left, ..album });
        self.finish(scene, draft, message, out);
    }

    fn say(
        &mut self,
        scene: &mut Scene,
        draft: &mut Draft,
        what: What,
        dice: &mut Dice,
        out: &mut Vec<u8>,
    ) {
        let tongue = tongue(scene, dice);
        let made = self.maker(scene, draft, tongue).make(what, dice);
        let text = self.text(scene, draft, what, dice, tongue);
        let mut message = self.frame(scene, draft, text, made, dice);
        self.decorate(scene, draft, &mut message, dice);
        self.finish(scene, draft, message, out);
    }

    fn text(
        &mut self,
        scene: &Scene,
        draft: &mut Draft,
        what: What,
        dice: &mut Dice,
        tongue: &Tongue,
    ) -> Rich {
        let captioned = matches!(
            what,
            What::File(Kind::Photo | Kind::Video | Kind::Pdf | Kind::Animation | Kind::Image)
                | What::SpoilerPhoto
        );
        match what {
            What::Text | What::Formatted if scene.class == Class::Service => notice(dice),
            What::Text => talk(dice, tongue),
            What::Formatted => formatted(dice, tongue, scene.index / 2 + scene.number),
            What::Mention => mention(scene, draft, dice, tongue),
            What::Link => link(dice, tongue),
            What::CustomEmoji => self.custom_emoji(dice, tongue),
            _ if captioned && dice.chance(450) => talk(dice, tongue),
            _ => Rich::default(),
        }
    }

    fn custom_emoji(&mut self, dice: &mut Dice, tongue: &Tongue) -> Rich {
        let mut rich = Rich::default();
        rich.push(&tongue.sentence(dice)).push(" ");
        let moods = self.stock.made(Kind::Emoji);
        let place = dice.below(moods.len() as u64) as usize;
        if let Some(document_id) = moods.get(place).copied() {
            rich.mark(STICKER_EMOJI[place % 6], |offset, length| {
                types::MessageEntityCustomEmoji {
                    offset,
                    length,
                    document_id,
                }
                .into()
            });
        }
        rich
    }

    fn frame(
        &mut self,
        scene: &Scene,
        draft: &mut Draft,
        text: Rich,
        made: Made,
        dice: &mut Dice,
    ) -> types::Message {
        let media = draft.take(made);
        let broadcast = scene.class == Class::Broadcast;
        types::Message {
            out: draft.is_out(scene),
            post: broadcast,
            silent: dice.chance(15),
            id: draft.id,
            from_id: draft.from(scene),
            saved_peer_id: draft.saved(scene, None),
            date: draft.date,
            message: text.text,
            entities: (!text.entities.is_empty()).then_some(text.entities),
            media,
            views: broadcast.then(|| dice.int(20, 40_000)),
            forwards: broadcast.then(|| dice.int(0, 300)),
            post_author: (broadcast && dice.chance(100)).then(|| "The editor".to_owned()),
            ..blank::message(scene.peer.tl())
        }
    }

    /// Answers, forwards, edits, reactions, pins.
    fn decorate(
        &mut self,
        scene: &mut Scene,
        draft: &mut Draft,
        message: &mut types::Message,
        dice: &mut Dice,
    ) {
        if dice.chance(60) && scene.class != Class::Service {
            self.forward(scene, draft, message, dice);
        } else {
            answer(scene, draft, message, dice);
        }
        if dice.chance(if scene.class == Class::Broadcast {
            90
        } else {
            45
        }) && message.fwd_from.is_none()
        {
            message.edit_date = Some(draft.date + dice.int(10, 3000));
        }
        let liked = match scene.class {
            Class::Saved | Class::Service => 0,
            Class::Private | Class::Bot => 50,
            _ => 130,
        };
        if dice.chance(liked) {
            let people: &[i64] = if scene.class.is_group() {
                &scene.people
            } else {
                &[]
            };
            message.reactions =
                Some(reactions(dice, people, draft.date, &mut draft.note.peers).into());
        }
        if scene.class == Class::Private && dice.chance(6) {
            message.via_bot_id = dice.choose(self.bots);
            draft.note.peers.extend(message.via_bot_id);
        }
        if scene.class == Class::Bot && draft.sender != scene.me && dice.chance(80) {
            message.reply_markup = Some(
                types::ReplyKeyboardForceReply {
                    single_use: true,
                    selective: false,
                    placeholder: None,
                }
                .into(),
            );
        }
        if !matches!(scene.class, Class::Bot | Class::Service | Class::Saved)
            && dice.chance(6)
            && scene.index + 2 < scene.total
        {
            message.pinned = true;
            draft.note.mask |= mask::PINNED;
            scene.pin = Some(Said {
                id: draft.id,
                thread: draft.note.thread,
            });
        }
    }

    fn forward(
        &mut self,
        scene: &Scene,
        draft: &mut Draft,
        message: &mut types::Message,
        dice: &mut Dice,
    ) {
        let mut header = types::MessageFwdHeader {
            date: draft.date - dice.int(60, 400_000),
            ..blank::message_fwd_header()
        };
        let origin = match dice.below(3) {
            0 => dice.choose(self.channels).map(PeerId::Channel),
            1 => dice
                .choose(&scene.people)
                .filter(|id| *id > 0)
                .map(PeerId::User),
            _ => None,
        };
        match origin {
            Some(PeerId::Channel(id)) => {
                header.from_id = Some(PeerId::Channel(id).tl());
                header.channel_post = Some(dice.int(2, 40));
            }
            Some(peer) => header.from_id = Some(peer.tl()),
            None => header.from_name = Some("A hidden friend".into()),
        }
        draft.note.peers.extend(origin.map(PeerId::marked));
        if scene.class == Class::Saved {
            header.saved_from_peer = header.from_id.clone();
            header.saved_from_msg_id = header
                .from_id
                .is_some()
                .then(|| header.channel_post.unwrap_or(7));
            message.saved_peer_id = draft.saved(scene, Some(origin));
        }
        message.fwd_from = Some(header.into());
    }

    fn finish(
        &mut self,
        scene: &mut Scene,
        draft: &mut Draft,
        message: types::Message,
        out: &mut Vec<u8>,
    ) {
        if message.entities.iter().flatten().any(is_link) {
            draft.note.mask |= mask::URL;
        }
        scene.said(Said {
            id: draft.id,
            thread: draft.note.thread,
        });
        draft.note.date = draft.date;
        enums::Message::Message(message).serialize(out);
    }
}

fn is_link(entity: &enums::MessageEntity) -> bool {
    matches!(
        entity,
        enums::MessageEntity::Url(_) | enums::MessageEntity::TextUrl(_)
    )
}

/// The context of file references in a message; channels look the same to all members.
pub(crate) fn context(account: i64, peer: PeerId, id: i32) -> u64 {
    let account = if peer.is_channel() { 0 } else { account };
    mix(&[account as u64, peer.marked() as u64, id as u64])
}

fn tongue(scene: &Scene, dice: &mut Dice) -> &'static Tongue {
    let at = if dice.chance(850) {
        0
    } else {
        dice.below(scene.tongues.len() as u64) as usize
    };
    TONGUES[scene.tongues.get(at).copied().unwrap_or(0) % TONGUES.len()]
}

fn mention(scene: &Scene, draft: &mut Draft, dice: &mut Dice, tongue: &Tongue) -> Rich {
    let mut rich = Rich::default();
    if let Some(user_id) = dice.choose(&scene.people).filter(|id| *id > 0) {
        draft.note.peers.push(user_id);
        let (name, _) = tongue.name(dice);
        rich.mark(name, |offset, length| {
            types::MessageEntityMentionName {
                offset,
                length,
                user_id,
            }
            .into()
        });
    } else {
        rich.mark("@harbour_gazette", |offset, length| {
            types::MessageEntityMention { offset, length }.into()
        });
    }
    rich.push(" ").push(&tongue.sentence(dice));
    rich
}

fn link(dice: &mut Dice, tongue: &Tongue) -> Rich {
    let mut rich = Rich::default();
    rich.push(dice.pick(tongue.short)).push(" ");
    rich.mark("https://example.org/lost-and-found", |offset, length| {
        types::MessageEntityUrl { offset, length }.into()
    });
    rich
}

impl Draft {
    fn take(&mut self, made: Made) -> Option<enums::MessageMedia> {
        self.note.mask |= made.mask;
        self.note.peers.extend(made.peers);
        made.media
    }

    /// Sent by the account: set in the log of an account; a channel's log is neutral.
    fn is_out(&self, scene: &Scene) -> bool {
        self.sender == scene.me && !scene.peer.is_channel() && scene.class != Class::Saved
    }

    /// The sender as TL has it: absent for posts and for what the other side of a private chat says.
    fn from(&self, scene: &Scene) -> Option<enums::Peer> {
        let named = match scene.class {
            Class::Broadcast => false,
            Class::Private | Class::Bot | Class::Service => self.sender == scene.me,
            _ => true,
        };
        named.then(|| PeerId::of_marked(self.sender).tl())
    }

    /// Which part of Saved Messages it belongs to.
    fn saved(&self, scene: &Scene, origin: Option<Option<PeerId>>) -> Option<enums::Peer> {
        /// Forwards whose author hides are kept under this user.
        const HIDDEN: i64 = 2_666_000;
        let peer = match origin {
            None => PeerId::User(scene.me),
            Some(origin) => origin.unwrap_or(PeerId::User(HIDDEN)),
        };
        (scene.class == Class::Saved).then(|| peer.tl())
    }
}
