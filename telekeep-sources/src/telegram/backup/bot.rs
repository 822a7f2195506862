//! A run for a bot. Telegram shows a bot neither a list of its chats nor their history: it gets
//! what is sent while it listens, and nothing else can be asked for. What remains is what the bot
//! says about itself. Everything else is asked for all the same, so that the archive holds the
//! server's own word for what it refuses.

use super::account::News;
use super::recorder::Item;
use super::run::{Engine, Halt};

/// What no bot may list, and what the server calls that.
pub(super) const CHATS: &str = "chats";
const REFUSED: &str = "BOT_METHOD_INVALID";

impl Engine {
    /// Is the account a bot?
    pub(super) fn is_bot(&self) -> bool {
        self.client.account().is_some_and(|account| account.bot)
    }

    /// What can be had of a bot. Bots have no exports.
    pub(super) async fn everything_of_bot(&self) -> Result<(), Halt> {
        self.monitor.phase("account");
        self.ask_parts().await?;
        let news = Box::new(News::Unavailable {
            part: CHATS.to_owned(),
            reason: REFUSED.to_owned(),
            hash: 0,
        });
        self.store(Item::Account { news }).await?;
        self.barrier().await?;
        if self.options.media {
            self.monitor.phase("media");
            self.fetch_files().await?;
        }
        Ok(())
    }
}
