//! Dates and times in the reader's language and time zone.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::lang::Texts;

/// Makes words of unix seconds.
#[derive(Clone)]
pub struct Clock {
    /// The language.
    pub texts: &'static Texts,
    /// The reader's time zone.
    pub zone: TimeZone,
    /// Now, unix seconds.
    pub now: i64,
}

impl Clock {
    /// The moment in the reader's zone; out of range is the epoch.
    #[must_use]
    pub fn at(&self, seconds: i64) -> Zoned {
        let moment = Timestamp::from_second(seconds).unwrap_or_default();
        moment.to_zoned(self.zone.clone())
    }

    /// `14:05`
    #[must_use]
    pub fn time(&self, seconds: i64) -> String {
        let at = self.at(seconds);
        format!("{:02}:{:02}", at.hour(), at.minute())
    }

    /// `2024-05-03`: the day, as in addresses.
    #[must_use]
    pub fn key(&self, seconds: i64) -> String {
        self.at(seconds).date().to_string()
    }

    /// For `<time datetime>`.
    #[must_use]
    pub fn iso(&self, seconds: i64) -> String {
        Timestamp::from_second(seconds)
            .unwrap_or_default()
            .to_string()
    }

    /// `Friday, 3 May 2024`, or today, or yesterday.
    #[must_use]
    pub fn day(&self, seconds: i64) -> String {
        let date = self.at(seconds).date();
        let today = self.at(self.now).date();
        if date == today {
            return self.texts.get("date.today").to_owned();
        }
        if today.yesterday().is_ok_and(|yesterday| yesterday == date) {
            return self.texts.get("date.yesterday").to_owned();
        }
        let weekday = self.weekday(date.weekday());
        let day = self.date(date);
        self.texts
            .fill("date.weekday-day", &[("weekday", weekday), ("day", &day)])
    }

    /// `3 May 2024`
    #[must_use]
    pub fn date(&self, date: Date) -> String {
        let (day, year) = (date.day().to_string(), date.year().to_string());
        let month = self.month_in_date(date.month());
        self.texts
            .fill("date.day", &[("d", &day), ("month", month), ("y", &year)])
    }

    /// `3 May 2024, 14:05:09`
    #[must_use]
    pub fn full(&self, seconds: i64) -> String {
        let at = self.at(seconds);
        let time = format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second());
        let day = self.date(at.date());
        self.texts
            .fill("date.full", &[("day", &day), ("time", &time)])
    }

    /// `3 May 2024, 14:05`
    #[must_use]
    pub fn moment(&self, seconds: i64) -> String {
        let (day, time) = (self.date(self.at(seconds).date()), self.time(seconds));
        self.texts
            .fill("date.full", &[("day", &day), ("time", &time)])
    }

    /// As short as can be told apart: the time today, else the day, with the year when it is another.
    #[must_use]
    pub fn short(&self, seconds: i64) -> String {
        let (date, today) = (self.at(seconds).date(), self.at(self.now).date());
        if date == today {
            return self.time(seconds);
        }
        let (day, month) = (format!("{:02}", date.day()), format!("{:02}", date.month()));
        // Two digits: lists are narrow, and this history does not span a century.
        let year = format!("{:02}", date.year().rem_euclid(100));
        let key = if date.year() == today.year() {
            "date.short"
        } else {
            "date.short-year"
        };
        let values = [
            ("d", day.as_str()),
            ("m", month.as_str()),
            ("y", year.as_str()),
        ];
        match key {
            "date.short" => self.texts.fill("date.short", &values),
            _ => self.texts.fill("date.short-year", &values),
        }
    }

    /// `May 2024`
    #[must_use]
    pub fn month(&self, year: i16, month: i8) -> String {
        let name = self.listed("date.months-alone", month);
        self.texts
            .fill("date.month", &[("month", name), ("y", &year.to_string())])
    }

    /// Names of weekdays, short, Monday first.
    #[must_use]
    pub fn weekdays_short(&self) -> Vec<&'static str> {
        self.texts
            .get("date.weekdays-short")
            .split(',')
            .map(str::trim)
            .collect()
    }

    fn weekday(&self, weekday: Weekday) -> &'static str {
        self.listed("date.weekdays", weekday.to_monday_one_offset())
    }

    fn month_in_date(&self, month: i8) -> &'static str {
        self.listed("date.months", month)
    }

    /// The nth of a list, from 1.
    fn listed(&self, key: &'static str, n: i8) -> &'static str {
        let at = usize::try_from(n - 1).unwrap_or_default();
        self.texts
            .get(key)
            .split(',')
            .nth(at)
            .unwrap_or_default()
            .trim()
    }

    /// `1:05`, `1:02:03`
    #[must_use]
    pub fn duration(&self, seconds: f64) -> String {
        // Saturates; nothing that long is real.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let seconds = seconds.max(0.0).round() as u64;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        match hours {
            0 => format!("{minutes}:{seconds:02}"),
            _ => format!("{hours}:{minutes:02}:{seconds:02}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::{all, english};

    fn clock(now: i64) -> Clock {
        Clock {
            texts: english(),
            zone: TimeZone::UTC,
            now,
        }
    }

    #[test]
    fn words() {
        let clock = clock(1_714_744_800); // 2024-05-03 14:00 UTC
        assert_eq!(clock.day(1_714_744_800), "Today");
        assert_eq!(clock.day(1_714_658_400), "Yesterday");
        assert_eq!(clock.day(1_700_000_000), "Tuesday, 14 November 2023");
        assert_eq!(clock.full(1_700_000_000), "14 November 2023, 22:13:20");
        assert_eq!(clock.moment(1_700_000_000), "14 November 2023, 22:13");
        assert_eq!(clock.short(1_714_744_800), "14:00");
        assert_eq!(clock.key(1_700_000_000), "2023-11-14");
        assert_eq!(clock.duration(3725.4), "1:02:05");
        assert_eq!(clock.duration(f64::NAN), "0:00");
    }

    #[test]
    fn every_language_names_every_day() {
        for texts in all() {
            let clock = Clock {
                texts,
                zone: TimeZone::UTC,
                now: 0,
            };
            for month in 1..=12 {
                assert!(
                    !clock.listed("date.months", month).is_empty(),
                    "{}",
                    texts.code
                );
                assert!(
                    !clock.listed("date.months-alone", month).is_empty(),
                    "{}",
                    texts.code
                );
            }
            assert_eq!(clock.weekdays_short().len(), 7, "{}", texts.code);
            assert!(
                !clock.listed("date.weekdays", 7).is_empty(),
                "{}",
                texts.code
            );
        }
    }

    #[test]
    fn hostile_dates_do_not_panic() {
        let clock = clock(i64::MAX);
        for seconds in [i64::MIN, -1, 0, i64::MAX] {
            let words = [
                clock.day(seconds),
                clock.full(seconds),
                clock.short(seconds),
                clock.iso(seconds),
            ];
            assert!(words.iter().all(|words| !words.is_empty()));
        }
    }
}
