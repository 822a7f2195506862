//! Settings of an account: privacy, notifications, sites it is logged in to, its own profile.

use grammers_tl_types::{Serializable, enums, types};
use serde_json::{Value, json};

use super::auth::long;
use super::history::with;
use super::input::{int, list, text, user};
use super::output::{Crowd, object};
use crate::rpc::{Answer, Call, Method, NATIVE_LAYER, RpcError};
use crate::world::ids::PeerId;
use crate::world::own::Own;
use crate::world::state::State;

pub(super) const METHODS: &[Method] = &[
    ("account.getPrivacy", |call, r| with(call, &r, get_privacy)),
    ("account.setPrivacy", set_privacy),
    ("account.getNotifySettings", |call, r| {
        with(call, &r, get_notify)
    }),
    ("account.updateNotifySettings", update_notify),
    ("account.getNotifyExceptions", |call, r| {
        with(call, &r, get_exceptions)
    }),
    ("account.getReactionsNotifySettings", |_, _| {
        let from = json!({"_": "reactionNotificationsFromContacts"});
        let sound = json!({"_": "notificationSoundDefault"});
        Ok(json!({
            "_": "reactionsNotifySettings", "messages_notify_from": from,
            "sound": sound, "show_previews": true,
        })
        .into())
    }),
    ("account.getContactSignUpNotification", |_, _| {
        Ok(Value::Bool(true).into())
    }),
    ("account.getGlobalPrivacySettings", |_, _| {
        Ok(json!({
            "_": "globalPrivacySettings", "archive_and_mute_new_noncontact_peers": true,
            "keep_archived_folders": true,
        })
        .into())
    }),
    ("account.getContentSettings", |_, _| {
        Ok(json!({"_": "account.contentSettings", "sensitive_can_change": true}).into())
    }),
    ("messages.getDefaultHistoryTTL", |_, _| {
        Ok(json!({"_": "defaultHistoryTTL", "period": 0}).into())
    }),
    ("account.getAccountTTL", |call, r| with(call, &r, get_ttl)),
    ("account.setAccountTTL", set_ttl),
    ("account.getWebAuthorizations", |call, r| {
        with(call, &r, get_web_authorizations)
    }),
    ("account.resetWebAuthorization", reset_web_authorization),
    ("account.updateProfile", update_profile),
];

/// What the account keeps for itself, if it is there.
pub(super) fn own(state: &State, account: i64) -> Result<&Own, RpcError> {
    let account = state.accounts.get(&account);
    let own = account.map(|account| &account.own);
    own.ok_or_else(|| RpcError::new(401, "AUTH_KEY_UNREGISTERED"))
}

/// Changes it.
fn change(call: &Call<'_>, change: impl FnOnce(&mut Own)) -> Result<Answer, RpcError> {
    let account = call.account()?;
    if let Some(account) = call.cloud.world.write().accounts.get_mut(&account) {
        change(&mut account.own);
    }
    Ok(Value::Bool(true).into())
}

/// Typed objects as JSON.
pub(super) fn shown<T: Serializable>(objects: &[T]) -> Vec<Value> {
    let schema = telekeep_tl::bundled(NATIVE_LAYER);
    let one = |object: &T| schema?.to_value("", &object.to_bytes()).ok();
    objects.iter().filter_map(one).collect()
}

fn get_privacy(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let rules = own(state, account)?.privacy.get(text(&request["key"], "_"));
    let rules = match rules {
        Some(rules) => rules.clone(),
        None => vec![json!({"_": "privacyValueAllowAll"})],
    };
    Ok(privacy_rules(state, account, &rules))
}

fn privacy_rules(state: &State, account: i64, rules: &[Value]) -> Answer {
    let mut crowd = Crowd::default();
    for rule in rules {
        let ids = |field: &str| list(rule, field).iter().filter_map(Value::as_i64);
        ids("users").for_each(|id| crowd.add(PeerId::User(id)));
        for id in ids("chats") {
            let known = state.peers.channels.contains_key(&id);
            crowd.add(if known {
                PeerId::Channel(id)
            } else {
                PeerId::Chat(id)
            });
        }
    }
    json!({
        "_": "account.privacyRules", "rules": rules,
        "chats": shown(&crowd.chats(state, account)),
        "users": shown(&crowd.users(state, account)),
    })
    .into()
}

fn set_privacy(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let mut state = call.cloud.world.write();
    let rules: Result<Vec<Value>, RpcError> = list(&request, "rules")
        .iter()
        .map(|rule| kept_rule(&state, account, rule))
        .collect();
    let rules = rules?;
    let key = text(&request["key"], "_").to_owned();
    if let Some(account) = state.accounts.get_mut(&account) {
        account.own.privacy.insert(key, rules.clone());
    }
    Ok(privacy_rules(&state, account, &rules))
}

