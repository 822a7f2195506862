//! Service messages: what happened, as a plain sentence whose names are filled in by the reader.
//!
//! An action is kept as its constructor name and a list of parts. That is enough to show and search
//! every action there is, and a new one needs one line in [`parts`].

mod gift;

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

use crate::{Money, Period, ids, is_default, json, message::push_line};

/// What a service message reports.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Service {
    /// Constructor without its prefix: `ChatCreate`, `PinMessage`, ...
    pub action: String,
    /// The sentence, in English.
    pub parts: Vec<Part>,
    /// What it says about a forum topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicChange>,
    /// Id of the photo that a chat was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub photo: Option<i64>,
}

/// A forum topic made or changed; what is `None` stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TopicChange {
    /// The message makes the topic: its id is the topic's.
    #[serde(skip_serializing_if = "is_default")]
    pub created: bool,
    /// Its name.
    #[serde(skip_serializing_if = "is_default")]
    pub title: Option<String>,
    /// Colour of its plain icon.
    #[serde(skip_serializing_if = "is_default")]
    pub color: Option<i64>,
    /// Custom emoji that is its icon; 0 for none.
    #[serde(skip_serializing_if = "is_default")]
    pub icon: Option<i64>,
    /// Nobody may write there.
    #[serde(skip_serializing_if = "is_default")]
    pub closed: Option<bool>,
    /// Not shown in the list (the General topic only).
    #[serde(skip_serializing_if = "is_default")]
    pub hidden: Option<bool>,
}

/// A piece of the sentence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The name of who did it (the sender of the message).
    Actor,
    /// The name of this chat or person (marked id).
    Peer(i64),
    /// Words of ours.
    Text(String),
    /// Words of somebody else: a title, a reason.
    Quote(String),
    /// An amount of money, as [`Money::new`] takes it.
    Money(i64, String),
    /// A length of time, in seconds.
    Period(u64),
    /// The sentence is over; a remark about it follows.
    Also,
}

/// What is between a sentence and a remark.
pub const ALSO: &str = " · ";

impl Service {
    /// `by_chat`: the chat itself says so, not somebody in it.
    pub(crate) fn parse(raw: &RawValue, by_chat: bool, unsupported: &mut Vec<String>) -> Self {
        let value: Value = serde_json::from_str(raw.get()).unwrap_or_default();
        let name = json::constructor(raw);
        let action = name
            .strip_prefix("messageAction")
            .unwrap_or(&name)
            .to_owned();
        let told = match action.as_str() {
            // A group of many is a channel on the wire; what people make is a group.
            "ChannelCreate" if !by_chat => "ChatCreate",
            action => action,
        };
        let parts = parts(told, &value).unwrap_or_else(|| {
            unsupported.push(name.to_string());
            vec![
                Part::Actor,
                text(&format!(" did something unknown to this version ({name})")),
            ]
        });
        let topic = topic(&action, &value);
        let photo = value.get("photo").filter(|_| action == "ChatEditPhoto");
        Self {
            photo: photo.and_then(|photo| photo.get("id")?.as_i64()),
            action,
            parts,
            topic,
        }
    }

    /// The new title of the chat, when the message reports one.
    #[must_use]
    pub fn new_title(&self) -> Option<&str> {
        let titles = ["ChatEditTitle", "ChatCreate", "ChannelCreate"];
        if !titles.contains(&self.action.as_str()) {
            return None;
        }
        self.parts.iter().find_map(|part| match part {
            Part::Quote(title) => Some(title.as_str()),
            _ => None,
        })
    }

    /// The sentence with names: `name` gives the name of a marked id.
    #[must_use]
    pub fn sentence(&self, actor: &str, name: &dyn Fn(i64) -> String) -> String {
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Actor => out.push_str(actor),
                Part::Peer(id) => out.push_str(&name(*id)),
                Part::Text(words) => out.push_str(words),
                Part::Quote(words) => {
                    out.push('“');
                    out.push_str(words);
                    out.push('”');
                }
                Part::Money(amount, currency) => {
                    out.push_str(&Money::new(*amount, currency).to_string());
                }
                Part::Period(seconds) => out.push_str(&Period::of_seconds(*seconds).to_string()),
                Part::Also => out.push_str(ALSO),
            }
        }
        out
    }

    /// Appends the words of others in it.
    pub(crate) fn search_text(&self, out: &mut String) {
        for part in &self.parts {
            if let Part::Quote(words) = part {
                push_line(out, words);
            }
        }
    }
}

