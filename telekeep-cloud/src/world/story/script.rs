//! The words of the story, and what becomes of them.

use super::content::Say;
use super::content::Say::{
    Album, Code, File, Headed, Link, Photo, Place as At, Poll, Round, Sticker, Text, Video, Voice,
};
use super::content::scene::{BREAKFAST, CITY, GARDEN, HILLS, SEA};
use super::{Happens, Line, Place, Renamed, Talk, Turn, Who};
use crate::world::file::Kind;

/// The topic in which the forum talks.
pub(super) const TOPIC: &str = "Lighthouse weekend 🗼";

/// Languages by their place in the world.
const RUSSIAN: usize = 1;
const GERMAN: usize = 2;
const ARABIC: usize = 3;
const CHINESE: usize = 4;
const SPANISH: usize = 5;
const HEBREW: usize = 6;
const JAPANESE: usize = 7;

const fn line(who: Who, after: i32, say: Say) -> Line {
    Line {
        who,
        after,
        say,
        answers: 0,
        felt: &[],
    }
}

const fn me(after: i32, say: Say) -> Line {
    line(Who::Me, after, say)
}

const fn them(after: i32, say: Say) -> Line {
    line(Who::Them, after, say)
}

const fn one(number: usize, after: i32, say: Say) -> Line {
    line(Who::Member(number), after, say)
}

impl Line {
    /// Answers the line so many before it.
    const fn to(self, answers: usize) -> Line {
        Line { answers, ..self }
    }

    const fn felt(self, felt: &'static [(&'static str, i32)]) -> Line {
        Line { felt, ..self }
    }
}

