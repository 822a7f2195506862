//! Rules hit what they name, and nothing else.

use super::*;

/// A call of `m`.
fn by(who: u64) -> Asked<'static> {
    Asked {
        who,
        method: "m",
        in_takeout: false,
        chat: None,
        file: None,
    }
}

fn hits(fault: Fault, calls: u64) -> Vec<u64> {
    let mut book = FaultBook::default();
    book.add(fault);
    let now = Instant::now();
    (1..=calls)
        .filter(|_| book.judge(by(1), now).is_some())
        .collect()
}

fn parse(text: &str) -> Fault {
    Fault::parse_file(&format!("[{text}]")).unwrap().remove(0)
}

#[test]
fn rules_hit_the_calls_they_name() {
    let delay = r#""method":"m","fault":"delay","milliseconds":0"#;
    let rule = |more: &str| parse(&format!("{{{delay}{more}}}"));
    assert_eq!(hits(rule(""), 9), [1]);
    assert_eq!(hits(rule(r#","nth":3"#), 9), [3]);
    assert_eq!(hits(rule(r#","nth":3,"times":2"#), 9), [3, 4]);
    assert_eq!(hits(rule(r#","nth":2,"every":3"#), 9), [2, 5, 8]);
    assert_eq!(hits(rule(r#","nth":2,"every":3,"times":2"#), 9), [2, 5]);
    let mut any = rule("");
    any.method = "*".to_owned();
    assert_eq!(hits(any.clone(), 3), [1]);
    any.method = "other".to_owned();
    assert_eq!(hits(any, 3), [0; 0]);
}

#[test]
fn waits_are_enforced_and_violations_counted() {
    let mut book = FaultBook::default();
    book.add(Fault::once("m", 1, FaultKind::FloodWait { seconds: 3 }));
    let now = Instant::now();
    assert_eq!(
        book.judge(by(1), now),
        Some(FaultKind::FloodWait { seconds: 3 })
    );
    assert_eq!(
        book.judge(by(2), now),
        None,
        "another login is not concerned"
    );
    let early = now + Duration::from_millis(1500);
    assert_eq!(
        book.judge(by(1), early),
        Some(FaultKind::FloodWait { seconds: 2 })
    );
    assert_eq!(book.judge(by(1), now + Duration::from_secs(3)), None);
    assert_eq!((book.violations(), book.applied()), (1, 1));
}

#[test]
fn every_kind_can_be_written_and_mistakes_are_named() {
    for kind in [
        r#""fault":"flood_wait","seconds":2"#,
        r#""fault":"flood_premium_wait","seconds":2"#,
        r#""fault":"error","code":500,"text":"RPC_CALL_FAIL""#,
        r#""fault":"error""#,
        r#""fault":"disconnect_before""#,
        r#""fault":"disconnect_after""#,
        r#""fault":"disconnect_unanswered""#,
        r#""fault":"file_reference_expired""#,
        r#""fault":"truncated_part""#,
        r#""fault":"dc_migrate","dc":4"#,
        r#""fault":"session_revoked""#,
        r#""fault":"takeout_init_delay","seconds":60"#,
        r#""fault":"takeout_invalid""#,
        r#""fault":"chat_closes""#,
        r#""chat":-5,"fault":"chat_closes","closed":-7"#,
        r#""fault":"file_gone""#,
        r#""takeout":false,"fault":"flood_wait","seconds":2"#,
        r#""fault":"delay","milliseconds":5"#,
    ] {
        let fault = parse(&format!(r#"{{"method":"m",{kind}}}"#));
        let again = serde_json::to_string(&[&fault]).unwrap();
        assert_eq!(Fault::parse_file(&again).unwrap(), [fault]);
    }
    let zero = r#"[{"method":"m","nth":0,"fault":"disconnect_after"}]"#;
    assert!(
        Fault::parse_file(zero)
            .unwrap_err()
            .to_string()
            .contains("`nth`")
    );
    assert!(Fault::parse_file(r#"[{"method":"m","fault":"nonsense"}]"#).is_err());
    let typo = r#"[{"method":"m","fault":"disconnect_after","nht":3}]"#;
    assert!(
        Fault::parse_file(typo)
            .unwrap_err()
            .to_string()
            .contains("`nht`")
    );
}

#[test]
fn a_rule_about_a_chat_or_a_file_counts_calls_about_that_one() {
    let mut book = FaultBook::default();
    assert!(!book.looks_inside());
    let closes = FaultKind::ChatCloses { closed: None };
    book.add(Fault {
        chat: Some(-5),
        ..Fault::once("m", 2, closes.clone())
    });
    assert!(book.looks_inside());
    let about = |chat| Asked { chat, ..by(1) };
    let now = Instant::now();
    for chat in [Some(-5), Some(7), None] {
        assert_eq!(book.judge(about(chat), now), None);
    }
    assert_eq!(book.judge(about(Some(-5)), now), Some(closes));
    let mut book = FaultBook::default();
    book.add(Fault {
        file: Some(8),
        ..Fault::once("m", 1, FaultKind::FileGone)
    });
    assert!(book.looks_inside());
    let part = |file| Asked { file, ..by(1) };
    for file in [Some(9), None] {
        assert_eq!(book.judge(part(file), now), None);
    }
    assert_eq!(book.judge(part(Some(8)), now), Some(FaultKind::FileGone));
}
