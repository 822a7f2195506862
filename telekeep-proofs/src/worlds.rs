//! Random worlds that change under their backup: people write, edit and delete, chats are taken away,
//! and the server leaves messages out of its answers. After every run each verdict must be true. Some
//! runs are stopped, or people go on while they work: of those it is judged what can never be untrue.
//!
//! Everything is in one process, so that a thousand worlds take minutes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use telekeep_cloud::{Cloud, Config, Fault, FaultKind};
use telekeep_index::{ChatStatus, Index};
use telekeep_journal::{Archive, InitOptions, Protection};
use telekeep_sources::monitor::Silent;
use telekeep_sources::spool::{AccountName, Spool, system_clock};
use telekeep_sources::telegram::backup::{Options, Stop, backup};
use telekeep_sources::telegram::login::{Login, SignIn};
use telekeep_sources::telegram::wire::{
    Client, Device, Endpoint, RsaKey, ServerChoice, SessionStore,
};

use crate::Result;
use crate::random::Random;

/// Milliseconds between runs: every chat is due again.
const PAUSE: i64 = 8 * 24 * 60 * 60 * 1000;

/// What happened in all worlds.
#[derive(Debug, Default)]
struct Sums {
    runs: u64,
    said: u64,
    edited: u64,
    deleted: u64,
    taken_away: u64,
    left_out: u64,
    disturbed: u64,
    stopped: u64,
    lost: u64,
    verdicts: u64,
    complete: u64,
    found_deleted: u64,
}

/// Judges `worlds` worlds; the first wrong verdict ends it, with the seed of its world.
pub fn prove(worlds: u64, seed: u64) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let mut sums = Sums::default();
    for number in 0..worlds {
        let seed = seed.wrapping_add(number);
        runtime
            .block_on(async { World::start(seed).await?.live(&mut sums).await })
            .map_err(|error| format!("world {seed}: {error}"))?;
        if (number + 1) % 50 == 0 {
            eprintln!("worlds: {} of {worlds}: {sums:?}", number + 1);
        }
    }
    let line = json!({
        "proof": "worlds", "worlds": worlds, "runs": sums.runs, "said": sums.said,
        "edited": sums.edited, "deleted": sums.deleted, "found_deleted": sums.found_deleted,
        "taken_away": sums.taken_away, "answers_left_out": sums.left_out,
        "disturbed": sums.disturbed, "stopped": sums.stopped, "lost": sums.lost,
        "verdicts": sums.verdicts, "verdicts_complete": sums.complete, "wrong": 0,
    });
    println!("{line}");
    Ok(())
}

/// What happens in the midst of a run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Midst {
    Nothing,
    /// People write, edit and delete, and chats are taken away.
    People,
    /// It is stopped.
    Stop,
}

struct World {
    cloud: Cloud,
    archive: Arc<Archive>,
    spool: Arc<Spool>,
    index: Index,
    random: Random,
    account: i64,
    /// What was taken away.
    away: BTreeSet<i64>,
    /// Every message there ever was, by chat.
    ever: BTreeMap<i64, BTreeSet<i64>>,
    /// How often `PAUSE` passed.
    age: i64,
    _folder: tempfile::TempDir,
}

