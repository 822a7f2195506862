//! An account with ten thousand chats: floods on pages of the list cost waiting, never the pages
//! that were fetched.

use super::*;

const CHATS: u32 = 10_000;
const LIST: &str = "messages.getDialogs";

impl Rig {
    fn flood(&self, nth: u64, seconds: u32) {
        self.fault(LIST, nth, 1, FaultKind::FloodWait { seconds });
    }

    /// A run that is asked to stop once the list is walked and histories are begun.
    async fn walk(&self, kept: &Kept) -> Result<Summary, BackupError> {
        let stop = Stop::new();
        let over = async {
            let before = self.calls("messages.getHistory");
            while self.calls("messages.getHistory") == before {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            stop.set();
            std::future::pending::<()>().await;
        };
        let options = Options::default();
        tokio::select! {
            result = self.run_with(kept, &options, &stop) => result,
            () = over => unreachable!("it goes on for ever"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_among_ten_thousand_chats_costs_no_page() {
    let mut rig = Rig::start(CHATS, 20_000, 0).await;
    let undisturbed = rig.archive("undisturbed").await;
    assert!(rig.walk(&undisturbed).await.unwrap().interrupted);
    let pages = rig.calls(LIST);
    assert!(pages > 60, "{pages}");
    let kept = rig.archive("a").await;
    // Two waits that are obeyed, then one that is longer than allowed.
    rig.max_wait = Duration::from_secs(2);
    rig.flood(20, 1);
    rig.flood(41, 1);
    rig.flood(63, 3);
    let error = rig.walk(&kept).await.unwrap_err();
    let BackupError::Wait { wait, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(rig.calls(LIST), pages + 63);
    let known = kept.spool.chats().unwrap().len();
    assert!(known > 4000, "{known}");
    // It says when to come again; the next run goes on at that page.
    tokio::time::sleep(wait).await;
    rig.max_wait = Duration::from_secs(60);
    assert!(rig.walk(&kept).await.unwrap().interrupted);
    assert_eq!(kept.spool.walk().unwrap(), None);
    // Every page once, the three that were refused a second time, and in the end another look at the
    // beginnings, where chats with news moved meanwhile.
    let asked = rig.calls(LIST) - 2 * pages - 3;
    assert!((1..=4).contains(&asked), "{asked}");
    assert_eq!(rig.cloud.wait_violations(), 0);
    let chats = |kept: &Kept| kept.spool.chats().unwrap().len();
    assert_eq!(chats(&kept), chats(&undisturbed));
}
