//! The demo, as the README shows it.

use crate::harness::Place;

#[test]
fn the_demo_works_and_works_again() {
    let place = Place::new().passphrase(None);
    let first = place
        .run(&["demo", "--dir", "demo", "--once", "--json"])
        .expect(0)
        .summary();
    assert_eq!(first["complete"], true, "{first}");
    assert_eq!(
        (&first["failed"], &first["missing"]),
        (&0.into(), &0.into())
    );
    assert!(first["messages"].as_u64().unwrap() >= 5000, "{first}");

    let again = place.run(&["demo", "--dir", "demo", "--once"]).expect(0);
    assert!(
        again.stdout.contains("Complete: nothing is missing."),
        "{}",
        again.stdout
    );
    assert!(again.stdout.contains("lighthouse"), "{}", again.stdout);
    assert!(again.stdout.contains("TELEKEEP_API_ID"), "{}", again.stdout);

    let place = place.passphrase(Some("demo"));
    let status = place
        .run(&["status", "--archive", "demo/archive", "--json"])
        .expect(0);
    assert!(status.of_type("chat").len() >= 30);
}