fn topic(action: &str, value: &Value) -> Option<TopicChange> {
    let created = action == "TopicCreate";
    if !created && action != "TopicEdit" {
        return None;
    }
    let title = value.get("title").and_then(Value::as_str);
    Some(TopicChange {
        created,
        title: title.map(str::to_owned),
        color: value.get("icon_color").and_then(Value::as_i64),
        icon: value.get("icon_emoji_id").and_then(Value::as_i64),
        closed: value.get("closed").and_then(Value::as_bool),
        hidden: value.get("hidden").and_then(Value::as_bool),
    })
}

fn text(words: &str) -> Part {
    Part::Text(words.to_owned())
}

fn act(words: &str) -> Vec<Part> {
    vec![Part::Actor, text(words)]
}

/// Who is not told.
const SOMEONE: &str = "someone";

/// Fields of an action, or of an object in it.
struct Fields<'a>(&'a Value);

impl Fields<'_> {
    fn str(&self, field: &str) -> String {
        self.0
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    }

    fn int(&self, field: &str) -> i64 {
        self.0
            .get(field)
            .and_then(Value::as_i64)
            .unwrap_or_default()
    }

    /// A number that counts something.
    fn count(&self, field: &str) -> u64 {
        u64::try_from(self.int(field)).unwrap_or_default()
    }

    fn stars(&self) -> Part {
        Part::Money(self.int("stars"), "XTR".to_owned())
    }

    fn flag(&self, field: &str) -> bool {
        self.0
            .get(field)
            .and_then(Value::as_bool)
            .unwrap_or_default()
    }

    fn peers(&self, field: &str) -> Vec<Part> {
        let users = self
            .0
            .get(field)
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let mut parts = Vec::new();
        for id in users.filter_map(Value::as_i64) {
            if !parts.is_empty() {
                parts.push(text(", "));
            }
            parts.push(Part::Peer(ids::mark_user(id)));
        }
        if parts.is_empty() {
            parts.push(text(SOMEONE));
        }
        parts
    }

    fn peer(&self, field: &str) -> Part {
        let peer = self.0.get(field).cloned().unwrap_or_default();
        let marked = serde_json::from_value::<crate::PeerRef>(peer)
            .ok()
            .and_then(|p| p.marked());
        marked.map_or_else(|| text(SOMEONE), Part::Peer)
    }
}

/// "Actor WORDS “TITLE”", without the quote and what leads to it when there is no title.
fn titled(words: &str, title: String) -> Vec<Part> {
    let mut parts = match title.is_empty() {
        true => act(words.trim_end_matches(':').trim_end_matches(" to")),
        false => act(words),
    };
    if !title.is_empty() {
        parts.push(text(" "));
        parts.push(Part::Quote(title));
    }
    parts
}

fn with(words: &str, more: Vec<Part>) -> Vec<Part> {
    let mut parts = act(words);
    parts.extend(more);
    parts
}

/// The sentence of each known action; `None` for an unknown one.
fn parts(action: &str, value: &Value) -> Option<Vec<Part>> {
    let f = Fields(value);
    membership(action, &f)
        .or_else(|| settings(action, &f))
        .or_else(|| calls_and_payments(action, &f))
        .or_else(|| gift::parts(action, &f))
}

fn membership(action: &str, f: &Fields<'_>) -> Option<Vec<Part>> {
    Some(match action {
        "Empty" => act(" did something"),
        "ChatCreate" => titled(" created the group", f.str("title")),
        "ChannelCreate" => titled(" created the channel", f.str("title")),
        "ChatAddUser" => with(" added ", f.peers("users")),
        "ChatDeleteUser" => with(" removed ", vec![Part::Peer(f.int("user_id"))]),
        "ChatJoinedByLink" => act(" joined by an invite link"),
        "ChatJoinedByRequest" => act(" was let in"),
        "ChatJoinedViaCommunity" => act(" joined through the community"),
        "ChatMigrateTo" => act(" turned this group into a supergroup"),
        "ChannelMigrateFrom" => titled(
            " turned a basic group into this supergroup:",
            f.str("title"),
        ),
        "ContactSignUp" => act(" joined Telegram"),
        "NewCreatorPending" => with(
            " offers ownership to ",
            vec![Part::Peer(f.int("new_creator_id"))],
        ),
        "ChangeCreator" => with(
            " passed ownership to ",
            vec![Part::Peer(f.int("new_creator_id"))],
        ),
        "ManagedBotCreated" => with(" created the bot ", vec![Part::Peer(f.int("bot_id"))]),
        "RequestedPeer" | "RequestedPeerSentMe" => act(" shared a contact or chat with the bot"),
        "BotAllowed" => act(" allowed the bot to write"),
        "BoostApply" if f.count("boosts") == 1 => act(" boosted the chat"),
        "BoostApply" => act(&format!(" boosted the chat {} times", f.count("boosts"))),
        _ => return None,
    })
}

