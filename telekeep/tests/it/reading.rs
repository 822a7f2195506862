//! status, show, search, reindex: what can be seen of an archive.

use serde_json::Value;

use crate::harness::{Cloud, Place};

fn backed_up() -> Place {
    let place = Place::with_archive();
    let args = [
        "--chats",
        "12",
        "--messages",
        "400",
        "--media-mb",
        "1",
        "--seed",
        "5",
    ];
    let cloud = Cloud::start(&place, &args);
    cloud.login(&place, 0).expect(0);
    place.run(&["backup", "--json"]).expect(0);
    place
}

fn chats(place: &Place) -> Vec<Value> {
    place.run(&["status", "--json"]).expect(0).of_type("chat")
}

/// A word of some message, with the message.
fn some_word(place: &Place) -> (String, i64, i64) {
    let records = place
        .run(&["log", "cat", "--kind", "message"])
        .expect(0)
        .json();
    for record in records {
        let text = record["body"]["message"].as_str().unwrap_or_default();
        let word = text
            .split_whitespace()
            .find(|word| word.len() > 6 && word.chars().all(|c| c.is_ascii_alphabetic()));
        if let Some(word) = word {
            let (chat, id) = (
                record["chat"].as_i64().unwrap(),
                record["id"].as_i64().unwrap(),
            );
            return (word.to_owned(), chat, id);
        }
    }
    panic!("no message with a plain word");
}

