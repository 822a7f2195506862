//! By codes that go other ways than into an app.

use crate::harness::{Cloud, Place};

pub(super) const SMALL: [&str; 6] = ["--chats", "6", "--messages", "60", "--media-mb", "0"];

pub(super) fn cloud(place: &Place, faults: &str) -> Cloud {
    place.write("faults.json", faults);
    let mut args = SMALL.to_vec();
    args.extend(["--faults", "faults.json"]);
    Cloud::start(place, &args)
}

#[test]
fn a_code_by_mail_signs_in() {
    let place = Place::with_archive();
    let rule = r#"[{"method":"auth.sendCode","fault":"code_way","ways":["email"]}]"#;
    let cloud = cloud(&place, rule);
    cloud
        .login(&place, 0)
        .expect(0)
        .says(&["by mail to l***n@example.org"]);
    place.run(&["sessions"]).expect(0);
}

#[test]
fn what_only_official_apps_get_leads_to_another_way_or_to_the_qr_code() {
    let place = Place::with_archive();
    let rules = r#"[
        {"method":"auth.sendCode","fault":"code_way","ways":["firebase"]},
        {"method":"auth.sendCode","nth":2,"fault":"code_way","ways":["firebase","missed_call"]},
        {"method":"auth.sendCode","nth":3,"fault":"code_way","ways":["set_up_email"]}
    ]"#;
    let cloud = cloud(&place, rules);
    cloud
        .login(&place, 0)
        .expect(1)
        .says(&["only for Telegram's own apps", "telekeep login --qr"]);
    cloud
        .login(&place, 0)
        .expect(0)
        .says(&["begins with 4412", "last 5 digits"]);
    // An address cannot be made up by a script.
    let other = Place::with_archive();
    cloud
        .login(&other, 0)
        .expect(2)
        .says(&["e-mail address", "--qr"]);
}

#[test]
fn an_account_of_another_data_centre_is_backed_up_there() {
    let place = Place::with_archive();
    let rules = r#"[
        {"method":"auth.sendCode","fault":"dc_migrate","dc":4},
        {"method":"messages.getHistory","nth":3,"fault":"account_moves","dc":4}
    ]"#;
    let cloud = cloud(&place, rules);
    cloud.login(&place, 0).expect(0);
    place.run(&["backup"]).expect(0);
    place.run(&["backup"]).expect(0);
}
