//! Money, shares and lengths of time in the reader's language.

use telekeep_model::{Money, Period, PeriodUnit};

use super::Texts;

impl Texts {
    /// An amount in the smallest unit of its currency.
    #[must_use]
    pub fn money(&self, amount: i64, currency: &str) -> String {
        let money = Money::new(amount, currency);
        let whole = self.number(money.whole);
        match (currency, money.digits) {
            ("XTR", _) => self.count("media.stars", money.whole),
            (_, 0) => format!("{whole} {currency}"),
            (_, digits) => {
                let (point, part) = (self.get("number.point"), money.part);
                format!("{whole}{point}{part:0digits$} {currency}")
            }
        }
    }

    /// So much of all: with a digit behind the point where whole numbers would say too little.
    #[must_use]
    pub fn percent(&self, part: u64, all: u64) -> String {
        let (part, all) = (u128::from(part), u128::from(all.max(1)));
        let rounded = |scale: u128| (part * scale + all / 2) / all;
        let tenths = rounded(1000);
        let told = match tenths {
            0 if part > 0 => format!("<0{}1", self.get("number.point")),
            1..100 if !tenths.is_multiple_of(10) => {
                format!("{}{}{}", tenths / 10, self.get("number.point"), tenths % 10)
            }
            // All of it only when it is all of it.
            _ if part < all => rounded(100).min(99).to_string(),
            _ => rounded(100).to_string(),
        };
        self.with("number.percent", told)
    }

    /// The time after which something happens, as said behind "after".
    #[must_use]
    pub fn period(&self, seconds: u64) -> String {
        let period = Period::of_seconds(seconds);
        let key = match period.unit {
            PeriodUnit::Year => "after.year",
            PeriodUnit::Month => "after.month",
            PeriodUnit::Week => "after.week",
            PeriodUnit::Day => "after.day",
            PeriodUnit::Hour => "after.hour",
            PeriodUnit::Minute => "after.minute",
            PeriodUnit::Second => "after.second",
        };
        self.count(key, period.count)
    }
}

#[cfg(test)]
mod tests {
    use crate::lang::{all, by_code, english};

    #[test]
    fn shares() {
        for (part, all, told) in [
            (90, 5_000, "1.8%"),
            (0, 5_000, "0%"),
            (0, 0, "0%"),
            (1, 5_000, "<0.1%"),
            (100, 5_000, "2%"),
            (499, 5_000, "10%"),
            (4_999, 5_000, "99%"),
            (5_000, 5_000, "100%"),
            (u64::MAX, u64::MAX, "100%"),
        ] {
            assert_eq!(english().percent(part, all), told, "{part} of {all}");
        }
        let german = by_code("de").unwrap();
        assert_eq!(german.percent(90, 5_000), "1,8\u{a0}%");
    }

    #[test]
    fn money() {
        let german = by_code("de").unwrap();
        assert_eq!(german.money(123_456, "EUR"), "1.234,56 EUR");
        assert_eq!(german.money(500, "JPY"), "500 JPY");
        assert_eq!(german.money(1, "XTR"), "1 Stern");
        assert_eq!(
            english().money(i64::MIN, "USD"),
            "92,233,720,368,547,758.08 USD"
        );
    }

    #[test]
    fn periods() {
        for texts in all() {
            for seconds in [0, 1, 60, 3_600, 86_400, 604_800, 2_678_400, 31_536_000] {
                let told = texts.period(seconds);
                assert!(!told.is_empty() && !told.contains("after."), "{told}");
            }
        }
        assert_eq!(english().period(86_400), "1 day");
        assert_eq!(by_code("de").unwrap().period(3 * 86_400), "3 Tagen");
        assert_eq!(by_code("ru").unwrap().period(5 * 86_400), "5 дней");
        assert_eq!(by_code("ar").unwrap().period(2 * 86_400), "يومين");
    }
}
