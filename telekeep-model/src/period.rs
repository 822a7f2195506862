//! Lengths of time after which messages delete themselves: chosen in days, weeks, months, sent in
//! seconds.

/// So many of the largest unit that measures it without a rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// How many.
    pub count: u64,
    /// Of what.
    pub unit: PeriodUnit,
}

/// A unit of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // they say what they are
pub enum PeriodUnit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
}

impl PeriodUnit {
    /// Largest first. Months and years as apps send them: 31 and 365 days, but 30 and 366 come too.
    const SECONDS: [(u64, Self); 9] = [
        (366 * 86_400, Self::Year),
        (365 * 86_400, Self::Year),
        (31 * 86_400, Self::Month),
        (30 * 86_400, Self::Month),
        (7 * 86_400, Self::Week),
        (86_400, Self::Day),
        (3_600, Self::Hour),
        (60, Self::Minute),
        (1, Self::Second),
    ];

    /// Its English name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Month => "month",
            Self::Week => "week",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Minute => "minute",
            Self::Second => "second",
        }
    }
}

impl Period {
    /// Measures seconds.
    #[must_use]
    pub fn of_seconds(seconds: u64) -> Self {
        let mut units = PeriodUnit::SECONDS.iter();
        let fits = units.find(|(length, _)| seconds >= *length && seconds.is_multiple_of(*length));
        let (length, unit) = fits.copied().unwrap_or((1, PeriodUnit::Second));
        Self {
            count: seconds / length,
            unit,
        }
    }
}

impl std::fmt::Display for Period {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let many = if self.count == 1 { "" } else { "s" };
        write!(f, "{} {}{many}", self.count, self.unit.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods() {
        for (seconds, told) in [
            (86_400, "1 day"),
            (3 * 86_400, "3 days"),
            (7 * 86_400, "1 week"),
            (14 * 86_400, "2 weeks"),
            (31 * 86_400, "1 month"),
            (30 * 86_400, "1 month"),
            (62 * 86_400, "2 months"),
            (365 * 86_400, "1 year"),
            (3600, "1 hour"),
            (5400, "90 minutes"),
            (61, "61 seconds"),
            (0, "0 seconds"),
        ] {
            assert_eq!(Period::of_seconds(seconds).to_string(), told, "{seconds}");
        }
    }
}
