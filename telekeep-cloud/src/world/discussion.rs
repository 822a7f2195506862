//! A post of a channel with comments: the post itself, its copy in the group that discusses the
//! channel, and what people wrote below it.

use grammers_tl_types::{enums, types};

use super::blank;
use super::cast::LAST_DAY;
use super::changes::Fresh;
use super::ids::PeerId;
use super::state::State;
use super::{AccountId, World};

/// Where a post and its comments are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discussion {
    /// The channel (marked id), and the post.
    pub post: (i64, i32),
    /// The group (marked id), and the copy of the post, which the comments are below.
    pub root: (i64, i32),
    /// The comments; the last one answers the first.
    pub comments: Vec<i32>,
}

impl World {
    /// The account posts in its channel that has a group for comments, and gets some. `None` when
    /// it has no such channel.
    pub fn add_discussion(&self, account: AccountId) -> Option<Discussion> {
        let mut state = self.write();
        let mut own = state.peers.channels.values();
        let news =
            own.find(|c| c.creator == account && c.broadcast && c.office.linked.is_some())?;
        let (channel, group) = (
            PeerId::Channel(news.id),
            PeerId::Channel(news.office.linked?),
        );
        let member = state
            .peers
            .channels
            .get(&news.office.linked?)?
            .members
            .iter();
        let member = member.copied().find(|id| *id != account)?;
        let date = LAST_DAY + 700;
        let post = post(&mut state, account, channel, group, date);
        let root = copy(&mut state, account, (channel, post), group, date);
        let first = comment(&mut state, member, group, (root, root), date + 60);
        let second = comment(&mut state, account, group, (root, first), date + 120);
        Some(Discussion {
            post: (channel.marked(), post),
            root: (group.marked(), root),
            comments: vec![first, second],
        })
    }
}

fn say(state: &mut State, sender: i64, peer: PeerId, message: types::Message, thread: i32) -> i32 {
    let date = message.date;
    let fresh = Fresh {
        message: message.into(),
        sender,
        date,
        mask: 0,
        thread,
        peers: vec![sender],
    };
    state.post(peer, &fresh, &mut Vec::new())
}

fn replies(comments: bool, count: i32, group: Option<PeerId>) -> enums::MessageReplies {
    let channel_id = match group {
        Some(PeerId::Channel(id)) => Some(id),
        _ => None,
    };
    types::MessageReplies {
        comments,
        replies: count,
        replies_pts: count,
        recent_repliers: None,
        channel_id,
        max_id: None,
        read_max_id: None,
    }
    .into()
}

fn post(state: &mut State, account: i64, channel: PeerId, group: PeerId, date: i32) -> i32 {
    let message = types::Message {
        post: true,
        date,
        message: "What should the lighthouse be painted?".into(),
        replies: Some(replies(true, 2, Some(group))),
        ..blank::message(channel.tl())
    };
    say(state, account, channel, message, 0)
}

/// Of the post in the group, sent by the channel itself.
fn copy(
    state: &mut State,
    account: i64,
    (channel, post): (PeerId, i32),
    group: PeerId,
    date: i32,
) -> i32 {
    let from = types::MessageFwdHeader {
        from_id: Some(channel.tl()),
        date,
        channel_post: Some(post),
        saved_from_peer: Some(channel.tl()),
        saved_from_msg_id: Some(post),
        ..blank::message_fwd_header()
    };
    let message = types::Message {
        from_id: Some(channel.tl()),
        date,
        message: "What should the lighthouse be painted?".into(),
        fwd_from: Some(from.into()),
        replies: Some(replies(false, 2, None)),
        ..blank::message(group.tl())
    };
    say(state, account, group, message, 0)
}

fn comment(
    state: &mut State,
    sender: i64,
    group: PeerId,
    (root, answered): (i32, i32),
    date: i32,
) -> i32 {
    let to = types::MessageReplyHeader {
        reply_to_msg_id: Some(answered),
        reply_to_top_id: (answered != root).then_some(root),
        ..blank::message_reply_header()
    };
    let message = types::Message {
        from_id: Some(PeerId::User(sender).tl()),
        date,
        message: "Red and white, as ever.".into(),
        reply_to: Some(to.into()),
        ..blank::message(group.tl())
    };
    say(state, sender, group, message, root)
}