fn settings(action: &str, f: &Fields<'_>) -> Option<Vec<Part>> {
    Some(match action {
        "ChatEditTitle" => titled(" changed the name to", f.str("title")),
        "ChatEditPhoto" => act(" changed the photo"),
        "ChatDeletePhoto" => act(" removed the photo"),
        "PinMessage" => act(" pinned a message"),
        "HistoryClear" => act(" cleared the history"),
        "SetMessagesTTL" if f.int("period") == 0 => act(" turned automatic deletion off"),
        "SetMessagesTTL" => with(
            " set messages to delete themselves after ",
            vec![Part::Period(f.count("period"))],
        ),
        "SetChatTheme" => act(" changed the theme"),
        "SetChatWallPaper" => act(" changed the wallpaper"),
        "NoForwardsToggle" if f.flag("new_value") => act(" forbade saving content"),
        "NoForwardsToggle" => act(" allowed saving content"),
        "NoForwardsRequest" => act(" asked to change whether content may be saved"),
        "TopicCreate" => titled(" created the topic", f.str("title")),
        "TopicEdit" => titled(" changed the topic", f.str("title")),
        "SuggestProfilePhoto" => act(" suggested a profile photo"),
        "SuggestBirthday" => act(" suggested a birthday"),
        "ChangeCommunity" => act(" changed the community of this chat"),
        "CustomAction" => vec![Part::Quote(f.str("message"))],
        "ScreenshotTaken" => act(" took a screenshot"),
        "TodoCompletions" => act(" changed what is done on the checklist"),
        "TodoAppendTasks" => act(" added tasks to the checklist"),
        "PollAppendAnswer" => act(" added an answer to the poll"),
        "PollDeleteAnswer" => act(" removed an answer from the poll"),
        "WebViewDataSent" | "WebViewDataSentMe" => titled(" sent data to a bot:", f.str("text")),
        _ => return None,
    })
}

fn calls_and_payments(action: &str, f: &Fields<'_>) -> Option<Vec<Part>> {
    Some(match action {
        "PhoneCall" | "ConferenceCall" => call(f),
        "GroupCall" if f.count("duration") > 0 => {
            act(&format!(" ended a call of {} s", f.count("duration")))
        }
        "GroupCall" => act(" started a call"),
        "GroupCallScheduled" => act(" planned a call"),
        "InviteToGroupCall" => with(" invited to the call: ", f.peers("users")),
        "GameScore" => act(&format!(" scored {} in a game", f.count("score"))),
        "GeoProximityReached" => vec![
            f.peer("from_id"),
            text(&format!(" is within {} m of ", f.count("distance"))),
            f.peer("to_id"),
        ],
        "PaymentSent" | "PaymentSentMe" => with(
            " paid ",
            vec![Part::Money(f.int("total_amount"), f.str("currency"))],
        ),
        "SecureValuesSent" | "SecureValuesSentMe" => act(" sent identity documents to a bot"),
        "PaidMessagesPrice" => with(" set the price of a message to ", vec![f.stars()]),
        "SuggestedPostApproval" if f.flag("rejected") => act(" declined a suggested post"),
        "SuggestedPostApproval" => act(" approved a suggested post"),
        "SuggestedPostSuccess" => act(" published a suggested post"),
        "SuggestedPostRefund" => act(" refunded a suggested post"),
        "WalletTonConnectRequest" => act(" asked to connect a wallet"),
        _ => return None,
    })
}

