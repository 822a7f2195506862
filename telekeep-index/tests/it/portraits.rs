//! Photos of people, as they stand beside what they wrote.

use serde_json::json;

use crate::support::*;

fn seen(journal: &mut Journal, photo: i64) {
    let shown = json!({"_":"userProfilePhoto","photo_id":photo,"stripped_thumb":"AQID","dc_id":2});
    let user = json!({"_":"user","id":USER,"first_name":"Ada","photo":shown});
    journal.peer(USER, user);
}

fn held(journal: &mut Journal, file: &str) {
    let body = json!({"file":file,"part":"portrait","size":5,"sha256":"00","blob":"b","dc":2});
    journal.add("media", None, None, body);
}

#[test]
fn a_photo_is_found_as_it_was_seen_and_better_when_it_is_held_whole() {
    let mut journal = Journal::new();
    seen(&mut journal, 99);
    held(&mut journal, "portrait/99/30");
    held(&mut journal, "portrait/9/30");
    let (_place, index) = Place::of(&journal);
    let portrait = index.portrait(USER).unwrap();
    assert_eq!(portrait.files, ["portrait/99/30"]);
    assert_eq!(portrait.thumb.as_deref(), Some("AQID"));
    assert_eq!(index.photo_files(9).unwrap(), ["portrait/9/30"]);
    // Whose photo it is has no chat for that.
    assert_eq!(index.status().unwrap(), Vec::new());

    held(&mut journal, "photo/99/c");
    held(&mut journal, "photo/99/video/u");
    let (_place, index) = Place::of(&journal);
    assert_eq!(index.portrait(USER).unwrap().files, ["photo/99/c"]);
}
