//! How groups and channels are run: administrators, people shut out or restricted, invite links,
//! and the log of what administrators did.

use std::collections::BTreeMap;

use grammers_tl_types::{enums, types};

use super::blank;
use super::cast::LAST_DAY;
use super::ids::PeerId;
use super::peers::{Channel, Peers, all_rights};

const DAY: i32 = 86_400;

/// An administrator beside the owner.
#[derive(Clone, Debug)]
pub(crate) struct Admin {
    /// Who made them one.
    pub(crate) by: i64,
    pub(crate) date: i32,
    /// What members see beside the name.
    pub(crate) rank: Option<String>,
}

/// Somebody who was shut out, or may not do everything.
#[derive(Clone, Debug)]
pub(crate) struct Ban {
    pub(crate) by: i64,
    pub(crate) date: i32,
    /// They may not even read.
    pub(crate) kicked: bool,
}

/// How one group or channel is run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Office {
    pub(crate) admins: BTreeMap<i64, Admin>,
    pub(crate) bans: BTreeMap<i64, Ban>,
    /// Only administrators see who is a member.
    pub(crate) hidden: bool,
    /// Links to join it, the newest first.
    pub(crate) links: Vec<types::ChatInviteExported>,
    /// Who came by which of them, the newest first.
    pub(crate) joined: Vec<(String, types::ChatInviteImporter)>,
    /// What administrators did, the newest last.
    pub(crate) log: Vec<types::ChannelAdminLogEvent>,
    /// The group of a channel's comments, or the channel of such a group.
    pub(crate) linked: Option<i64>,
    pub(crate) slow: Option<i32>,
}

impl Office {
    /// Notes what somebody did.
    pub(crate) fn note(
        &mut self,
        user_id: i64,
        date: i32,
        action: enums::ChannelAdminLogEventAction,
    ) {
        let id = self.log.last().map_or(FIRST_EVENT, |last| last.id + 3);
        self.log.push(types::ChannelAdminLogEvent {
            id,
            date,
            user_id,
            action,
        });
    }
}

/// Ids of events are larger than those of messages.
const FIRST_EVENT: i64 = 70_000_000_001;

/// What administrators that are not the owner may do.
pub(crate) fn some_rights() -> types::ChatAdminRights {
    types::ChatAdminRights {
        add_admins: false,
        ..all_rights()
    }
}

/// What somebody who was shut out, or restricted, may not do.
pub(crate) fn taken(ban: &Ban) -> types::ChatBannedRights {
    types::ChatBannedRights {
        view_messages: ban.kicked,
        send_messages: true,
        send_media: true,
        until_date: i32::MAX,
        ..blank::chat_banned_rights()
    }
}

/// The channels and groups of the account with the big world get somebody to run them.
pub(crate) fn settle(account: i64, peers: &mut Peers) {
    let strangers: Vec<i64> = peers.people.values().rev().map(|p| p.id).take(3).collect();
    let linked = linked(account, peers);
    for channel in peers.channels.values_mut() {
        match channel.creator == account {
            true => run(channel, account, &strangers),
            false => others(channel, account),
        }
        channel.office.linked = linked.iter().find(|(id, _)| *id == channel.id).map(|l| l.1);
    }
    for (id, group) in &mut peers.groups {
        if group.creator == account && group.migrated_to.is_none() {
            group.office.links = links(*id, account, None);
            let members = group.members.clone();
            come(&mut group.office, &members, &strangers);
        }
    }
}

/// Its news have comments in the first of its groups.
fn linked(account: i64, peers: &Peers) -> Vec<(i64, i64)> {
    let own = |broadcast: bool| {
        let mut own = peers.channels.values().filter(|c| c.creator == account);
        own.find(|c| c.broadcast == broadcast).map(|c| c.id)
    };
    match (own(true), own(false)) {
        (Some(news), Some(group)) => vec![(news, group), (group, news)],
        _ => Vec::new(),
    }
}

fn run(channel: &mut Channel, owner: i64, strangers: &[i64]) {
    let members: Vec<i64> = channel.members.iter().copied().skip(2).take(3).collect();
    let date = LAST_DAY - 30 * DAY;
    if let Some(&admin) = members.first() {
        let rank = Some("Keeper of the keys".to_owned());
        channel.office.admins.insert(
            admin,
            Admin {
                by: owner,
                date,
                rank,
            },
        );
    }
    let mut bans: Vec<(i64, bool)> = strangers.iter().map(|id| (*id, true)).collect();
    bans.extend(members.get(1).map(|id| (*id, false)));
    for (id, kicked) in bans {
        if !kicked || !channel.members.contains(&id) {
            let ban = Ban {
                by: owner,
                date,
                kicked,
            };
            channel.office.bans.insert(id, ban);
        }
    }
    channel.office.slow = (!channel.broadcast).then_some(30);
    channel.office.links = links(channel.id, owner, members.first().copied());
    come(&mut channel.office, &channel.members, strangers);
    story(channel, owner, members.first().copied());
}

/// In some of the groups of others the account is an administrator, some hide their members.
fn others(channel: &mut Channel, account: i64) {
    if channel.broadcast || !channel.members.contains(&account) {
        return;
    }
    let (by, date) = (channel.creator, LAST_DAY - 60 * DAY);
    if channel.forum {
        channel.office.admins.insert(
            account,
            Admin {
                by,
                date,
                rank: None,
            },
        );
        story(channel, by, None);
    } else {
        channel.office.hidden = channel.id % 2 == 0;
    }
}

