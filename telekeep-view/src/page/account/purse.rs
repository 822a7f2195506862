//! Gifts the account was given, and what it has to pay with.

use telekeep_index::FileState;
use telekeep_model::{Gift, Subscription, month_of_payments};

use super::settings::Setting;
use super::{Face, Reader};
use crate::page::shelf::Tile;
use crate::render::Links as _;
use crate::server::Result;

/// Gifts that are shown.
const GIFTS: usize = 500;

/// A gift.
pub(super) struct Given {
    pub tile: Option<Tile>,
    pub title: String,
    /// Who gave it, when that is told.
    pub from: Option<Face>,
    pub text: String,
    pub when: String,
}

impl Reader<'_> {
    /// Gifts, the newest first, and that there are more.
    pub(super) fn gifts(&self) -> Result<(Vec<Given>, Option<String>)> {
        let part = self.part("star_gifts")?;
        let gifts = part.map(|part| part.star_gifts()).unwrap_or_default();
        let rest = gifts.len().checked_sub(GIFTS).filter(|rest| *rest > 0);
        let more = rest.map(|rest| self.context.texts.count("list.more", rest as u64));
        let given: Result<Vec<Given>> = gifts
            .into_iter()
            .take(GIFTS)
            .map(|g| self.given(g))
            .collect();
        Ok((given?, more))
    }

    fn given(&self, gift: Gift) -> Result<Given> {
        let texts = self.context.texts;
        let title = match (gift.title, gift.number) {
            (Some(title), Some(number)) => format!("{title} #{number}"),
            (Some(title), None) => title,
            (None, _) => texts.money(gift.stars, "XTR"),
        };
        Ok(Given {
            tile: gift.picture.map(|id| self.tile(id)).transpose()?.flatten(),
            title,
            from: gift.from.map(|from| self.known(from)).transpose()?,
            text: gift.text,
            when: self.context.clock().full(gift.date),
        })
    }

    /// The small picture of a sticker, when both are held.
    fn tile(&self, id: i64) -> Result<Option<Tile>> {
        let links = self.context.links();
        let (file, thumb) = (format!("document/{id}"), format!("document/{id}/thumb/m"));
        let held =
            |key: &str| -> Result<bool> { Ok(matches!(self.index.file(key)?, FileState::Held(_))) };
        Ok((held(&file)? && held(&thumb)?).then(|| Tile {
            source: links.file(&file),
            thumb: links.file(&thumb),
            words: String::new(),
        }))
    }

    /// What the account has, and what it pays for again and again.
    pub(super) fn purse(&self) -> Result<Vec<Setting>> {
        let texts = self.context.texts;
        let mut settings = Vec::new();
        for name in ["stars/balance", "ton/balance"] {
            let balance = self.part(name)?.and_then(|part| part.balance());
            // Who never had any TON is not told of none.
            if let Some((amount, currency)) = balance
                && (amount != 0 || currency == "XTR")
            {
                settings.push(Setting {
                    name: texts.get("account.balance").to_owned(),
                    words: texts.money(amount, currency),
                    address: None,
                });
            }
        }
        let part = self.part("stars/subscriptions")?;
        let subscriptions = part.map(|part| part.subscriptions()).unwrap_or_default();
        for subscription in subscriptions {
            settings.push(self.subscription(subscription)?);
        }
        Ok(settings)
    }

    fn subscription(&self, one: Subscription) -> Result<Setting> {
        let (texts, clock) = (self.context.texts, self.context.clock());
        let name = match (one.title, one.peer) {
            (Some(title), _) => title,
            (None, Some(peer)) => self.known(peer)?.name,
            (None, None) => texts.get("account.subscription").to_owned(),
        };
        let until = texts.with("about.until", clock.full(one.until));
        Ok(Setting {
            name,
            words: format!("{} · {until}", texts.money(one.amount, "XTR")),
            address: None,
        })
    }

    /// How many payments are held.
    pub(super) fn payments(&self) -> Option<String> {
        let rows = self.rows.iter();
        let months = rows.filter(|row| month_of_payments(&row.part).is_some());
        let count: u64 = months.filter_map(|row| row.count).sum();
        (count > 0).then(|| self.context.texts.count("payments.count", count))
    }
}
