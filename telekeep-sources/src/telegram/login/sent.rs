//! How a login code goes to its owner, and what may be asked for next.

use telekeep_tl::Object;

use super::{LoginError, not_understood, object};
use crate::telegram::wire::{Client, Reply};

/// How a code is sent, and what may be asked for next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentCode {
    /// Where the code goes.
    pub way: CodeWay,
    /// Number of digits (or letters), when it is known.
    pub length: Option<u32>,
    /// The way that [`super::Login::resend_code`] asks for, if there is one.
    pub next: Option<NextWay>,
    /// Seconds until asking for another way makes sense.
    pub timeout: Option<u32>,
}

/// Where a login code goes. Texts are the server's.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodeWay {
    /// Into a Telegram app that is signed in already.
    App,
    /// By text message, as digits.
    Sms,
    /// By text message, as a word.
    SmsWord {
        /// Its first letter or letters.
        beginning: Option<String>,
    },
    /// By text message, as a phrase.
    SmsPhrase {
        /// Its first word or words.
        beginning: Option<String>,
    },
    /// By a phone call: a voice says it.
    Call,
    /// By a call that is not to be answered: the number that calls is the code.
    FlashCall,
    /// By a call that is not to be answered: the last digits of the number that calls are the code.
    MissedCall {
        /// What the number begins with.
        prefix: String,
    },
    /// By electronic mail.
    Email {
        /// The address, most of it hidden.
        pattern: String,
    },
    /// Nowhere yet: an address for mail must be named first ([`super::Login::set_up_email`]).
    SetUpEmail,
    /// Through fragment.com, for anonymous numbers.
    Fragment {
        /// Where it is shown.
        url: String,
    },
    /// By a way only official apps can use.
    Other(String),
}

/// A way that can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NextWay {
    /// Text message.
    Sms,
    /// A voice that says it.
    Call,
    /// A call whose number is the code, or ends with it.
    Ring,
    /// fragment.com.
    Fragment,
    /// One this client does not know.
    Other,
}

/// Reads an `auth.SentCode`, alone or in an `account.emailVerifiedLogin`.
pub(super) fn read(
    client: &Client,
    reply: &Reply,
    method: &str,
) -> Result<(String, SentCode), LoginError> {
    let answer = object(client, reply, method)?;
    let inner = answer.object("sent_code");
    let sent = match answer.name() {
        "account.emailVerifiedLogin" => inner.as_ref().ok_or_else(|| not_understood(method))?,
        _ => &answer,
    };
    match sent.name() {
        "auth.sentCode" => read_code(sent).ok_or_else(|| not_understood(method)),
        "auth.sentCodePaymentRequired" => Err(LoginError::PaymentRequired),
        _ => Err(not_understood(method)),
    }
}

fn read_code(sent: &Object<'_>) -> Option<(String, SentCode)> {
    let kind = sent.object("type")?;
    let positive = |number: Option<i32>| number.and_then(|number| u32::try_from(number).ok());
    let code = SentCode {
        way: way(&kind),
        length: positive(kind.int("length")),
        next: sent.object("next_type").map(|next| next_way(next.name())),
        timeout: positive(sent.int("timeout")),
    };
    Some((sent.str("phone_code_hash")?.into_owned(), code))
}

fn way(kind: &Object<'_>) -> CodeWay {
    let text = |field: &str| kind.str(field).map(|text| text.into_owned());
    let name = kind.name();
    match name.strip_prefix("auth.sentCodeType").unwrap_or(name) {
        "App" => CodeWay::App,
        "Sms" => CodeWay::Sms,
        "SmsWord" => CodeWay::SmsWord {
            beginning: text("beginning"),
        },
        "SmsPhrase" => CodeWay::SmsPhrase {
            beginning: text("beginning"),
        },
        "Call" => CodeWay::Call,
        "FlashCall" => CodeWay::FlashCall,
        "MissedCall" => CodeWay::MissedCall {
            prefix: text("prefix").unwrap_or_default(),
        },
        "EmailCode" => CodeWay::Email {
            pattern: text("email_pattern").unwrap_or_default(),
        },
        "SetUpEmailRequired" => CodeWay::SetUpEmail,
        "FragmentSms" => CodeWay::Fragment {
            url: text("url").unwrap_or_default(),
        },
        other => CodeWay::Other(other.to_owned()),
    }
}

fn next_way(constructor: &str) -> NextWay {
    match constructor {
        "auth.codeTypeSms" => NextWay::Sms,
        "auth.codeTypeCall" => NextWay::Call,
        "auth.codeTypeFlashCall" | "auth.codeTypeMissedCall" => NextWay::Ring,
        "auth.codeTypeFragmentSms" => NextWay::Fragment,
        _ => NextWay::Other,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read_json(kind: Value, next: Option<&str>) -> SentCode {
        let schema = telekeep_tl::bundled(230).unwrap();
        let mut json = json!({
            "_": "auth.sentCode", "type": kind, "phone_code_hash": "hash", "timeout": 60,
        });
        if let Some(next) = next {
            json["next_type"] = json!({"_": next});
        }
        let mut bytes = Vec::new();
        schema.encode("auth.SentCode", &json, &mut bytes).unwrap();
        let (hash, sent) = read_code(&schema.object(&bytes).unwrap()).unwrap();
        assert_eq!((hash.as_str(), sent.timeout), ("hash", Some(60)));
        sent
    }

    #[test]
    fn a_sent_code_tells_its_way_and_the_next() {
        let app = json!({"_": "auth.sentCodeTypeApp", "length": 5});
        let sent = read_json(app, Some("auth.codeTypeMissedCall"));
        let expected = SentCode {
            way: CodeWay::App,
            length: Some(5),
            next: Some(NextWay::Ring),
            timeout: Some(60),
        };
        assert_eq!(sent, expected);
    }

    #[test]
    fn every_way_of_the_schema_is_known_but_that_of_official_apps() {
        let kinds = [
            json!({"_": "auth.sentCodeTypeApp", "length": 5}),
            json!({"_": "auth.sentCodeTypeSms", "length": 5}),
            json!({"_": "auth.sentCodeTypeSmsWord", "beginning": "l"}),
            json!({"_": "auth.sentCodeTypeSmsPhrase"}),
            json!({"_": "auth.sentCodeTypeCall", "length": 5}),
            json!({"_": "auth.sentCodeTypeFlashCall", "pattern": "*"}),
            json!({"_": "auth.sentCodeTypeMissedCall", "prefix": "44", "length": 5}),
            json!({"_": "auth.sentCodeTypeEmailCode", "email_pattern": "a*b", "length": 5}),
            json!({"_": "auth.sentCodeTypeSetUpEmailRequired"}),
            json!({"_": "auth.sentCodeTypeFragmentSms", "url": "u", "length": 5}),
            json!({"_": "auth.sentCodeTypeFirebaseSms", "length": 5}),
        ];
        let schema = telekeep_tl::bundled(230).unwrap();
        let names = schema.constructors().map(|kind| kind.name());
        let all = names
            .filter(|name| name.starts_with("auth.sentCodeType"))
            .count();
        assert_eq!(all, kinds.len());
        let (official, known): (Vec<_>, Vec<_>) = kinds
            .into_iter()
            .map(|kind| read_json(kind, None).way)
            .partition(|way| matches!(way, CodeWay::Other(_)));
        assert_eq!(official, [CodeWay::Other("FirebaseSms".into())]);
        assert_eq!(known.len(), 10);
        assert!(known.contains(&CodeWay::SmsPhrase { beginning: None }));
    }
}
