//! What service messages report.

use grammers_tl_types::enums::{InputGroupCall, MessageAction, PhoneCallDiscardReason};
use grammers_tl_types::types;

use super::file::Kind;
use super::ids::PeerId;
use super::log::mask;
use super::media::{Made, Maker, plain};
use super::random::Dice;

/// The kinds of service messages of this world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Created,
    ChannelCreated,
    MigratedTo(i64),
    MigratedFrom(i64),
    SignedUp,
    Joined,
    JoinedByLink,
    JoinedByRequest,
    Left,
    Pinned,
    Title,
    Photo,
    NoPhoto,
    Call,
    Missed,
    GroupCall,
    GroupCallInvite,
    Timer,
    Theme,
    TopicCreated,
    TopicEdited,
    Screenshot,
    Custom,
    Gift,
    BotAllowed,
    Near,
    Score,
    Paid,
    GiveawayLaunched,
    Boosted,
}

impl Maker<'_> {
    /// The action, with its bits and the people it names.
    pub(crate) fn act(
        &mut self,
        act: Act,
        title: &str,
        sender: i64,
        dice: &mut Dice,
    ) -> (MessageAction, Made) {
        let mut made = Made {
            media: None,
            mask: mask::SERVICE,
            peers: Vec::new(),
        };
        let who = dice.choose(self.people).unwrap_or(sender);
        let title = title.to_owned();
        let action = match act {
            Act::Created => {
                let users: Vec<i64> = self.people.iter().copied().take(10).collect();
                made.peers.clone_from(&users);
                types::MessageActionChatCreate { title, users }.into()
            }
            Act::ChannelCreated => types::MessageActionChannelCreate { title }.into(),
            Act::MigratedTo(channel_id) => types::MessageActionChatMigrateTo { channel_id }.into(),
            Act::MigratedFrom(chat_id) => {
                types::MessageActionChannelMigrateFrom { title, chat_id }.into()
            }
            Act::SignedUp => MessageAction::ContactSignUp,
            Act::Joined => {
                made.peers.push(who);
                types::MessageActionChatAddUser { users: vec![who] }.into()
            }
            Act::JoinedByLink => {
                made.peers.push(who);
                types::MessageActionChatJoinedByLink { inviter_id: who }.into()
            }
            Act::JoinedByRequest => MessageAction::ChatJoinedByRequest,
            Act::Left => {
                made.peers.push(who);
                types::MessageActionChatDeleteUser { user_id: who }.into()
            }
            Act::Pinned => MessageAction::PinMessage,
            Act::Title => {
                let title = dice.pick(self.tongue.titles).into();
                types::MessageActionChatEditTitle { title }.into()
            }
            Act::Photo => {
                made.mask |= mask::CHAT_PHOTO;
                let id = self.stock.draw(self.files, Kind::Face, self.date, dice);
                types::MessageActionChatEditPhoto {
                    photo: self.files.photo(id, self.context),
                }
                .into()
            }
            Act::NoPhoto => MessageAction::ChatDeletePhoto,
            Act::Call | Act::Missed => {
                made.mask |= mask::CALL;
                phone_call(act == Act::Missed, dice)
            }
            Act::GroupCall => types::MessageActionGroupCall {
                call: call(dice),
                duration: Some(dice.int(60, 4000)),
            }
            .into(),
            Act::GroupCallInvite => {
                made.peers.push(who);
                types::MessageActionInviteToGroupCall {
                    call: call(dice),
                    users: vec![who],
                }
                .into()
            }
            Act::Timer => types::MessageActionSetMessagesTtl {
                period: 0,
                auto_setting_from: None,
            }
            .into(),
            Act::Theme => {
                let theme = types::ChatTheme {
                    emoticon: "🏠".into(),
                }
                .into();
                types::MessageActionSetChatTheme { theme }.into()
            }
            Act::TopicCreated => types::MessageActionTopicCreate {
                title_missing: false,
                title: dice.pick(self.tongue.titles).into(),
                icon_color: 0x6f_b9_f0,
                icon_emoji_id: None,
            }
            .into(),
            Act::TopicEdited => types::MessageActionTopicEdit {
                title: Some(dice.pick(self.tongue.titles).into()),
                icon_emoji_id: None,
                closed: None,
                hidden: None,
            }
            .into(),
            Act::Screenshot => MessageAction::ScreenshotTaken,
            Act::Custom => types::MessageActionCustomAction {
                message: self.tongue.sentence(dice),
            }
            .into(),
            Act::Gift => types::MessageActionGiftPremium {
                currency: "EUR".into(),
                amount: 1499,
                days: 90,
                crypto_currency: None,
                crypto_amount: None,
                message: Some(plain(dice.pick(self.tongue.short))),
            }
            .into(),
            Act::BotAllowed => types::MessageActionBotAllowed {
                attach_menu: false,
                from_request: false,
                domain: Some("example.org".into()),
                app: None,
            }
            .into(),
            Act::Near => {
                made.peers.push(who);
                let (from_id, to_id) = (PeerId::User(sender).tl(), PeerId::User(who).tl());
                types::MessageActionGeoProximityReached {
                    from_id,
                    to_id,
                    distance: dice.int(20, 900),
                }
                .into()
            }
            Act::Score => {
                let game_id = (dice.next() >> 2) as i64;
                types::MessageActionGameScore {
                    game_id,
                    score: dice.int(1, 9000),
                }
                .into()
            }
            Act::Paid => types::MessageActionPaymentSent {
                recurring_init: false,
                recurring_used: false,
                currency: "EUR".into(),
                total_amount: 1250,
                invoice_slug: None,
                subscription_until_date: None,
            }
            .into(),
            Act::GiveawayLaunched => types::MessageActionGiveawayLaunch { stars: None }.into(),
            Act::Boosted => types::MessageActionBoostApply {
                boosts: dice.int(1, 4),
            }
            .into(),
        };
        (action, made)
    }
}

fn call(dice: &mut Dice) -> InputGroupCall {
    types::InputGroupCall {
        id: (dice.next() >> 2) as i64,
        access_hash: dice.next() as i64,
    }
    .into()
}

fn phone_call(missed: bool, dice: &mut Dice) -> MessageAction {
    let (reason, duration) = if missed {
        (PhoneCallDiscardReason::Missed, None)
    } else {
        (PhoneCallDiscardReason::Hangup, Some(dice.int(5, 5400)))
    };
    types::MessageActionPhoneCall {
        video: dice.chance(300),
        call_id: (dice.next() >> 2) as i64,
        reason: Some(reason),
        duration,
    }
    .into()
}