impl World {
    async fn start(seed: u64) -> Result<World> {
        let folder = tempfile::tempdir()?;
        let mut random = Random::new(seed);
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            seed,
            chats: u32::try_from(random.between(3, 8))?,
            messages: random.between(150, 900),
            media_mb: 0,
            latency: Duration::ZERO,
            faults: Vec::new(),
            key_dir: folder.path().to_owned(),
        };
        let cloud = telekeep_cloud::start(config).await?;
        let (archive, spool) = archive(&folder.path().join("archive"))?;
        let account = *cloud.world().account_ids().first().ok_or("no account")?;
        let mut world = World {
            index: Index::open(&folder.path().join("index.db"), None)?,
            cloud,
            archive,
            spool,
            random,
            account,
            away: BTreeSet::new(),
            ever: BTreeMap::new(),
            age: 0,
            _folder: folder,
        };
        world.remember();
        world.sign_in().await?;
        Ok(world)
    }

    async fn client(&self) -> Result<Client> {
        let pem = std::fs::read_to_string(self.cloud.public_key_path())?;
        let server = ServerChoice::Custom {
            address: self.cloud.address().to_string(),
            keys: RsaKey::from_pem(&pem)?,
        };
        let endpoint = Endpoint {
            server,
            api_id: 1,
            api_hash: String::from("local"),
            device: Device::default(),
            proxy: None,
        };
        let store: Arc<dyn SessionStore> = self.spool.clone();
        Ok(Client::connect(endpoint, store).await?)
    }

    async fn sign_in(&self) -> Result<()> {
        let client = self.client().await?;
        let account = self.cloud.accounts().into_iter().next();
        let account = account.ok_or("no account")?;
        let mut login = Login::send_code(&client, &account.phone).await?;
        match login.sign_in(&account.code).await? {
            SignIn::Done(_) => {}
            _ => return Err("the account wants more than a code".into()),
        }
        client.close().await?;
        Ok(())
    }

    async fn live(mut self, sums: &mut Sums) -> Result<()> {
        self.faults(sums);
        self.disturbed(sums).await?;
        self.run(false, Midst::Nothing, sums).await?;
        self.judge(sums)?;
        for _ in 0..self.random.between(1, 3) {
            self.change(sums);
            self.cloud.forget_faults();
            self.faults(sums);
            self.disturbed(sums).await?;
            let relist = self.random.once_in(5);
            self.run(relist, Midst::Nothing, sums).await?;
            self.judge(sums)?;
        }
        // In the end nothing disturbs, and everything is known.
        self.cloud.forget_faults();
        self.run(true, Midst::Nothing, sums).await?;
        self.judge(sums)?;
        self.settled(sums)
    }

    /// The server leaves something out: once, or in this run again and again.
    fn faults(&mut self, sums: &mut Sums) {
        if !self.random.once_in(2) {
            return;
        }
        sums.left_out += 1;
        let often = self.random.once_in(3);
        let (nth, every) = (self.random.between(1, 12), self.random.between(1, 3));
        let left_out = FaultKind::LeftOut {
            messages: self.random.between(1, 4),
        };
        self.cloud.add_fault(Fault {
            every: often.then_some(every),
            times: (!often).then_some(1),
            ..Fault::once("messages.getHistory", nth, left_out)
        });
    }

    /// Sometimes a run is disturbed before the one that is judged as a whole.
    async fn disturbed(&mut self, sums: &mut Sums) -> Result<()> {
        let midst = match self.random.below(4) {
            0 => Midst::People,
            1 => Midst::Stop,
            _ => return Ok(()),
        };
        if midst == Midst::People {
            // A server that hides something while as much is deleted cannot be told from one that
            // does not, but by listing everything.
            self.cloud.forget_faults();
        }
        sums.disturbed += u64::from(midst == Midst::People);
        sums.stopped += u64::from(midst == Midst::Stop);
        self.run(false, midst, sums).await?;
        self.judge_certain()?;
        self.faults(sums);
        Ok(())
    }

    async fn run(&mut self, relist: bool, midst: Midst, sums: &mut Sums) -> Result<()> {
        let (now, later) = (system_clock(), self.age * PAUSE);
        let options = Options {
            media: false,
            relist,
            clock: Arc::new(move || now() + later),
            ..Options::default()
        };
        let client = self.client().await?;
        let stop = Stop::new();
        let monitor = Arc::new(Silent);
        let (archive, spool) = (self.archive.clone(), self.spool.clone());
        let mut running = pin!(backup(&client, &archive, &spool, &options, monitor, &stop));
        let pages = self.pages() + self.random.between(1, 12);
        let met = tokio::select! {
            done = &mut running => Some(done),
            () = self.reach(pages), if midst != Midst::Nothing => None,
        };
        let done = match (met, midst) {
            (Some(done), _) => done,
            (None, Midst::Stop) => {
                stop.set();
                running.await
            }
            (None, _) => {
                self.change(sums);
                running.await
            }
        };
        client.clone().close().await?;
        done?;
        self.age += 1;
        sums.runs += 1;
        let journal = AccountName::default().journal();
        let from = self.index.position(&journal)?;
        let lines = self.archive.records(&journal, from)?;
        self.index.apply(&journal, lines)?;
        Ok(())
    }

    /// Pages of chats asked for so far.
    fn pages(&self) -> u64 {
        let calls = self.cloud.calls();
        calls.get("messages.getHistory").copied().unwrap_or(0)
    }

    async fn reach(&self, pages: u64) {
        while self.pages() < pages {
            tokio::time::sleep(Duration::from_micros(300)).await;
        }
    }

    fn remember(&mut self) {
        for chat in self.cloud.world().chat_list(self.account) {
            let ids = self.ids(chat.id).into_iter().map(i64::from);
            self.ever.entry(chat.id).or_default().extend(ids);
        }
    }

    fn ids(&self, chat: i64) -> Vec<i32> {
        self.cloud.world().message_ids(self.account, chat)
    }

    /// What people do between two runs.
    fn change(&mut self, sums: &mut Sums) {
        let (account, world) = (self.account, self.cloud.world());
        for chat in world.chat_list(account) {
            let ids = world.message_ids(account, chat.id);
            if ids.is_empty() || self.random.once_in(4) {
                continue;
            }
            if self.random.once_in(25) {
                world.take_away(account, chat.id);
                self.away.insert(chat.id);
                sums.taken_away += 1;
                continue;
            }
            let most = match self.random.once_in(6) {
                true => ids.len() as u64,
                false => 5,
            };
            for _ in 0..self.random.below(most) {
                if let Some(id) = self.random.pick(&ids) {
                    sums.deleted += world.delete(account, chat.id, &[*id]) as u64;
                }
            }
            for _ in 0..self.random.below(4) {
                if let Some(id) = self.random.pick(&ids) {
                    world.edit(account, chat.id, *id, &format!("edited {}", self.age));
                    sums.edited += 1;
                }
            }
            for _ in 0..self.random.below(6) {
                world.say(account, chat.id, "more");
                sums.said += 1;
            }
        }
        self.remember();
    }

    /// What is true of each chat whenever it was looked at: nothing that is there is called deleted, and
    /// nothing is called lost that is held or never was.
    fn judge_certain(&self) -> Result<()> {
        for chat in self.index.status()? {
            let held = self.held(chat.id)?;
            let there: BTreeSet<i64> = self.ids(chat.id).into_iter().map(i64::from).collect();
            let wrong = held.iter().find(|(id, gone)| **gone && there.contains(id));
            if let Some((id, _)) = wrong {
                return Err(format!("{}: {id} is there and called deleted", chat.id).into());
            }
            self.judge_losses(&chat, &there, &held)?;
        }
        Ok(())
    }

    /// What can still be read is not lost.
    fn judge_losses(
        &self,
        chat: &ChatStatus,
        there: &BTreeSet<i64>,
        held: &BTreeMap<i64, bool>,
    ) -> Result<()> {
        let ever = self.ever.get(&chat.id).into_iter().flatten();
        let closed = self.away.contains(&chat.id);
        let gone = ever.filter(|id| closed || !there.contains(id));
        let never_had = gone.filter(|id| !held.contains_key(id)).count() as u64;
        match chat.lost > never_had {
            true => Err(format!("{chat:?}: of {never_had} that were never had").into()),
            false => Ok(()),
        }
    }

    /// What is said of each chat is true.
    fn judge(&self, sums: &mut Sums) -> Result<()> {
        for chat in self.index.status()? {
            if self.away.contains(&chat.id) && chat.complete && chat.id < 0 {
                return Err(format!("{} cannot be read and is complete", chat.id).into());
            }
            if self.away.contains(&chat.id) {
                continue;
            }
            let there: BTreeSet<i64> = self.ids(chat.id).into_iter().map(i64::from).collect();
            self.judge_chat(&chat, &there, sums)?;
        }
        Ok(())
    }

    fn judge_chat(&self, chat: &ChatStatus, there: &BTreeSet<i64>, sums: &mut Sums) -> Result<()> {
        let held = self.held(chat.id)?;
        self.judge_losses(chat, there, &held)?;
        sums.verdicts += 1;
        sums.complete += u64::from(chat.complete);
        for (id, deleted) in &held {
            if *deleted && there.contains(id) {
                return Err(format!("{}: {id} is there and called deleted", chat.id).into());
            }
            if chat.complete && !deleted && !there.contains(id) {
                return Err(format!("{}: complete, but {id} is gone", chat.id).into());
            }
        }
        let lacking = there.iter().find(|id| !held.contains_key(id));
        match lacking {
            Some(id) if chat.complete => Err(format!("{}: complete without {id}", chat.id).into()),
            _ => judge_counts(chat, there, &held),
        }
    }

    /// Ids of a chat, and whether they are known to be gone.
    fn held(&self, chat: i64) -> Result<BTreeMap<i64, bool>> {
        let mut held = BTreeMap::new();
        let mut after = 0;
        loop {
            let page = self
                .index
                .messages(chat, telekeep_index::Place::After(after), 500)?;
            let Some(last) = page.last() else {
                return Ok(held);
            };
            after = last.message.id;
            let state = |shown: &telekeep_index::Shown| (shown.message.id, shown.deleted.is_some());
            held.extend(page.iter().map(state));
        }
    }

    /// Nothing disturbed the last run, which listed everything: all is found.
    fn settled(&self, sums: &mut Sums) -> Result<()> {
        for chat in self.index.status()? {
            if self.away.contains(&chat.id) {
                if chat.id > 0 && self.held(chat.id)?.values().any(|deleted| !deleted) {
                    return Err(
                        format!("{} was emptied, and not all of it is gone", chat.id).into(),
                    );
                }
                continue;
            }
            let is_former = chat.server_count.is_none() || self.ids(chat.id).is_empty();
            if !chat.complete && !chat.has_losses() && !is_former {
                return Err(format!("{chat:?} is not complete").into());
            }
            sums.found_deleted += chat.deleted;
            sums.lost += chat.lost;
            for message in self.cloud.world().messages(self.account, chat.id) {
                self.same(chat.id, &message)?;
            }
        }
        Ok(())
    }

    fn same(&self, chat: i64, message: &Value) -> Result<()> {
        if message["_"] != "message" {
            return Ok(());
        }
        let id = message["id"].as_i64().unwrap_or(0);
        let shown = self.index.message(chat, id)?;
        let text = shown.map(|shown| shown.message.text);
        let truth = message["message"].as_str().unwrap_or_default();
        match text.as_deref() == Some(truth) {
            true => Ok(()),
            false => Err(format!("{chat}/{id} is not as it is at the server").into()),
        }
    }
}

