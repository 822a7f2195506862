//! Text with entities. Offsets are UTF-16 code units, as everywhere in the API.

use grammers_tl_types::{enums::MessageEntity, types};

use super::random::Dice;
use super::words::{EMOJI, Tongue};

/// A text that grows with its entities.
#[derive(Debug, Default)]
pub(crate) struct Rich {
    pub(crate) text: String,
    pub(crate) entities: Vec<MessageEntity>,
    units: i32,
}

impl Rich {
    pub(crate) fn push(&mut self, text: &str) -> &mut Self {
        self.text.push_str(text);
        self.units += text.encode_utf16().count() as i32;
        self
    }

    /// Appends text that an entity covers; `make` gets offset and length.
    pub(crate) fn mark(
        &mut self,
        text: &str,
        make: impl FnOnce(i32, i32) -> MessageEntity,
    ) -> &mut Self {
        let offset = self.units;
        self.push(text);
        self.entities.push(make(offset, self.units - offset));
        self
    }
}

/// One to three sentences, sometimes with an emoji.
pub(crate) fn talk(dice: &mut Dice, tongue: &Tongue) -> Rich {
    let mut rich = Rich::default();
    if dice.chance(180) {
        rich.push(dice.pick(tongue.short));
    } else {
        for n in 0..[1, 1, 1, 2, 2, 3][dice.below(6) as usize] {
            if n > 0 {
                rich.push(tongue.space);
            }
            rich.push(&fresh(dice, tongue, &rich.text));
        }
    }
    if dice.chance(160) {
        rich.push(" ").push(dice.pick(EMOJI));
    }
    rich
}

/// A sentence unlike those before it.
fn fresh(dice: &mut Dice, tongue: &Tongue, before: &str) -> String {
    let mut sentence = tongue.sentence(dice);
    for _ in 0..4 {
        let start: String = sentence.chars().take(8).collect();
        if !before.contains(&start) {
            break;
        }
        sentence = tongue.sentence(dice);
    }
    sentence
}

/// What the service account says: codes and logins.
pub(crate) fn notice(dice: &mut Dice) -> Rich {
    let mut rich = Rich::default();
    let bold = |offset, length| types::MessageEntityBold { offset, length }.into();
    if dice.chance(500) {
        let code = format!("{:05}", dice.below(100_000));
        rich.mark("Login code:", bold);
        rich.push(&format!(
            " {code}. Do not give this code to anyone, even if they say they are from Telegram!"
        ));
    } else {
        rich.mark("New login.", bold);
        rich.push(" Dear Alice, we detected a login into your account from a new device: ");
        rich.push(dice.pick(&[
            "Desktop, Lisbon",
            "Web, Kyiv",
            "Tablet, Osaka",
            "Desktop, Berlin",
            "Phone, Haifa",
        ]));
        rich.push(".\n\nIf this wasn't you, you can terminate that session in Settings > Devices.");
    }
    rich
}

/// A text with a few entities of every kind in turn; `turn` says which.
pub(crate) fn formatted(dice: &mut Dice, tongue: &Tongue, turn: u64) -> Rich {
    let mut rich = Rich::default();
    if dice.chance(400) {
        rich.push(dice.pick(EMOJI)).push(" ");
    }
    rich.push(&tongue.sentence(dice)).push(" ");
    let said = fresh(dice, tongue, &rich.text);
    let word = said.as_str();
    match turn % 12 {
        0 => rich.mark(word, |offset, length| {
            types::MessageEntityBold { offset, length }.into()
        }),
        1 => rich.mark(word, |offset, length| {
            types::MessageEntityItalic { offset, length }.into()
        }),
        2 => rich.mark("let tea = kettle.boil()?;", |offset, length| {
            types::MessageEntityCode { offset, length }.into()
        }),
        3 => rich.mark(
            "fn main() {\n    println!(\"ahoj\");\n}",
            |offset, length| {
                types::MessageEntityPre {
                    offset,
                    length,
                    language: "rust".into(),
                }
                .into()
            },
        ),
        4 => rich.mark(word, |offset, length| {
            types::MessageEntityTextUrl {
                offset,
                length,
                url: "https://example.org/lost-and-found".into(),
            }
            .into()
        }),
        5 => rich.mark(word, |offset, length| {
            types::MessageEntityUnderline { offset, length }.into()
        }),
        6 => rich.mark(word, |offset, length| {
            types::MessageEntityStrike { offset, length }.into()
        }),
        7 => rich.mark(word, |offset, length| {
            types::MessageEntitySpoiler { offset, length }.into()
        }),
        8 => rich.mark(word, |offset, length| {
            types::MessageEntityBlockquote {
                collapsed: turn.is_multiple_of(24),
                offset,
                length,
            }
            .into()
        }),
        9 => rich.mark("#sunday", |offset, length| {
            types::MessageEntityHashtag { offset, length }.into()
        }),
        10 => rich.mark("hello@example.org", |offset, length| {
            types::MessageEntityEmail { offset, length }.into()
        }),
        _ => rich.mark("+49 30 1234567", |offset, length| {
            types::MessageEntityPhone { offset, length }.into()
        }),
    };
    if dice.chance(300) {
        rich.push(" ");
        let offset = rich.units;
        rich.push(dice.pick(tongue.short));
        let length = rich.units - offset;
        rich.entities
            .push(types::MessageEntityBold { offset, length }.into());
        rich.entities
            .push(types::MessageEntityItalic { offset, length }.into());
    }
    rich
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_utf16_units() {
        let mut rich = Rich::default();
        rich.push("👩‍💻 й ").mark("日本", |offset, length| {
            types::MessageEntityBold { offset, length }.into()
        });
        let MessageEntity::Bold(bold) = &rich.entities[0] else {
            panic!()
        };
        assert_eq!((bold.offset, bold.length), (8, 2));
    }
}
