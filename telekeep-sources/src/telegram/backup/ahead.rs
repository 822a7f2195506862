//! Before anything is fetched: will it fit on the disk?
//!
//! Telegram tells no sizes, so they are estimated as a plan does it, from the server's counts of
//! files and some samples. A run that has little to do is not worth those requests.

use super::plan::{PlannedChat, Planner};
use super::run::{Engine, Halt};
use super::size::Estimate;
use crate::monitor::Forecast;
use crate::spool::{ChatFacts, ChatState, Departed, Who};

/// Chats whose files are counted, at most.
const COUNTED: usize = 100;

impl Engine {
    /// Says so when the files to come will not fit, before the first of them is asked for.
    pub(super) async fn look_ahead(&self) -> Result<(), Halt> {
        let Some(mut forecast) = self.forecast_of_waiting()?.filter(|_| self.options.media) else {
            return Ok(());
        };
        forecast.at_least = true;
        if forecast.fits() {
            self.choose().await?;
            let new = self.new_chats()?;
            forecast.at_least = new.len() > COUNTED;
            forecast.needed = forecast.needed.plus(self.expected(new).await?);
        }
        self.mind(&forecast);
        Ok(())
    }

    /// The same of files that wait to be fetched, now that all of them are known.
    pub(in crate::telegram) fn look_at_waiting(&self) -> Result<(), Halt> {
        if let Some(forecast) = self.forecast_of_waiting()? {
            self.mind(&forecast);
        }
        Ok(())
    }

    /// Once in a run is enough.
    fn mind(&self, forecast: &Forecast) {
        if !forecast.fits() && self.short.set(()).is_ok() {
            self.monitor.shortage(forecast);
        }
    }

    /// `None` when nobody knows what is free.
    fn forecast_of_waiting(&self) -> Result<Option<Forecast>, Halt> {
        let Some(free) = (self.options.free_space)() else {
            return Ok(None);
        };
        let queued = self.spool.file_counts()?;
        Ok(Some(Forecast {
            needed: Estimate::exact(queued.waiting, queued.waiting_bytes),
            at_least: false,
            free,
            keep: self.options.keep_free,
        }))
    }

    /// Chats of which nothing is held, when they are most of what is selected.
    fn new_chats(&self) -> Result<Vec<ChatState>, Halt> {
        let mut chats = self.spool.chats()?;
        chats.retain(|chat| {
            let selected = chat.scope.as_ref().is_none_or(|scope| scope.out.is_none());
            selected && chat.departed == Departed::No && chat.top.is_some()
        });
        let selected = chats.len();
        chats.retain(|chat| self.is_worth_asking(chat) && chat.held + chat.explained == 0);
        if chats.len() * 2 < selected {
            chats.clear();
        }
        Ok(chats)
    }

    /// The files of these chats. What goes wrong here goes wrong again where it matters: it is no
    /// reason to end a run.
    async fn expected(&self, mut chats: Vec<ChatState>) -> Result<Estimate, Halt> {
        // Where most may be: the highest numbers.
        chats.sort_by_key(|chat| std::cmp::Reverse(chat.top));
        let planner = Planner {
            client: self.client.clone(),
            spool: self.spool.clone(),
            options: self.options.clone(),
        };
        let chats = chats.into_iter().take(COUNTED).map(planned).collect();
        tokio::select! {
            expected = planner.files_of_new(chats) => Ok(expected.unwrap_or_default()),
            () = self.stop.wait() => Err(Halt::Stopped),
        }
    }
}

fn planned(chat: ChatState) -> PlannedChat {
    let facts = ChatFacts {
        chat: chat.chat,
        who: Who::default(),
        is_self: chat.is_self,
        archived: false,
        departed: chat.departed,
    };
    let scope = chat.scope.unwrap_or_default();
    PlannedChat::new(facts, scope, chat.protected, chat.access_hash)
}
