//! What an account set up for its business: replies kept ready, links that open a chat with it,
//! bots that answer for it. Settings are kept as the TL objects they are, as JSON.

use serde_json::{Value, json};

use super::cast::LAST_DAY;
use super::files::Files;
use super::ids::PeerId;
use crate::rpc::NATIVE_LAYER;

const DAY: i32 = 86_400;
/// Of file references.
const OF_REPLY: i32 = -7;

/// A reply kept ready.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) id: i32,
    /// What one types to send it.
    pub(crate) shortcut: &'static str,
    /// Its messages: number, text, and a picture.
    pub(crate) says: Vec<(i32, String, Option<i64>)>,
}

/// The business of an account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Business {
    pub(crate) replies: Vec<Reply>,
    /// TL `BusinessChatLink`s.
    pub(crate) links: Vec<Value>,
    /// TL `ConnectedBot`s.
    pub(crate) bots: Vec<Value>,
}

impl Business {
    /// A shop for umbrellas, with a `bot` that answers; `picture` is of the shop.
    pub(crate) fn open(bot: Option<PeerId>, picture: i64) -> Business {
        let reply = |id: i32, shortcut, says: &[(i32, &str, bool)]| {
            let says = says
                .iter()
                .map(|(id, text, shown)| (*id, (*text).to_owned(), shown.then_some(picture)));
            Reply {
                id,
                shortcut,
                says: says.collect(),
            }
        };
        let replies = vec![
            reply(1, "hello", &[(1, "Good day! How can I help?", false)]),
            reply(2, "away", &[(2, "I am at sea until Monday.", false)]),
            reply(
                3,
                "prices",
                &[
                    (3, "Every umbrella costs 12.", false),
                    (4, "This is the shop.", true),
                ],
            ),
        ];
        let links = [
            (
                "https://t.me/m/umbrellas",
                Some("Flyer"),
                "I saw the flyer",
                41,
            ),
            ("https://t.me/m/harbour", None, "Is the yellow one left?", 7),
        ];
        let link = |(link, title, text, views): (&str, Option<&str>, &str, i32)| {
            let mut value = json!({
                "_": "businessChatLink", "link": link, "message": text, "views": views,
                "entities": [{"_": "messageEntityBold", "offset": 0, "length": 1}],
            });
            if let Some(title) = title {
                value["title"] = json!(title);
            }
            value
        };
        let bots = bot.map(|bot| {
            json!({
                "_": "connectedBot", "bot_id": bot.marked(), "device": "Counter",
                "date": LAST_DAY - 70 * DAY, "location": "Lisbon",
                "recipients": {"_": "businessBotRecipients", "new_chats": true},
                "rights": {"_": "businessBotRights", "reply": true, "read_messages": true},
            })
        });
        Business {
            replies,
            links: links.map(link).into(),
            bots: bots.into_iter().collect(),
        }
    }
}

impl Reply {
    /// Its messages as TL `Message`s of this account.
    pub(crate) fn messages(&self, files: &Files, account: i64) -> Vec<Value> {
        let says = self.says.iter();
        says.map(|(id, text, picture)| {
            let own = json!({"_": "peerUser", "user_id": account});
            let mut message = json!({
                "_": "message", "out": true, "id": id, "from_id": own, "peer_id": own,
                "date": LAST_DAY - 90 * DAY, "message": text, "quick_reply_shortcut_id": self.id,
            });
            if let Some(photo) = picture.and_then(|picture| photo(files, account, picture)) {
                message["media"] = json!({"_": "messageMediaPhoto", "photo": photo});
            }
            message
        })
        .collect()
    }
}

/// A picture that the account uploaded, as it sees it.
pub(crate) fn photo(files: &Files, account: i64, picture: i64) -> Option<Value> {
    use grammers_tl_types::Serializable as _;
    let seen = super::context(account, PeerId::User(account), OF_REPLY);
    let photo = files.photo(picture, seen).to_bytes();
    let schema = telekeep_tl::bundled(NATIVE_LAYER)?;
    schema.to_value("Photo", &photo).ok()
}