#[test]
fn status_adds_up() {
    let place = backed_up();
    let chats = chats(&place);
    assert!(chats.len() >= 12);
    for chat in &chats {
        for field in ["id", "archived", "explained", "missing"] {
            assert!(chat[field].is_i64(), "{chat}");
        }
        assert!(
            chat["title"].is_string() && chat["kind"].is_string(),
            "{chat}"
        );
        assert!(chat["newest"].is_i64() || chat["archived"] == 0, "{chat}");
        assert_eq!(chat["complete"], true, "{chat}");
        assert_eq!(chat["missing"], 0, "{chat}");
    }
    let outcome = place.run(&["status", "--json"]).expect(0);
    let total = outcome.json().pop().unwrap();
    assert_eq!(total["type"], "total");
    let sum = |field: &str| {
        chats
            .iter()
            .map(|chat| chat[field].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!(total["archived"], sum("archived"));
    assert_eq!(total["chats"], chats.len());
    assert_eq!(total["complete"], true);
    let backup = place.run(&["status"]).expect(0);
    assert!(backup.stdout.contains("Complete"), "{}", backup.stdout);
}

#[test]
fn status_of_one_chat_by_id_or_by_title() {
    let place = backed_up();
    let chats = chats(&place);
    let chat = chats
        .iter()
        .find(|chat| chat["title"].as_str().unwrap().len() > 5)
        .unwrap();
    let id = chat["id"].to_string();
    let by_id = place
        .run(&["status", &id, "--json"])
        .expect(0)
        .of_type("chat");
    assert_eq!(by_id, std::slice::from_ref(chat));
    let title = chat["title"].as_str().unwrap();
    let by_title = place
        .run(&["status", title, "--json"])
        .expect(0)
        .of_type("chat");
    assert!(by_title.contains(chat), "{by_title:?}");
    place
        .run(&["status", "no such chat anywhere"])
        .expect(1)
        .says(&["no chat"]);
}

#[test]
fn search_finds_and_show_shows() {
    let place = backed_up();
    let (word, chat, id) = some_word(&place);
    let hits = place
        .run(&["search", &word, "--json", "--limit", "1000"])
        .expect(0)
        .of_type("hit");
    let hit = hits
        .iter()
        .find(|hit| hit["chat"] == chat && hit["id"] == id);
    let hit = hit.unwrap_or_else(|| panic!("{word} in {chat}/{id} not among {hits:?}"));
    assert!(hit["text"].as_str().unwrap().contains(&word));
    assert!(hit["date"].is_i64());

    let only = ["search", &word, "--json", "--chat", &chat.to_string()];
    let only = place.run(&only).expect(0).of_type("hit");
    assert!(!only.is_empty() && only.iter().all(|hit| hit["chat"] == chat));
    let early = ["search", &word, "--json", "--until", "1990-01-01"];
    assert!(place.run(&early).expect(0).of_type("hit").is_empty());
    let one = place
        .run(&["search", &word, "--json", "--limit", "1"])
        .expect(0)
        .of_type("hit");
    assert_eq!(one.len(), 1);

    let args = [
        "show",
        &chat.to_string(),
        "--around",
        &id.to_string(),
        "--limit",
        "5",
        "--json",
    ];
    let shown = place.run(&args).expect(0).of_type("message");
    assert!(
        shown.len() <= 5 && shown.iter().any(|message| message["id"] == id),
        "{shown:?}"
    );
    let ids: Vec<i64> = shown
        .iter()
        .map(|message| message["id"].as_i64().unwrap())
        .collect();
    assert!(ids.is_sorted(), "{ids:?}");
    let people = place.run(&["search", &word]).expect(0).stdout;
    assert!(people.contains(&word), "{people}");
}

#[test]
fn search_finds_people_telephone_books_and_stories_too() {
    let place = backed_up();
    let chats = place.run(&["status", "--json"]).expect(0).of_type("chat");
    let plain = |title: &str| title.chars().all(char::is_alphabetic) && title.len() > 3;
    let person = chats.iter().find(|chat| {
        let words = chat["title"].as_str().unwrap().split(' ');
        chat["kind"] == "user" && words.clone().all(plain) && chat["deleted_account"] == false
    });
    let title = person.unwrap()["title"].as_str().unwrap();
    let found = place.run(&["search", title, "--json"]).expect(0);
    let people = found.of_type("person");
    assert!(people.iter().any(|one| one["name"] == title), "{people:?}");
    let narrow = place.run(&["search", title, "--json", "--kind", "photo"]);
    assert!(narrow.expect(0).of_type("person").is_empty());
    let entries = place.run(&["log", "cat", "--kind", "saved_contact", "--json"]);
    let entries = entries.expect(0).stdout;
    let entry: Value = serde_json::from_str(entries.lines().next().unwrap()).unwrap();
    let phone = entry["body"]["phone"].as_str().unwrap();
    let found = place
        .run(&["search", &format!("+{phone}"), "--json"])
        .expect(0);
    assert_eq!(found.of_type("contact")[0]["phone"], phone);
    let said = place.run(&["search", &format!("+{phone}")]).expect(0);
    assert!(!said.stderr.contains("Nothing found"), "{}", said.stderr);

    // What its owner began to write.
    let drafts = place.run(&["log", "cat", "--kind", "account", "--json"]);
    let drafts = drafts.expect(0).stdout;
    let draft = drafts.lines().find_map(|line| {
        let record: Value = serde_json::from_str(line).unwrap();
        let updates = &record["body"]["answers"][0]["updates"];
        let updates = updates.as_array()?.iter();
        let mut texts = updates.filter_map(|update| update["draft"]["message"].as_str());
        texts.find(|text| !text.is_empty()).map(str::to_owned)
    });
    let draft = draft.unwrap();
    let found = place.run(&["search", &format!("\"{draft}\""), "--json"]);
    let found = found.expect(0).of_type("own");
    assert!(
        found
            .iter()
            .any(|own| own["part"] == "drafts" && own["text"] == draft.as_str()),
        "{found:?}"
    );
    // What administrators deleted, what folders are called.
    for (words, part) in [("stolen umbrellas", "admin_log"), ("in person", "folders")] {
        let found = place.run(&["search", words, "--json"]).expect(0);
        let found = found.of_type("own");
        assert!(
            found.iter().any(|own| own["part"] == part),
            "{part}: {found:?}"
        );
    }
}

#[test]
fn search_takes_filters_shows_context_and_explains_mistakes() {
    let place = backed_up();
    let (word, chat, id) = some_word(&place);
    let query = format!("{word} in:{chat} since:2001 -is:service");
    let run = place.run(&[
        "search",
        &query,
        "--json",
        "--context",
        "2",
        "--limit",
        "1000",
    ]);
    let run = run.expect(0);
    let hits = run.of_type("hit");
    assert!(hits.iter().any(|hit| hit["id"] == id), "{hits:?}");
    assert!(hits.iter().all(|hit| hit["found_in"] != "earlier"));
    let page = run.of_type("page");
    assert_eq!(page.len(), 1);
    assert_eq!(page[0]["hits"], hits.len());
    assert!(page[0]["next"].is_null());
    let around = run.of_type("context");
    assert!(around.iter().all(|line| line["chat"] == chat), "{around:?}");
    for order in [["--oldest"].as_slice(), &["--sort", "relevance"]] {
        let mut args = vec!["search", query.as_str(), "--json", "--limit", "1000"];
        args.extend(order);
        assert_eq!(place.run(&args).expect(0).of_type("hit").len(), hits.len());
    }
    place
        .run(&["search", "tea has:phtoo"])
        .expect(2)
        .says(&["character 5 is here: has:phtoo", "has:photo"]);
    // Words begin where words begin; what is inside them is offered.
    let inside: String = word.chars().skip(1).chain("qzx".chars()).collect();
    let nothing = place.run(&["search", &inside]).expect(0);
    nothing.says(&["Nothing found", &format!("telekeep search exact:{inside}")]);
    place.run(&["search", &word, "--limit", "0"]).expect(2);
    let kind = ["search", &word, "--kind", "nokind"];
    place.run(&kind).expect(2).says(&["nokind", "voice"]);
    place.run(&["search", "from:\"nobody at all\""]).expect(2);
}

#[test]
fn status_tells_what_is_held_of_the_account() {
    let place = backed_up();
    let parts = place
        .run(&["status", "--json"])
        .expect(0)
        .of_type("account");
    let part = |name: &str| parts.iter().find(|part| part["part"] == name).unwrap();
    assert!(part("profile_photos")["count"].as_u64().unwrap() > 0);
    let privacy = part("privacy/phone_number");
    assert!(privacy["count"].is_null() && privacy["failure"].is_null());
    assert!(privacy["asked"].as_i64().unwrap() >= privacy["since"].as_i64().unwrap());
    let words = place.run(&["status"]).expect(0).stdout;
    assert!(words.contains("profile photos"), "{words}");
    let id = chats(&place)[0]["id"].to_string();
    let one = place.run(&["status", &id, "--json"]).expect(0);
    assert!(one.of_type("account").is_empty());
}

#[test]
fn status_of_a_chat_tells_what_it_is_beyond_its_messages() {
    let place = backed_up();
    let known = chats(&place);
    let group = known.iter().find(|chat| chat["kind"] == "supergroup");
    let id = group.unwrap()["id"].to_string();
    let one = place.run(&["status", &id, "--json"]).expect(0);
    let parts = one.of_type("about");
    let part = |name: &str| parts.iter().find(|part| part["part"] == name).unwrap();
    assert!(part("participants")["count"].as_u64().unwrap() > 0);
    assert_eq!(
        (&part("full")["held"], &part("full")["failure"]),
        (&true.into(), &serde_json::Value::Null)
    );
    let all = place.run(&["status", "--json"]).expect(0);
    assert!(all.of_type("about").is_empty(), "nothing failed");
}

#[test]
fn reindex_gives_the_same_answers() {
    let place = backed_up();
    let (word, _, _) = some_word(&place);
    let answers = || {
        let search = place.run(&["search", &word, "--json"]).expect(0).stdout;
        (place.run(&["status", "--json"]).expect(0).stdout, search)
    };
    let before = answers();
    place.run(&["reindex"]).expect(0);
    assert_eq!(answers(), before);
    for name in ["index.db", "index.db-wal", "index.db-shm"] {
        let _ = std::fs::remove_file(place.archive().join("local").join(name));
    }
    assert_eq!(
        answers(),
        before,
        "a missing index is built when it is needed"
    );
    std::fs::write(place.archive().join("local/index.db"), "no database").unwrap();
    assert_eq!(answers(), before, "a damaged index is built anew");
}

#[cfg(unix)]
#[test]
fn a_write_protected_archive_can_be_read() {
    use std::fs::{File, Permissions, set_permissions};
    use std::os::unix::fs::PermissionsExt;
    let place = backed_up();
    let before = chats(&place);
    let protect = |mode| {
        for folder in ["", "local"] {
            let folder = place.archive().join(folder);
            set_permissions(folder, Permissions::from_mode(mode)).unwrap();
        }
    };
    for name in ["spool.db", "index.db", "index.lock", "lock"] {
        let path = place.archive().join("local").join(name);
        set_permissions(path, Permissions::from_mode(0o400)).unwrap();
    }
    protect(0o500);
    // The administrator may write everywhere.
    let protected = File::create(place.archive().join("local/try")).is_err();
    if protected {
        let status = place.run(&["status", "--json"]).expect(0);
        assert_eq!(status.of_type("chat"), before);
        let verified = place.run(&["verify", "--json"]).expect(0).json();
        assert_eq!(verified[0]["complete"], false, "the spool was not read");
        place.run(&["log", "cat"]).expect(0);
        place
            .run(&["backup"])
            .expect(1)
            .says(&["telekeep-archive", "lock"]);
    }
    protect(0o700);
}

#[test]
fn a_copy_without_local_files_can_be_read() {
    let place = backed_up();
    let before = chats(&place);
    std::fs::remove_dir_all(place.archive().join("local")).unwrap();
    assert_eq!(chats(&place), before);
}