/// Numbers of a verdict: what is called deleted, missing or counted no more is, and what is not
/// complete says why.
fn judge_counts(
    chat: &ChatStatus,
    there: &BTreeSet<i64>,
    held: &BTreeMap<i64, bool>,
) -> Result<()> {
    let deleted = held.values().filter(|deleted| **deleted).count() as u64;
    let lacking = there.iter().filter(|id| !held.contains_key(id)).count() as u64;
    let gone = held
        .iter()
        .filter(|(id, deleted)| !**deleted && !there.contains(id));
    let wrong = match gone.count() as u64 {
        _ if chat.deleted != deleted => "deleted",
        _ if chat.missing > lacking => "missing",
        gone if chat.uncounted > gone => "uncounted",
        _ if !chat.complete && !has_reason(chat) => "without a reason",
        _ => return Ok(()),
    };
    Err(format!("{wrong}: {chat:?} deleted {deleted} lacking {lacking}").into())
}

/// It says why it is not complete.
fn has_reason(chat: &ChatStatus) -> bool {
    chat.missing + chat.uncounted + chat.gaps + chat.lost > 0
        || chat.failure.is_some()
        || chat.not_visible.is_some()
        || chat.server_count.is_none()
}

fn archive(folder: &Path) -> Result<(Arc<Archive>, Arc<Spool>)> {
    let options = InitOptions {
        protection: Protection::None,
        now: 1,
    };
    Archive::init_folder(folder, &options)?;
    let archive = Archive::open_folder(folder)?;
    let spool = Spool::open(&archive)?;
    Ok((Arc::new(archive), Arc::new(spool)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_few_worlds_are_judged_truly() -> crate::Result<()> {
        super::prove(12, 1)
    }
}
