//! The bot one can log in to: by a token instead of a number, and to very little.

use serde::Serialize;

use super::World;
use super::account::Account;
use super::peers::Person;
use super::state::State;
use crate::rpc::AccountId;

const ID: i64 = 5_800_000_001;
const USERNAME: &str = "lantern_helper_bot";

/// How to log in to the bot.
#[derive(Clone, Debug, Serialize)]
pub struct BotInfo {
    /// Its name after the @.
    pub username: String,
    /// The token the cloud accepts for it.
    pub token: String,
}

impl World {
    /// How to log in to the bot of this world.
    pub fn bot(&self) -> BotInfo {
        let secret = self.read().seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        BotInfo {
            username: USERNAME.to_owned(),
            token: format!("{ID}:AA{secret:016x}-local-cloud"),
        }
    }

    /// The account of a bot token. It is made with the first login.
    pub(crate) fn account_by_token(&self, token: &str) -> Option<AccountId> {
        if token != self.bot().token {
            return None;
        }
        self.write().make_bot();
        Some(ID)
    }

    /// True for accounts of bots.
    pub(crate) fn is_bot(&self, account: AccountId) -> bool {
        account == ID
    }
}

impl State {
    fn make_bot(&mut self) {
        if self.accounts.contains_key(&ID) {
            return;
        }
        let person = Person {
            id: ID,
            first: "Lantern Helper".into(),
            username: Some(USERNAME.into()),
            about: "Answers questions about the local cloud.".into(),
            bot: true,
            face: self.peers.people.values().find_map(|person| person.face),
            ..Person::default()
        };
        self.peers.people.insert(ID, person);
        // Not among those that are listed: nobody logs in to it by number.
        self.accounts.insert(ID, Account::new(ID, "", None));
    }
}
