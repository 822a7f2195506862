//! As a bot.

use crate::harness::{Cloud, Place};

const SMALL: [&str; 6] = ["--chats", "6", "--messages", "60", "--media-mb", "0"];

#[test]
fn a_bot_is_backed_up_as_far_as_telegram_lets_it() {
    let place = Place::with_archive();
    let cloud = Cloud::start(&place, &SMALL);
    let token = cloud.ready["bots"][0]["token"].as_str().unwrap();
    place.write("token", token);
    place.write("wrong", "5800000001:AAAAAAAAAAAA");
    place.write("nonsense", "+41791234567");
    let login = |more: &[&str]| {
        let mut args = vec![
            "login",
            "--server",
            cloud.address(),
            "--server-key",
            cloud.key(),
        ];
        args.extend(more);
        let outcome = place.run(&args);
        let all = outcome.stdout.clone() + &outcome.stderr;
        assert!(!all.contains("AAAA") && !all.contains(token), "{all}");
        outcome
    };
    login(&["--bot-token-file", "wrong"])
        .expect(1)
        .says(&["does not know this bot token"]);
    login(&["--bot-token-file", "nonsense"])
        .expect(2)
        .says(&["no bot token"]);
    login(&["--bot"]).expect(2).says(&["--bot-token-file"]);
    login(&["--bot-token-file", "token"])
        .expect(0)
        .says(&["neither a list of its chats"]);

    let backup = place.run(&["backup", "--json"]).expect(3).summary();
    assert_eq!(
        (&backup["bot"], &backup["complete"]),
        (&true.into(), &false.into())
    );
    let words = place.run(&["backup"]).expect(3).stdout;
    assert!(
        words.contains("as far as a bot can") && words.contains("no messages"),
        "{words}"
    );
    let status = place.run(&["status"]).expect(0).stdout;
    assert!(status.contains("neither a list of its chats"), "{status}");
    assert!(!status.to_lowercase().contains("complete"), "{status}");
    place
        .run(&["backup", "--plan"])
        .expect(3)
        .says(&["nothing to plan"]);
    place
        .run(&["sessions"])
        .expect(1)
        .says(&["not offer this to bots"]);
    place.run(&["verify"]).expect(0);
    place.run(&["logout"]).expect(0);
}
