//! Records per second through sealing (line checks, zstd, age, hashes, files on disk) beside zstd alone.
//!
//! `cargo bench -p telekeep-journal` prints one line per case; each case is one thread over the same records, and the
//! time is the processor's (on Linux; elsewhere the clock's), so that a busy machine disturbs less.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::io::Write;
use std::time::{Duration, Instant};

use telekeep_journal::{
    Archive, Head, InitOptions, NewKey, Protection, Tail, TailLine, VerifyOptions,
};

const RECORDS: u64 = 400_000;

/// About 500 bytes of JSON with words that repeat as those of a language do.
fn line(seq: u64) -> String {
    let mut state = seq.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    let mut text = String::new();
    for _ in 0..20 {
        let rank = next(40) * next(40) * next(3);
        text.push_str(&format!("w{:x}o{:x} ", rank * 7919, rank));
    }
    let (chat, sender, date) = (next(600), next(20_000), 1_500_000_000 + seq * 60);
    format!(
        r#"{{"seq":{seq},"time":{date}000,"run":"00c0ffee00c0ffee","kind":"message","chat":-100{chat},"id":{seq},"layer":230,"body":{{"_":"message","out":false,"id":{seq},"from_id":{{"_":"peerUser","user_id":{sender}}},"peer_id":{{"_":"peerChannel","channel_id":{chat}}},"date":{date},"message":"{text}","entities":[{{"_":"messageEntityBold","offset":0,"length":{}}}],"views":{},"forwards":{}}}}}"#,
        next(20),
        next(90_000),
        next(300)
    )
}

/// Stops the time of one case.
struct Stopwatch {
    wall: Instant,
    cpu: Option<u64>,
}

impl Stopwatch {
    fn start() -> Self {
        Stopwatch {
            wall: Instant::now(),
            cpu: thread_nanoseconds(),
        }
    }

    fn elapsed(&self) -> Duration {
        match (self.cpu, thread_nanoseconds()) {
            (Some(start), Some(end)) => Duration::from_nanos(end - start),
            _ => self.wall.elapsed(),
        }
    }
}

fn thread_nanoseconds() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// The most memory this process ever had, in MB.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
}

/// Lines made as they are read: for measuring memory.
struct Generated {
    head: Option<Head>,
}

impl Tail for Generated {
    type Error = std::convert::Infallible;

    fn head(&self) -> Result<Option<Head>, Self::Error> {
        Ok(self.head.clone())
    }

    fn read(&self, from: u64, max_bytes: usize) -> Result<Vec<TailLine>, Self::Error> {
        let make = |seq| TailLine {
            seq,
            json: line(seq),
            blobs: Vec::new(),
        };
        Ok((from..=RECORDS).take(max_bytes / 600).map(make).collect())
    }

    fn sealed(&mut self, head: &Head) -> Result<(), Self::Error> {
        self.head = Some(head.clone());
        Ok(())
    }
}

/// Seals, reads, verifies and stores a large blob before anything else is in memory.
fn memory() {
    let dir = tempfile::tempdir().unwrap();
    let options = InitOptions {
        protection: encrypted(),
        now: 0,
    };
    let archive = Archive::init_folder(dir.path(), &options).unwrap();
    archive
        .seal("bench", &mut Generated { head: None }, true)
        .unwrap();
    let sealed = peak_memory();
    assert_eq!(archive.records("bench", 1).unwrap().count() as u64, RECORDS);
    let read = peak_memory();
    archive
        .verify(
            &VerifyOptions::default(),
            &mut |_: telekeep_journal::Finding| {},
        )
        .unwrap();
    println!(
        "peak memory: seal {sealed:?}, read {read:?}, verify {:?} MB",
        peak_memory()
    );
}

/// Lines made beforehand, so that making them is not measured.
struct Lines<'a> {
    head: Option<Head>,
    lines: &'a [TailLine],
}

impl Tail for Lines<'_> {
    type Error = std::convert::Infallible;

    fn head(&self) -> Result<Option<Head>, Self::Error> {
        Ok(self.head.clone())
    }

    fn read(&self, from: u64, max_bytes: usize) -> Result<Vec<TailLine>, Self::Error> {
        let mut bytes = 0;
        let fits = |line: &&TailLine| {
            bytes += line.json.len();
            bytes <= max_bytes
        };
        let start = usize::try_from(from).unwrap() - 1;
        Ok(self
            .lines
            .iter()
            .skip(start)
            .take_while(fits)
            .cloned()
            .collect())
    }

    fn sealed(&mut self, head: &Head) -> Result<(), Self::Error> {
        self.head = Some(head.clone());
        Ok(())
    }
}

