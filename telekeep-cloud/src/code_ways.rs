//! The ways a login code can go to its owner. By default into an app; a fault rule says otherwise
//! for the next login.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Where mail of the cloud's logins goes, as clients are shown it.
pub const EMAIL_PATTERN: &str = "l***n@example.org";

/// One way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CodeWay {
    /// Into an app that is signed in.
    App,
    /// Text message.
    Sms,
    /// Text message with a word.
    SmsWord,
    /// Text message with a phrase.
    SmsPhrase,
    /// A voice says it.
    Call,
    /// The number that calls is the code.
    FlashCall,
    /// The last digits of the number that calls are.
    MissedCall,
    /// By mail.
    Email,
    /// An address for mail must be given first.
    SetUpEmail,
    /// Through fragment.com.
    Fragment,
    /// By a service that serves official apps.
    Firebase,
}

/// How a code goes, and what can be asked for next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ways {
    /// The first is how it goes now.
    pub list: Vec<CodeWay>,
    /// Seconds until the next may be asked for.
    pub seconds: Option<i32>,
}

impl Default for Ways {
    fn default() -> Self {
        Self {
            list: vec![CodeWay::App],
            seconds: None,
        }
    }
}

impl Ways {
    /// How it goes now.
    pub fn now(&self) -> CodeWay {
        self.list.first().copied().unwrap_or(CodeWay::App)
    }

    /// Without the way it went; none when there is no other.
    pub fn next(mut self) -> Option<Ways> {
        if self.list.len() < 2 {
            return None;
        }
        self.list.remove(0);
        Some(self)
    }

    /// `auth.sentCode` for a code.
    pub fn sent_code(&self, hash: &str, code: &str) -> Value {
        let mut sent = json!({
            "_": "auth.sentCode",
            "type": kind(self.now(), code),
            "phone_code_hash": hash,
        });
        if let Some(next) = self.list.get(1).copied().and_then(next_type) {
            sent["next_type"] = json!({"_": next});
        }
        if let Some(seconds) = self.seconds {
            sent["timeout"] = json!(seconds);
        }
        sent
    }
}

fn kind(way: CodeWay, code: &str) -> Value {
    let length = code.len();
    let beginning: String = code.chars().take(1).collect();
    match way {
        CodeWay::App => json!({"_": "auth.sentCodeTypeApp", "length": length}),
        CodeWay::Sms => json!({"_": "auth.sentCodeTypeSms", "length": length}),
        CodeWay::SmsWord => json!({"_": "auth.sentCodeTypeSmsWord", "beginning": beginning}),
        CodeWay::SmsPhrase => json!({"_": "auth.sentCodeTypeSmsPhrase", "beginning": beginning}),
        CodeWay::Call => json!({"_": "auth.sentCodeTypeCall", "length": length}),
        CodeWay::FlashCall => json!({"_": "auth.sentCodeTypeFlashCall", "pattern": "*"}),
        CodeWay::MissedCall => {
            json!({"_": "auth.sentCodeTypeMissedCall", "prefix": "4412", "length": length})
        }
        CodeWay::Email => json!({
            "_": "auth.sentCodeTypeEmailCode", "email_pattern": EMAIL_PATTERN, "length": length,
        }),
        CodeWay::SetUpEmail => json!({"_": "auth.sentCodeTypeSetUpEmailRequired"}),
        CodeWay::Fragment => json!({
            "_": "auth.sentCodeTypeFragmentSms", "url": "https://fragment.com/", "length": length,
        }),
        CodeWay::Firebase => json!({"_": "auth.sentCodeTypeFirebaseSms", "length": length}),
    }
}

/// Not every way can be announced.
fn next_type(way: CodeWay) -> Option<&'static str> {
    Some(match way {
        CodeWay::Sms | CodeWay::SmsWord | CodeWay::SmsPhrase => "auth.codeTypeSms",
        CodeWay::Call => "auth.codeTypeCall",
        CodeWay::FlashCall => "auth.codeTypeFlashCall",
        CodeWay::MissedCall => "auth.codeTypeMissedCall",
        CodeWay::Fragment => "auth.codeTypeFragmentSms",
        _ => return None,
    })
}
