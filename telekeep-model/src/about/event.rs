//! Events of admin logs: what was done, and the messages that exist nowhere else any more.

use serde::Deserialize;
use serde_json::{Value, value::RawValue};

use super::Role;
use super::members::member;
use crate::part::filled;
use crate::{Context, Message, ModelError, Parsed, json};

/// What somebody did with a group or channel.
#[derive(Clone, Debug, PartialEq)]
pub struct AdminEvent {
    /// Its number.
    pub id: i64,
    /// When, unix seconds.
    pub date: i64,
    /// Who did it.
    pub by: i64,
    /// The name of the action, without what all of them begin with: `DeleteMessage`.
    pub action: String,
    /// What was done.
    pub deed: Deed,
}

/// What was done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deed {
    /// A message as it was before.
    pub before: Option<Box<Message>>,
    /// The message as it became, or that something else was done with.
    pub after: Option<Box<Message>>,
    /// Whom it was done to, and what they became.
    pub whom: Option<(i64, Role)>,
    /// A text or number that was changed: from, to.
    pub changed: Option<(String, String)>,
    /// Something was turned on or off.
    pub turned: Option<bool>,
    /// Title of an invite link, or the link.
    pub link: Option<String>,
}

/// What the names of actions begin with.
const ACTION: &str = "channelAdminLogEventAction";

impl AdminEvent {
    /// Reads the body of an `admin_event` record.
    pub fn parse(body: &RawValue, context: Context) -> Result<Self, ModelError> {
        #[derive(Deserialize)]
        struct Wire<'a> {
            id: i64,
            #[serde(default)]
            date: i64,
            #[serde(default)]
            user_id: i64,
            #[serde(borrow)]
            action: &'a RawValue,
        }
        let wire: Wire<'_> = json::read("admin event", body.get())?;
        let action: Value = json::read("admin event", wire.action.get())?;
        let name = action["_"].as_str().unwrap_or_default();
        let message = |field: &str| {
            let raw = serde_json::value::to_raw_value(action.get(field)?).ok()?;
            match Message::parse(&raw, context).ok()? {
                Parsed::Message(message) => Some(message),
                Parsed::Empty { .. } => None,
            }
        };
        let words = |field: &str| match &action[field] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let whom = ["new_participant", "participant"];
        let whom = whom.iter().find_map(|field| member(&action[*field]));
        let link = ["new_invite", "invite"].map(|field| &action[field]);
        Ok(Self {
            id: wire.id,
            date: wire.date,
            by: wire.user_id,
            action: name.strip_prefix(ACTION).unwrap_or(name).to_owned(),
            deed: Deed {
                before: message("prev_message"),
                after: message("new_message").or_else(|| message("message")),
                whom: whom.map(|member| (member.peer, member.role)),
                changed: words("prev_value").zip(words("new_value")),
                turned: action["new_value"].as_bool(),
                link: link
                    .iter()
                    .find_map(|link| filled(link, "title").or_else(|| filled(link, "link"))),
            },
        })
    }
}