/// The first morning.
pub(super) static FIRST: &[Talk] = &[
    Talk {
        place: Place::Friend,
        begins: 130,
        lines: &[
            them(0, Text("Доброе утро! Ты видела? Маяк снова откроют 😍")),
            me(2, Text("I just read it. Nineteen years, and they finally fixed the stairs.")),
            them(1, Link {
                text: "Here, with pictures:",
                title: "The lighthouse opens its door again",
                about: "After nineteen years the stairs are safe. Two hundred and twelve of them, and tea at the top.",
                picture: SEA,
            }),
            me(3, Text("Shall we go up together? Saturday at ten, at the harbour?")),
            them(2, Voice).to(1),
            me(6, Text("Ha, yes, with the good thermos. I will bring lemon cake.")).felt(&[("❤", 1)]),
            them(1, Text("Тогда я беру бинокль и плед. 212 ступеней, мы справимся!")),
            them(1, Sticker(0)),
            me(14, Photo(BREAKFAST, "Training starts with a proper breakfast")).felt(&[("😁", 1)]),
            them(4, Text("This is how champions are made 🏆")).to(1),
        ],
    },
    Talk {
        place: Place::Community,
        begins: 100,
        lines: &[
            one(3, 0, Headed("Tenants' breakfast", "This Sunday from ten, in the courtyard, or in the bicycle cellar if it rains. Everybody brings one thing to eat and one thing to say.")).felt(&[("👍", 9), ("🎉", 4)]),
            one(5, 4, Poll {
                question: "What is still missing?",
                votes: &[("Somebody who makes coffee", 11), ("Chairs", 7), ("Scones", 5), ("A second table", 2)],
                closed: false,
            }),
            one(7, 6, Text("I can bring the long table from the workshop, but I need two strong people at half past nine.")),
            me(3, Text("Count me in. I only look weak.")).to(1).felt(&[("😁", 6)]),
            one(1, 5, Text("Кофе за мной, машина большая, хватит на весь дом ☕️")).to(3).felt(&[("🔥", 5), ("❤", 3)]),
            one(9, 21, Album(GARDEN, "Last year, for those who still hesitate")),
            one(9, 0, Album(SEA, "")),
            one(9, 0, Album(BREAKFAST, "")),
            one(9, 0, Album(HILLS, "")),
            one(11, 12, Text("Who is the person asleep in the third picture?")).to(2),
            one(3, 1, Text("We agreed never to speak of that.")).to(1).felt(&[("😁", 12), ("🙏", 1)]),
            one(13, 9, Text("Whoever has the key of the bicycle cellar: please hang it back, no questions asked.")),
        ],
    },
    Talk {
        place: Place::News,
        begins: 60,
        lines: &[
            them(0, Photo(SEA, "Good morning, harbour. Wind from the west, the ferry is on time, and the gulls have learnt to open the new bins.")).felt(&[("👍", 84), ("😁", 41)]),
            them(45, Headed("The lighthouse opens its door again", "After nineteen years the stairs are safe. From Saturday you can climb all two hundred and twelve steps; there is tea at the top. Children go first, then everybody with a cake.")).felt(&[("🎉", 213), ("❤", 156), ("🔥", 30)]),
            them(20, Poll {
                question: "What should stand in the new flower beds at the pier?",
                votes: &[("Lavender", 412), ("Sea thrift", 368), ("Vegetables for everybody", 655), ("Nothing, leave it to the gulls", 97)],
                closed: true,
            }),
        ],
    },
    Talk {
        place: Place::Team,
        begins: 20,
        lines: &[
            one(2, 0, Text("The first forty umbrellas are packed. The yellow ones look like a field of lemons.")),
            one(2, 1, Photo(GARDEN, "")).felt(&[("🔥", 3)]),
            me(5, Text("Beautiful. Did the handles arrive?")),
            one(4, 8, Text("They did. All of them left-handed.")).to(1).felt(&[("😁", 5)]),
            me(1, Text("There is no such thing as a left-handed umbrella.")),
            one(4, 1, Text("There is now.")),
            one(1, 16, File(Kind::Pdf, "Minutes of Thursday, two pages, one of them about biscuits")),
            one(3, 7, Code("def price(umbrella):\n    return 18 if umbrella.yellow else 15  # yellow is happier", "python")),
            one(1, 3, Text("I cannot argue with the comment.")).to(1),
        ],
    },
    Talk {
        place: Place::Forum,
        begins: 90,
        lines: &[
            one(2, 0, Text("Everything about the weekend goes here, so that the other topics stay readable.")),
            one(4, 6, At(54.9733, -1.4018, "The lighthouse", "End of the pier")),
            one(6, 11, Text("Is there a ramp, or a lift? My father would love to come.")).felt(&[("🙏", 4)]),
            one(2, 4, Text("A ramp to the tea room, and a screen with the view from the top. I asked.")).to(1).felt(&[("❤", 14)]),
            me(9, Text("I can lend two walking sticks and one grandfather who tells stories.")),
        ],
    },
    Talk {
        place: Place::Speaker(ARABIC),
        begins: 140,
        lines: &[
            them(0, Text("صباح الخير يا أليس، هل ستأتين إلى العشاء يوم السبت؟")),
            me(3, Text("صباح النور! طبعًا، ماذا أُحضِر معي؟")),
            them(2, Text("لا شيء، فقط القصص. أمي تطبخ المقلوبة 🍽")).to(1).felt(&[("❤", 1)]),
            them(1, Photo(CITY, "المنظر من شرفتنا الجديدة")),
            me(5, Text("يا له من منظر جميل! سأصعد إلى المنارة صباحًا ثم آتي إليكم.")).to(1),
            them(2, Voice),
        ],
    },
    Talk {
        place: Place::Speaker(HEBREW),
        begins: 55,
        lines: &[
            them(0, Text("בוקר טוב! מצאתי את הספר שחיפשת, בחנות הקטנה ליד הנמל 📚")),
            me(7, Text("לא ייאמן! כמה אני חייבת לך?")),
            them(2, Text("עוגת לימון אחת (1), עם ריבוע קטן לילדים.")).to(1).felt(&[("😁", 1)]),
        ],
    },
    Talk {
        place: Place::Speaker(CHINESE),
        begins: 45,
        lines: &[
            them(0, Text("早上好！灯塔旁边的书店今天开门了，我们下午去看看吧？")),
            me(4, Text("好啊，三点在码头见？")),
            them(1, Text("三点，不见不散 👍")).to(1),
            them(3, Photo(HILLS, "昨天爬山拍的，太美了")).felt(&[("❤", 1)]),
        ],
    },
    Talk {
        place: Place::Speaker(JAPANESE),
        begins: 35,
        lines: &[
            them(0, Text("おはよう！写真展のチケット、二枚取れたよ🎫")),
            me(9, Text("やった！ありがとう。日曜日の午後でいい？")),
            them(2, Text("うん、駅の改札で二時に。")).to(1),
        ],
    },
    Talk {
        place: Place::Speaker(GERMAN),
        begins: 75,
        lines: &[
            them(0, Text("Guten Morgen! Der Zug nach Süden fährt am Freitag doch nicht, Schienenersatzverkehr.")),
            me(5, Text("Oh nein. Dann eben Fahrrad und Fähre?")),
            them(2, Text("Das hatte ich gehofft. Ich öle schon die Kette.")).to(1).felt(&[("🔥", 1)]),
            them(1, Round),
        ],
    },
    Talk {
        place: Place::Speaker(SPANISH),
        begins: 65,
        lines: &[
            them(0, Text("¡Buenos días! ¿Probaste la receta de mi abuela?")),
            me(12, Photo(BREAKFAST, "Casi igual. Casi.")),
            them(2, Text("Mi abuela dice que está orgullosa de ti… y que falta sal.")).to(1).felt(&[("😁", 1)]),
        ],
    },
    Talk {
        place: Place::Speaker(RUSSIAN),
        begins: 15,
        lines: &[
            them(0, Text("Кот опять спит на клавиатуре, поэтому ответ будет ццццццц")),
            me(6, Text("Передай ему, что отчёт принят.")).to(1).felt(&[("😁", 1)]),
            them(3, Video("Вот, сам директор за работой")),
        ],
    },
    Talk {
        place: Place::Saved,
        begins: 150,
        lines: &[
            me(0, Headed("For Saturday", "• thermos\n• lemon cake\n• blanket\n• the good camera\n• cash for the ferry")),
            me(8, Text("The word I was looking for is “petrichor”.")),
        ],
    },
];