/// A rule as it is shown: people by their ids.
fn kept_rule(state: &State, account: i64, rule: &Value) -> Result<Value, RpcError> {
    let name = text(rule, "_").replacen("inputPrivacyValue", "privacyValue", 1);
    let mut kept = json!({ "_": name });
    if rule["users"].is_array() {
        let ids = list(rule, "users").iter();
        let ids: Result<Vec<i64>, RpcError> = ids.map(|id| user(state, account, id)).collect();
        kept["users"] = json!(ids?);
    }
    if rule["chats"].is_array() {
        kept["chats"] = rule["chats"].clone();
    }
    Ok(kept)
}

fn get_notify(state: &State, account: i64, request: &Value) -> Result<Answer, RpcError> {
    let settings = own(state, account)?.notify.get(text(&request["peer"], "_"));
    let none = || json!({"_": "peerNotifySettings"});
    Ok(settings.cloned().unwrap_or_else(none).into())
}

fn update_notify(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let mut settings = request["settings"].clone();
    settings["_"] = json!("peerNotifySettings");
    if let Some(fields) = settings.as_object_mut() {
        for (input, kept) in [
            ("sound", "other_sound"),
            ("stories_sound", "stories_other_sound"),
        ] {
            if let Some(sound) = fields.remove(input) {
                fields.insert(kept.to_owned(), sound);
            }
        }
    }
    let peer = text(&request["peer"], "_").to_owned();
    change(call, |own| drop(own.notify.insert(peer, settings)))
}

/// The chats that are muted by themselves.
fn get_exceptions(state: &State, account: i64, _: &Value) -> Result<Answer, RpcError> {
    let dialogs = state.accounts.get(&account).map_or(&[][..], |a| &a.dialogs);
    let mut crowd = Crowd::default();
    let muted = dialogs.iter().filter(|dialog| dialog.muted);
    let updates: Vec<enums::Update> = muted
        .map(|dialog| {
            crowd.add(dialog.peer);
            let peer = dialog.peer.tl();
            types::UpdateNotifySettings {
                peer: types::NotifyPeer { peer }.into(),
                notify_settings: types::PeerNotifySettings {
                    mute_until: Some(i32::MAX),
                    ..crate::world::blank::peer_notify_settings()
                }
                .into(),
            }
            .into()
        })
        .collect();
    let answer = types::Updates {
        updates,
        users: crowd.users(state, account),
        chats: crowd.chats(state, account),
        date: 0,
        seq: 0,
    };
    Ok(object(&enums::Updates::Updates(answer)))
}

fn get_ttl(state: &State, account: i64, _: &Value) -> Result<Answer, RpcError> {
    let days = own(state, account)?.days;
    // Who never chose has a year and a half.
    let days = if days == 0 { 548 } else { days };
    Ok(json!({"_": "accountDaysTTL", "days": days}).into())
}

fn set_ttl(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let days = int(&request["ttl"], "days");
    if !(30..=730).contains(&days) {
        return Err(RpcError::bad_request("TTL_DAYS_INVALID"));
    }
    change(call, |own| own.days = days)
}

fn get_web_authorizations(state: &State, account: i64, _: &Value) -> Result<Answer, RpcError> {
    let sites = &own(state, account)?.sites;
    let bots = sites.iter().filter_map(|site| site["bot_id"].as_i64());
    let users: Vec<enums::User> = bots.map(|id| state.peers.user(account, id)).collect();
    Ok(json!({
        "_": "account.webAuthorizations", "authorizations": sites, "users": shown(&users),
    })
    .into())
}

fn reset_web_authorization(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let hash = long(&request, "hash");
    change(call, |own| {
        own.sites.retain(|site| long(site, "hash") != hash);
    })
}

fn update_profile(call: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    let account = call.account()?;
    let mut state = call.cloud.world.write();
    if let Some(person) = state.peers.people.get_mut(&account) {
        let given = |field: &str| request[field].as_str().map(str::to_owned);
        if let Some(first) = given("first_name") {
            if first.trim().is_empty() {
                return Err(RpcError::bad_request("FIRSTNAME_INVALID"));
            }
            person.first = first;
        }
        person.last = given("last_name").unwrap_or_else(|| person.last.clone());
        person.about = given("about").unwrap_or_else(|| person.about.clone());
    }
    Ok(object(&state.peers.user(account, account)))
}