fn report(what: &str, bytes: u64, time: Duration) {
    let seconds = time.as_secs_f64();
    let (rate, mb) = (
        RECORDS as f64 / seconds / 1000.0,
        bytes as f64 / 1e6 / seconds,
    );
    println!("{what:<28} {rate:>7.0} k records/s {mb:>7.0} MB/s of JSON");
}

fn seal(what: &str, protection: Protection, lines: &[TailLine], bytes: u64) {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::init_folder(dir.path(), &InitOptions { protection, now: 0 }).unwrap();
    let mut tail = Lines { head: None, lines };
    let start = Stopwatch::start();
    archive.seal("bench", &mut tail, true).unwrap();
    report(&format!("seal, {what}"), bytes, start.elapsed());

    let mut stored = 0;
    archive
        .store()
        .list("journals/", &mut |file| stored += file.size)
        .unwrap();
    let start = Stopwatch::start();
    let count = archive
        .records("bench", 1)
        .unwrap()
        .filter(Result::is_ok)
        .count();
    assert_eq!(count as u64, RECORDS);
    report(&format!("read, {what}"), bytes, start.elapsed());
    let start = Stopwatch::start();
    let found = archive
        .verify(
            &VerifyOptions::default(),
            &mut |_: telekeep_journal::Finding| {},
        )
        .unwrap();
    assert_eq!(found.findings, 0);
    report(&format!("verify, {what}"), bytes, start.elapsed());
    println!(
        "{:<28} {:.1} bytes a record of {:.1}",
        "",
        stored as f64 / RECORDS as f64,
        bytes as f64 / RECORDS as f64
    );
}

fn zstd_alone(lines: &[TailLine], bytes: u64) {
    let start = Stopwatch::start();
    let mut encoder = zstd::Encoder::new(std::io::sink(), 3).unwrap();
    for line in lines {
        encoder.write_all(line.json.as_bytes()).unwrap();
        encoder.write_all(b"\n").unwrap();
    }
    encoder.finish().unwrap();
    report("zstd -3 alone, to nowhere", bytes, start.elapsed());
}

fn blobs(protection: Protection, what: &str) {
    let dir = tempfile::tempdir().unwrap();
    let archive = Archive::init_folder(dir.path(), &InitOptions { protection, now: 0 }).unwrap();
    let piece: Vec<u8> = (0..1_u32 << 20)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let start = Stopwatch::start();
    let mut writer = archive.blob_writer(Some(256 << 20)).unwrap();
    for _ in 0..256 {
        writer.write_all(&piece).unwrap();
    }
    let blob = writer.finish().unwrap();
    println!(
        "{:<28} {:>7.0} MB/s",
        format!("blob of 256 MiB, {what}"),
        256.0 * 1.048_576 / start.elapsed().as_secs_f64()
    );
    let start = Stopwatch::start();
    std::io::copy(
        &mut archive.blob_reader(&blob.name).unwrap(),
        &mut std::io::sink(),
    )
    .unwrap();
    println!(
        "{:<28} {:>7.0} MB/s",
        format!("  read back, {what}"),
        256.0 * 1.048_576 / start.elapsed().as_secs_f64()
    );
}

fn encrypted() -> Protection {
    Protection::Encrypted(vec![NewKey::passphrase_with("main", "bench", 4)])
}

fn main() {
    memory();
    let lines: Vec<TailLine> = (1..=RECORDS)
        .map(|seq| TailLine {
            seq,
            json: line(seq),
            blobs: Vec::new(),
        })
        .collect();
    let bytes = lines.iter().map(|line| line.json.len() as u64 + 1).sum();
    zstd_alone(&lines, bytes);
    seal("not encrypted", Protection::None, &lines, bytes);
    seal("encrypted", encrypted(), &lines, bytes);
    drop(lines);
    blobs(Protection::None, "not encrypted");
    blobs(encrypted(), "encrypted");
}