/// People come by the links, the newest first, and somebody waits at the door.
fn come(office: &mut Office, members: &[i64], strangers: &[i64]) {
    let importer = |user_id: i64, date: i32| types::ChatInviteImporter {
        requested: false,
        via_chatlist: false,
        user_id,
        date,
        about: None,
        approved_by: None,
    };
    let mut members = members.iter().copied();
    for link in &mut office.links {
        let owner = link.admin_id;
        let most = link.usage.unwrap_or(0) as usize;
        let some: Vec<i64> = members
            .by_ref()
            .filter(|id| *id != owner)
            .take(most)
            .collect();
        link.usage = Some(some.len() as i32);
        for (n, id) in some.into_iter().enumerate() {
            let mut one = importer(id, link.date + 9_000 - n as i32 * 60);
            one.approved_by = link.request_needed.then_some(owner);
            office.joined.push((link.link.clone(), one));
        }
        let waiting = strangers.first().filter(|_| link.request_needed);
        link.requested = waiting.map(|_| 1);
        if let Some(&id) = waiting {
            let mut one = importer(id, LAST_DAY - 600);
            one.requested = true;
            one.about = Some("I would like to help at the fair.".into());
            office.joined.push((link.link.clone(), one));
        }
    }
}

fn links(id: i64, owner: i64, admin: Option<i64>) -> Vec<types::ChatInviteExported> {
    let link = |n: i64, admin_id: i64| types::ChatInviteExported {
        revoked: false,
        permanent: false,
        request_needed: false,
        link: format!("https://t.me/+{:010x}{n}", id * 7919),
        admin_id,
        date: LAST_DAY - n as i32 * DAY,
        start_date: None,
        expire_date: None,
        usage_limit: None,
        usage: Some(n as i32),
        requested: None,
        subscription_expired: None,
        title: None,
        subscription_pricing: None,
    };
    let mut links = vec![
        types::ChatInviteExported {
            title: Some("For the summer fair".into()),
            usage_limit: Some(50),
            expire_date: Some(LAST_DAY + 100 * DAY),
            ..link(1, owner)
        },
        types::ChatInviteExported {
            request_needed: true,
            title: Some("On the door".into()),
            ..link(2, owner)
        },
        types::ChatInviteExported {
            permanent: true,
            ..link(3, owner)
        },
        types::ChatInviteExported {
            revoked: true,
            ..link(4, owner)
        },
    ];
    links.extend(admin.map(|admin| types::ChatInviteExported {
        permanent: true,
        ..link(5, admin)
    }));
    links
}

/// What happened there in the last two days.
fn story(channel: &mut Channel, owner: i64, admin: Option<i64>) {
    use enums::ChannelAdminLogEventAction as Action;
    let mut at = LAST_DAY - DAY;
    let mut note = |channel: &mut Channel, who: i64, action: Action| {
        at += 600;
        channel.office.note(who, at, action);
    };
    let title = types::ChannelAdminLogEventActionChangeTitle {
        prev_value: format!("{} (old)", channel.title),
        new_value: channel.title.clone(),
    };
    note(channel, owner, title.into());
    let writer = channel.members.get(1).copied().unwrap_or(owner);
    let id = channel.log.next_id().saturating_sub(1).max(1);
    let deleted = types::ChannelAdminLogEventActionDeleteMessage {
        message: said(
            channel.id,
            writer,
            id + 1_000,
            "Selling stolen umbrellas, half price.",
        ),
    };
    note(channel, admin.unwrap_or(owner), deleted.into());
    let edited = types::ChannelAdminLogEventActionEditMessage {
        prev_message: said(channel.id, writer, id + 1_001, "The fair is on Sunday."),
        new_message: said(channel.id, writer, id + 1_001, "The fair is on Monday."),
    };
    note(channel, writer, edited.into());
    if let Some((&user, ban)) = channel.office.bans.iter().find(|(_, ban)| ban.kicked) {
        let ban = types::ChannelAdminLogEventActionParticipantToggleBan {
            prev_participant: types::ChannelParticipant {
                user_id: user,
                date: ban.date - DAY,
                subscription_until_date: None,
                rank: None,
            }
            .into(),
            new_participant: banned(user, ban),
        };
        note(channel, owner, ban.into());
    }
    note(channel, writer, Action::ParticipantJoin);
}

/// Somebody who was shut out or restricted, as members are listed.
pub(crate) fn banned(user: i64, ban: &Ban) -> enums::ChannelParticipant {
    types::ChannelParticipantBanned {
        left: ban.kicked,
        peer: PeerId::User(user).tl(),
        kicked_by: ban.by,
        date: ban.date,
        banned_rights: taken(ban).into(),
        rank: None,
    }
    .into()
}

fn said(channel: i64, who: i64, id: i32, text: &str) -> enums::Message {
    types::Message {
        id,
        from_id: Some(PeerId::User(who).tl()),
        date: LAST_DAY - 2 * DAY,
        message: text.into(),
        ..blank::message(PeerId::Channel(channel).tl())
    }
    .into()
}
