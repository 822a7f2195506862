//! Every key and what it does, as the help and docs/browse.md say it.

/// Keys of one screen.
pub struct Section {
    /// The key of its title.
    pub title: &'static str,
    /// Keys, and the key of what they do.
    pub keys: &'static [(&'static str, &'static str)],
}

/// All of them.
pub const SECTIONS: &[Section] = &[
    Section {
        title: "browse.everywhere",
        keys: &[
            ("j k ↓ ↑", "help.move"),
            ("PgDn PgUp", "help.page"),
            ("Ctrl-D Ctrl-U", "help.half"),
            ("s", "help.search"),
            ("i", "help.details"),
            ("x", "help.spoilers"),
            ("r", "help.refresh"),
            ("q Esc h", "help.back"),
            ("?", "help.help"),
            ("Ctrl-C", "help.quit"),
        ],
    },
    Section {
        title: "browse.list",
        keys: &[
            ("Enter l", "help.open-chat"),
            ("Tab 1-5", "help.folder"),
            ("/", "help.filter"),
            ("g G", "help.ends"),
        ],
    },
    Section {
        title: "browse.in-chat",
        keys: &[
            ("/", "help.search-chat"),
            ("g", "help.date"),
            ("gg Home", "help.first"),
            ("G End", "help.newest"),
            ("Enter", "help.answered"),
            ("Backspace", "help.jump-back"),
            ("o", "help.open"),
            ("S", "help.save"),
            ("e", "help.versions"),
            ("y", "help.copy"),
            ("t", "help.topics"),
            ("n p", "help.other-chat"),
        ],
    },
    Section {
        title: "browse.in-search",
        keys: &[
            ("Enter", "help.in-chat"),
            ("/", "help.change-query"),
            ("t", "help.order"),
            ("Tab", "help.scope"),
        ],
    },
];

/// Every pair of keys and what they do.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    SECTIONS.iter().flat_map(|section| section.keys).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::say::Say;

    #[test]
    fn the_documentation_has_every_key() {
        let document = include_str!("../../../docs/browse.md");
        let english = Say::of("en");
        let mut wanted = String::new();
        for section in SECTIONS {
            wanted.push_str(&format!("| **{}** | |\n", english.get(section.title)));
            for (keys, does) in section.keys {
                let keys: Vec<_> = keys.split(' ').map(|key| format!("`{key}`")).collect();
                let does = english.get(does);
                wanted.push_str(&format!("| {} | {does} |\n", keys.join(" ")));
            }
        }
        assert!(
            document.contains(&wanted),
            "docs/browse.md should say:\n{wanted}"
        );
    }
}
