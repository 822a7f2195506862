//! The search that also looks inside words, offered where words cannot match what was typed.

use super::grammar::{Atom, Node, What};

/// Signs that are not words; ordinary punctuation is no loss.
const SIGNS: &str = "+#$%&=<>^~|\\€£¥°§±×÷";

/// The same query, with exact characters in place of words. `None` when it has no words.
pub(super) fn offer(query: &Node) -> Option<String> {
    let mut some = false;
    let node = exact(query, &mut some);
    some.then(|| node.to_string())
}

/// A word has signs that were passed over: `C++` finds every C.
pub(super) fn has_signs(query: &Node) -> bool {
    match query {
        Node::All(nodes) | Node::Any(nodes) => nodes.iter().any(has_signs),
        Node::Not(node) => has_signs(node),
        Node::Atom(atom) => match &atom.what {
            // A number sign before a word is a hashtag.
            What::Words { text, .. } => text.trim_start_matches('#').contains(is_sign),
            _ => false,
        },
    }
}

fn is_sign(c: char) -> bool {
    SIGNS.contains(c)
}

/// What must not be there stays as it is: without more characters it would take away more.
fn exact(node: &Node, some: &mut bool) -> Node {
    let each = |nodes: &[Node], some: &mut bool| nodes.iter().map(|one| exact(one, some)).collect();
    match node {
        Node::All(nodes) => Node::All(each(nodes, some)),
        Node::Any(nodes) => Node::Any(each(nodes, some)),
        Node::Not(_) => node.clone(),
        Node::Atom(Atom { at, what }) => {
            let what = match what {
                What::Words { text, .. } => {
                    *some = true;
                    What::Exact(text.clone())
                }
                what => what.clone(),
            };
            Node::Atom(Atom { at: *at, what })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::grammar::parse;

    #[test]
    fn words_become_exact_characters_and_filters_stay() {
        let offered = |typed: &str| offer(&parse(typed).unwrap().query.unwrap());
        let cases = [
            ("ightho", Some("exact:ightho")),
            ("C++ from:ada", Some("exact:\"C++\" from:ada")),
            ("\"two words\" -rain", Some("exact:\"two words\" -rain")),
            ("(a OR in:b) wor*", Some("(exact:a OR in:b) exact:wor")),
            ("from:ada", None),
            ("exact:ightho", None),
        ];
        for (typed, expected) in cases {
            assert_eq!(offered(typed).as_deref(), expected, "{typed}");
        }
    }

    #[test]
    fn signs_that_are_passed_over() {
        let signs = |typed: &str| has_signs(&parse(typed).unwrap().query.unwrap());
        for typed in ["C++", "-C#", "(a OR 5€)", "\"x = y\"", "R&D"] {
            assert!(signs(typed), "{typed}");
        }
        for typed in [
            "#tag",
            "it's",
            "e-mail",
            "well, ok.",
            "tea*",
            "🎉",
            "a@b.example",
        ] {
            assert!(!signs(typed), "{typed}");
        }
    }
}