fn call(f: &Fields<'_>) -> Vec<Part> {
    let kind = if f.flag("video") {
        "video call"
    } else {
        "call"
    };
    let reason =
        f.0.get("reason")
            .and_then(|reason| reason.get("_"))
            .and_then(Value::as_str);
    let missed = reason == Some("phoneCallDiscardReasonMissed") || f.flag("missed");
    match (missed, f.count("duration")) {
        (true, _) => act(&format!(" made a {kind} that was not answered")),
        (_, 0) => act(&format!(" made a {kind}")),
        (_, seconds) => act(&format!(" made a {kind} of {seconds} s")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn sentence(json: &str) -> (String, Vec<String>) {
        let mut unsupported = Vec::new();
        let raw = RawValue::from_string(json.to_owned()).unwrap();
        let service = Service::parse(&raw, false, &mut unsupported);
        (service.sentence("Ada", &|id| format!("#{id}")), unsupported)
    }

    #[test]
    fn sentences() {
        let said = |json| sentence(json).0;
        assert_eq!(
            said(r#"{"_":"messageActionChatCreate","title":"Club","users":[1]}"#),
            "Ada created the group “Club”"
        );
        assert_eq!(
            said(r#"{"_":"messageActionChatAddUser","users":[1,2]}"#),
            "Ada added #1, #2"
        );
        assert_eq!(
            said(r#"{"_":"messageActionPhoneCall","video":true,"call_id":1,"duration":61}"#),
            "Ada made a video call of 61 s"
        );
        assert_eq!(
            said(
                r#"{"_":"messageActionGeoProximityReached","from_id":{"_":"peerUser","user_id":1},
                    "to_id":{"_":"peerUser","user_id":2},"distance":50}"#
            ),
            "#1 is within 50 m of #2"
        );
    }

    #[test]
    fn amounts_and_periods_are_told_in_units_of_people() {
        let said = |json| sentence(json).0;
        assert_eq!(
            said(r#"{"_":"messageActionPaymentSent","currency":"EUR","total_amount":999}"#),
            "Ada paid 9.99 EUR"
        );
        assert_eq!(
            said(r#"{"_":"messageActionSetMessagesTTL","period":86400}"#),
            "Ada set messages to delete themselves after 1 day"
        );
    }

    #[test]
    fn topics_and_titles() {
        let parse = |json: &str| {
            let raw = RawValue::from_string(json.to_owned()).unwrap();
            Service::parse(&raw, false, &mut Vec::new())
        };
        let made = parse(r#"{"_":"messageActionTopicCreate","title":"Plans","icon_color":7}"#);
        let topic = made.topic.unwrap();
        assert!(topic.created);
        assert_eq!(
            (topic.title.as_deref(), topic.color),
            (Some("Plans"), Some(7))
        );
        let closed = parse(r#"{"_":"messageActionTopicEdit","closed":true}"#);
        assert_eq!(closed.topic.unwrap().closed, Some(true));
        let renamed = parse(r#"{"_":"messageActionChatEditTitle","title":"New"}"#);
        assert_eq!((renamed.new_title(), &renamed.topic), (Some("New"), &None));
        assert_eq!(
            parse(r#"{"_":"messageActionPinMessage"}"#).new_title(),
            None
        );
    }

    #[test]
    fn the_photo_a_chat_was_given() {
        let photo = |json: &str| {
            let raw = RawValue::from_string(json.to_owned()).unwrap();
            Service::parse(&raw, false, &mut Vec::new()).photo
        };
        let given = r#"{"_":"messageActionChatEditPhoto","photo":{"_":"photo","id":7}}"#;
        assert_eq!(photo(given), Some(7));
        assert_eq!(
            photo(r#"{"_":"messageActionChatEditPhoto","photo":3}"#),
            None
        );
        assert_eq!(photo(r#"{"_":"messageActionChatDeletePhoto"}"#), None);
    }

    #[test]
    fn unknown_and_hostile_actions_are_named_not_refused() {
        let (said, unsupported) = sentence(r#"{"_":"messageActionTeleport","to":1}"#);
        assert!(said.starts_with("Ada did something unknown"), "{said}");
        assert_eq!(unsupported, ["messageActionTeleport"]);
        assert_eq!(
            sentence(r#"{"_":"messageActionChatAddUser","users":"x"}"#).0,
            "Ada added someone"
        );
        assert_eq!(
            sentence(r#"{"_":"messageActionGameScore","score":-1}"#).0,
            "Ada scored 0 in a game"
        );
        assert_eq!(sentence("[]").1, [""]);
    }
}