/// What becomes of the first morning's lines before the second one.
pub(super) static TURNS: &[Turn] = &[
    Turn {
        place: Place::Friend,
        line: 3,
        happens: Happens::Edited("Shall we go up together? Saturday at nine, at the ferry steps?"),
    },
    Turn {
        place: Place::Friend,
        line: 6,
        happens: Happens::Edited(
            "Тогда я беру бинокль, плед и гитару. 212 ступеней, мы справимся!",
        ),
    },
    Turn {
        place: Place::Community,
        line: 0,
        happens: Happens::Edited(
            "Tenants' breakfast\n\nThis Sunday from eleven, in the courtyard, or in the bicycle cellar if it rains. Everybody brings one thing to eat and one thing to say. Dogs are welcome, trombones are not.",
        ),
    },
    Turn {
        place: Place::Community,
        line: 4,
        happens: Happens::Felt(&[("🔥", 9), ("❤", 8), ("👏", 2)]),
    },
    Turn {
        place: Place::Community,
        line: 11,
        happens: Happens::Deleted,
    },
    Turn {
        place: Place::News,
        line: 1,
        happens: Happens::Edited(
            "The lighthouse opens its door again\n\nAfter nineteen years the stairs are safe. From Saturday you can climb all two hundred and twelve steps; there is tea at the top, and a lift for the tea. Children go first, then everybody with a cake.\n\nCorrection: we first wrote that the stairs had been closed for twenty years.",
        ),
    },
    Turn {
        place: Place::Team,
        line: 3,
        happens: Happens::Edited("They did. Half of them left-handed."),
    },
    Turn {
        place: Place::Speaker(ARABIC),
        line: 2,
        happens: Happens::Edited("لا شيء، فقط القصص. أمي تطبخ المقلوبة والكنافة 🍽"),
    },
];

/// The workshop has a new name.
pub(super) static RENAMED: Renamed = Renamed {
    place: Place::Team,
    title: "Umbrella Workshop & Sons & Daughters",
};

/// The second morning.
pub(super) static SECOND: &[Talk] = &[
    Talk {
        place: Place::Friend,
        begins: 95,
        lines: &[
            me(0, Text("I edited the plan: nine, not ten. The ferry changed its mind.")),
            them(2, Text("Seen! Nine it is. See you at the steps.")).to(1).felt(&[("👍", 1)]),
            them(3, Sticker(1)),
        ],
    },
    Talk {
        place: Place::Community,
        begins: 80,
        lines: &[
            one(5, 0, Text("Eleven chairs so far. And the key of the cellar is back on its hook, mysteriously.")).felt(&[("👏", 7)]),
            one(7, 6, Voice),
            me(4, Text("The long table stands. Nobody was hurt, one flower pot was brave.")).felt(&[("❤", 5), ("😁", 3)]),
            one(3, 3, Text("Thank you all. This is the best house in the street.")).to(1).felt(&[("❤", 15)]),
        ],
    },
    Talk {
        place: Place::News,
        begins: 70,
        lines: &[them(0, Video("The lamp was lit at dusk, for the first time since the new glass. Turn the sound on.")).felt(&[("❤", 302), ("🔥", 118)])],
    },
    Talk {
        place: Place::Team,
        begins: 30,
        lines: &[
            one(4, 0, Text("New sign, new name. The painter had room left, so.")),
            me(3, Text("I love it and I will not tell my daughter that she was an afterthought.")).to(1).felt(&[("😁", 4)]),
        ],
    },
    Talk {
        place: Place::Forum,
        begins: 60,
        lines: &[one(6, 0, Text("My father is ironing his shirt. It is only Sunday's breakfast, but he is ready for the tower, too.")).felt(&[("❤", 21)])],
    },
    Talk {
        place: Place::Speaker(ARABIC),
        begins: 90,
        lines: &[me(0, Text("كنافة أيضًا؟ سأترك الكعكة في البيت 😄")).to(4)],
    },
];
