//! The reader's time zone. The index stores moments; days and hours are made of them when asked for.

use std::fmt;

const DAY: i64 = 86_400;

/// A time zone: how many seconds local time is ahead of UTC at a moment.
#[derive(Clone, Copy)]
pub struct Zone<'a>(Offset<'a>);

#[derive(Clone, Copy)]
enum Offset<'a> {
    Fixed(i64),
    Varying(&'a (dyn Fn(i64) -> i64 + Sync)),
}

impl fmt::Debug for Zone<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({} now and then)", self.offset(0))
    }
}

impl<'a> Zone<'a> {
    /// Universal time.
    pub const UTC: Zone<'static> = Zone(Offset::Fixed(0));

    /// Always so many seconds ahead of UTC.
    #[must_use]
    pub fn fixed(seconds: i64) -> Self {
        Self(Offset::Fixed(seconds.clamp(-DAY, DAY)))
    }

    /// As a function of the moment (unix seconds), for zones with daylight saving.
    #[must_use]
    pub fn varying(offset: &'a (dyn Fn(i64) -> i64 + Sync)) -> Self {
        Self(Offset::Varying(offset))
    }

    /// Seconds ahead of UTC at a moment.
    #[must_use]
    pub fn offset(&self, moment: i64) -> i64 {
        match self.0 {
            Offset::Fixed(seconds) => seconds,
            Offset::Varying(offset) => offset(moment).clamp(-DAY, DAY),
        }
    }

    /// Local days since 1 January 1970 at a moment.
    #[must_use]
    pub fn day(&self, moment: i64) -> i64 {
        moment.saturating_add(self.offset(moment)).div_euclid(DAY)
    }

    /// The moment a local day begins.
    #[must_use]
    pub fn midnight(&self, day: i64) -> i64 {
        let local = day.saturating_mul(DAY);
        // The offset of the moment itself, not that of the same reading of a UTC clock.
        let guess = local.saturating_sub(self.offset(local));
        local.saturating_sub(self.offset(guess))
    }
}

/// A zone asked about one moment after the other: the time zone is looked up once a day, because no zone
/// changes its offset twice in a day.
pub(crate) struct Local<'a> {
    zone: Zone<'a>,
    /// A day of UTC without a change, and its offset.
    steady: Option<(i64, i64)>,
}

impl<'a> Local<'a> {
    pub(crate) fn new(zone: Zone<'a>) -> Self {
        Self { zone, steady: None }
    }

    /// Local day (since 1 January 1970) and hour (0 to 23) at a moment.
    pub(crate) fn day_and_hour(&mut self, moment: i64) -> (i64, usize) {
        let local = moment.saturating_add(self.offset(moment));
        let hour = usize::try_from(local.rem_euclid(DAY) / 3600).unwrap_or_default();
        (local.div_euclid(DAY), hour)
    }

    fn offset(&mut self, moment: i64) -> i64 {
        let day = moment.div_euclid(DAY);
        if let Some((steady, offset)) = self.steady
            && steady == day
        {
            return offset;
        }
        let begin = day.saturating_mul(DAY);
        let offset = self.zone.offset(begin);
        if offset == self.zone.offset(begin.saturating_add(DAY)) {
            self.steady = Some((day, offset));
            return offset;
        }
        self.zone.offset(moment)
    }
}

/// The day of the week (0 is Monday) of a day number.
pub(crate) fn weekday(day: i64) -> usize {
    // 1 January 1970 was a Thursday.
    usize::try_from((day + 3).rem_euclid(7)).unwrap_or_default()
}

/// Days since 1 January 1970 of a date of the Gregorian calendar; `None` for one that is not.
#[must_use]
pub fn day_number(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1..=12).contains(&month) || day < 1 || day > month_length(year, month) {
        return None;
    }
    if !(1..=9999).contains(&year) {
        return None;
    }
    // Years that begin in March have their leap day at the end.
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Year, month and day of a day number.
#[must_use]
pub fn date_of(number: i64) -> (i64, i64, i64) {
    let shifted = number.saturating_add(719_468);
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

fn month_length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar() {
        assert_eq!(day_number(1970, 1, 1), Some(0));
        assert_eq!(day_number(2024, 2, 29), Some(19_782));
        assert_eq!(day_number(2023, 2, 29), None);
        assert_eq!(day_number(2024, 13, 1), None);
        for number in -100_000..100_000 {
            let (year, month, day) = date_of(number);
            assert_eq!(day_number(year, month, day), Some(number));
        }
    }

    #[test]
    fn local_days() {
        let india = Zone::fixed(5 * 3600 + 1800);
        assert_eq!(india.day(18 * 3600 + 1799), 0);
        assert_eq!(india.day(18 * 3600 + 1800), 1);
        assert_eq!(india.midnight(1), 18 * 3600 + 1800);
        assert_eq!(
            (Local::new(Zone::UTC).day_and_hour(0), weekday(0)),
            ((0, 0), 3)
        );
        assert_eq!(Local::new(india).day_and_hour(0), (0, 5));
        // One hour more from a moment on, as in spring.
        let summer = |moment: i64| if moment < 1_000_000 { 3600 } else { 7200 };
        let zone = Zone::varying(&summer);
        assert_eq!(zone.midnight(11), 11 * DAY - 3600);
        assert_eq!(zone.midnight(20), 20 * DAY - 7200);
        let mut local = Local::new(zone);
        for moment in (0..3_000_000).step_by(1800) {
            let at = moment + summer(moment);
            let hour = usize::try_from(at % DAY / 3600).unwrap();
            assert_eq!(local.day_and_hour(moment), (at / DAY, hour), "{moment}");
        }
    }
}
