use super::*;
use crate::spool::{Departed, Who};

fn chat(id: i64, name: &str, usernames: &str, sort: PeerSort) -> ChatFacts {
    ChatFacts {
        chat: id,
        who: Who {
            name: name.into(),
            usernames: usernames.into(),
            sort,
            ..Who::default()
        },
        is_self: false,
        archived: false,
        departed: Departed::No,
    }
}

fn world() -> Vec<ChatFacts> {
    let mut me = chat(1, "Mia Own", "", PeerSort::User);
    me.is_self = true;
    let mut left = chat(-1_000_000_000_009, "Old news", "", PeerSort::Channel);
    left.departed = Departed::Listed;
    let mut group = chat(-7, "Book club", "", PeerSort::Group);
    group.who.became = Some(-1_000_000_000_007);
    let mut friend = chat(5, "Ada Stone", "ada", PeerSort::User);
    friend.who.contact = true;
    vec![
        me,
        friend,
        chat(6, "Ben Stone", "ben benny", PeerSort::User),
        chat(8, "Weather", "weatherbot", PeerSort::Bot),
        group,
        chat(-1_000_000_000_007, "Book club", "", PeerSort::Supergroup),
        chat(-1_000_000_000_008, "Daily news", "news", PeerSort::Channel),
        left,
    ]
}

fn chosen(selection: &Selection) -> Vec<i64> {
    chosen_with(selection, &[])
}

fn chosen_with(selection: &Selection, folders: &[Folder]) -> Vec<i64> {
    let chats = world();
    let chooser = Chooser::new(selection, &chats, folders).unwrap();
    let inside = chats
        .iter()
        .filter(|chat| chooser.scope(chat).out.is_none());
    inside.map(|chat| chat.chat).collect()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

const NEWS: i64 = -1_000_000_000_008;
const CLUB: i64 = -1_000_000_000_007;

#[test]
fn everything_is_in_unless_something_is_asked_for() {
    assert_eq!(chosen(&Selection::default()).len(), 8);
    let types = Selection {
        types: vec![ChatType::Saved, ChatType::Bots, ChatType::Channels],
        ..Selection::default()
    };
    assert_eq!(chosen(&types), [1, 8, NEWS]);
    let union = Selection {
        types: vec![ChatType::Users],
        chats: names(&["@NEWS"]),
        exclude_chats: names(&["ben"]),
        ..Selection::default()
    };
    assert_eq!(chosen(&union), [5, NEWS]);
    let without = Selection {
        exclude_types: vec![ChatType::Left, ChatType::Users],
        ..Selection::default()
    };
    assert_eq!(chosen(&without), [1, 8, -7, CLUB, NEWS]);
}

#[test]
fn chats_are_named_by_id_username_title_or_a_part_of_it() {
    for (name, id) in [
        ("5", 5),
        ("@benny", 6),
        ("ada stone", 5),
        ("weath", 8),
        ("-1000000000008", NEWS),
        ("Saved Messages", 1),
    ] {
        let by_name = Selection {
            chats: names(&[name]),
            ..Selection::default()
        };
        assert_eq!(chosen(&by_name), [id], "{name}");
        assert!(by_name.is_by_name());
    }
}

#[test]
fn a_group_is_in_with_the_supergroup_it_became() {
    let club = Selection {
        chats: names(&["Book club"]),
        ..Selection::default()
    };
    assert_eq!(chosen(&club), [-7, CLUB]);
    let supergroups = Selection {
        types: vec![ChatType::Supergroups],
        ..Selection::default()
    };
    assert_eq!(chosen(&supergroups), [-7, CLUB]);
}

#[test]
fn a_name_of_none_or_several_is_an_error_with_candidates() {
    let chats = world();
    let by = |name: &str| {
        let selection = Selection {
            chats: names(&[name]),
            ..Selection::default()
        };
        Chooser::new(&selection, &chats, &[]).unwrap_err()
    };
    let several = by("stone").to_string();
    assert!(several.contains("Ada Stone (@ada, 5)"), "{several}");
    assert!(several.contains("Ben Stone (@ben, 6)"), "{several}");
    let none = by("Stonehenge").to_string();
    assert!(none.contains("similar: Ada Stone"), "{none}");
    assert!(matches!(by("zzz"), SelectionError::NoChat { .. }));
    let folder = Selection {
        folders: names(&["Work"]),
        ..Selection::default()
    };
    let error = Chooser::new(&folder, &chats, &[]).unwrap_err();
    assert!(matches!(error, SelectionError::NoFolder { .. }));
}

#[test]
fn folders_hold_what_their_rules_say() {
    let folder = Folder {
        title: "Work".into(),
        contacts: true,
        channels: true,
        with: HashSet::from([8]),
        without: HashSet::from([NEWS]),
        ..Folder::default()
    };
    let work = Selection {
        folders: names(&["work"]),
        ..Selection::default()
    };
    assert_eq!(chosen_with(&work, std::slice::from_ref(&folder)), [5, 8]);
    let without = Selection {
        exclude_folders: names(&["Work"]),
        ..Selection::default()
    };
    assert_eq!(chosen_with(&without, &[folder]).len(), 6);
}

#[test]
fn parts_are_of_kinds_and_of_forums() {
    let chats = world();
    let selection = Selection {
        since: Some(100),
        own: vec![ChatType::Supergroups],
        topics: vec![super::super::selection::Topics {
            chat: "@news".into(),
            topics: [9, 4, 9].map(TopicName::Id).to_vec(),
        }],
        ..Selection::default()
    };
    let chooser = Chooser::new(&selection, &chats, &[]).unwrap();
    let scope = |id: i64| {
        let chat = chats.iter().find(|chat| chat.chat == id).unwrap();
        chooser.scope(chat)
    };
    assert_eq!((scope(5).since, scope(5).own), (Some(100), false));
    assert!(scope(CLUB).own);
    assert_eq!(scope(NEWS).topics, [4, 9]);
    let general = Selection {
        topics: vec![super::super::selection::Topics {
            chat: "@news".into(),
            topics: vec![TopicName::Id(1)],
        }],
        ..Selection::default()
    };
    let error = Chooser::new(&general, &chats, &[]).unwrap_err();
    assert!(error.to_string().contains("General"), "{error}");
}
