//! Whatever a backup captures of the account has its place in the viewer.

use telekeep_sources::telegram::backup::part_names;
use telekeep_view::{NOT_SHOWN, place_of};

#[test]
fn every_part_that_is_asked_for_has_a_place_or_a_reason() {
    let names = part_names(telekeep_tl::bundled(230).unwrap());
    for known in [
        "scheduled",
        "sticker_set/1",
        "custom_emoji/1",
        "chats",
        "themes/ios",
    ] {
        assert!(names.iter().any(|name| name == known), "{known}");
    }
    for name in &names {
        let left_out = NOT_SHOWN.iter().any(|(part, _)| part == name);
        assert!(place_of(name).is_some() != left_out, "{name}");
    }
    for (part, _) in NOT_SHOWN {
        assert!(names.iter().any(|name| name == part), "{part} is none");
    }
}
