//! A tree of a query printed so that it reads back to an equal tree.

use std::fmt;

use super::grammar::{Node, What};

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |f: &mut fmt::Formatter<'_>, nodes: &[Node], between: &str| {
            for (at, node) in nodes.iter().enumerate() {
                if at > 0 {
                    f.write_str(between)?;
                }
                match node {
                    Self::All(_) | Self::Any(_) => write!(f, "({node})")?,
                    _ => write!(f, "{node}")?,
                }
            }
            Ok(())
        };
        match self {
            Self::All(nodes) => list(f, nodes, " "),
            Self::Any(nodes) => list(f, nodes, " OR "),
            Self::Not(node) => match **node {
                Self::Atom(_) => write!(f, "-{node}"),
                _ => write!(f, "-({node})"),
            },
            Self::Atom(atom) => write!(f, "{}", atom.what),
        }
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words { text, prefix } => {
                write!(f, "{}{}", Value(text), if *prefix { "*" } else { "" })
            }
            Self::Exact(text) => write!(f, "exact:{}", Value(text)),
            Self::From(name) => write!(f, "from:{}", Value(name)),
            Self::In(name) => write!(f, "in:{}", Value(name)),
            Self::Topic(name) => write!(f, "topic:{}", Value(name)),
            Self::Tag(name) => write!(f, "tag:{}", Value(name)),
            Self::Filename(name) => write!(f, "filename:{}", Value(name)),
            Self::Has(kind) => write!(f, "has:{kind}"),
            Self::Is(property) => write!(f, "is:{property}"),
            Self::Date(key, date) => write!(f, "{}:{date}", key.as_str()),
            Self::Size(comparison, bytes) => write!(f, "size:{}{bytes}", comparison.as_str()),
        }
    }
}

/// A text, in quotes unless nothing in it could be taken for anything else.
struct Value<'a>(&'a str);

impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = !self.0.is_empty() && self.0.chars().all(char::is_alphanumeric);
        if plain && self.0 != "OR" {
            return f.write_str(self.0);
        }
        f.write_str("\"")?;
        for c in self.0.chars() {
            if matches!(c, '"' | '\\') {
                f.write_str("\\")?;
            }
            write!(f, "{c}")?;
        }
        f.write_str("\"")
    }
}
