//! The text of a `.tl` file, cut into definitions. Names are resolved later, in [`crate::schema`].

use crate::error::SchemaError;

/// One line of a schema: `name#id field:type ... = Result;`
pub(crate) struct Definition<'t> {
    pub line: usize,
    pub name: &'t str,
    pub id: u32,
    pub function: bool,
    pub fields: Vec<RawField<'t>>,
    pub result: String,
}

/// `name:flags.2?type`
pub(crate) struct RawField<'t> {
    pub name: &'t str,
    pub condition: Option<(&'t str, u8)>,
    pub ty: RawType<'t>,
}

/// A type as written.
#[derive(Debug, PartialEq)]
pub(crate) enum RawType<'t> {
    /// `#`
    Word,
    /// `!X`, or `X` where `{X:Type}` was declared
    Any,
    /// `Message`, `int`, `help.Config`
    Name(&'t str),
    /// `%Message`
    Bare(&'t str),
    /// `Vector<...>` (boxed) or `vector<...>`
    Vector {
        boxed: bool,
        element: Box<RawType<'t>>,
    },
}

/// Vectors inside vectors: schema texts come out of archives, so their nesting is bounded.
const MAX_NESTING: usize = 8;

/// The layer named by the comment `// LAYER N`.
pub(crate) fn layer(text: &str) -> Option<i32> {
    text.lines().find_map(|line| {
        line.trim()
            .strip_prefix("//")?
            .trim()
            .strip_prefix("LAYER ")?
            .trim()
            .parse()
            .ok()
    })
}

/// All definitions of a schema text, in order, without the core types that TL itself defines.
///
/// `plain` is the text without its comments, see [`without_comments`].
pub(crate) fn definitions(plain: &str) -> Result<Vec<Definition<'_>>, SchemaError> {
    let mut found = Vec::new();
    let mut function = false;
    let mut line = 1;
    for statement in plain.split_inclusive(';') {
        let mut body = statement;
        let mut start = line + leading_lines(body);
        line += newlines(statement);
        while let Some((section, rest)) = section(body) {
            function = section == "functions";
            start += newlines(body) - newlines(rest) + leading_lines(rest) - leading_lines(body);
            body = rest;
        }
        let Some(body) = body.trim().strip_suffix(';') else {
            if body.trim().is_empty() {
                continue;
            }
            return Err(SchemaError::new(
                start,
                "a definition without its closing `;`",
            ));
        };
        found.extend(definition(body, start, function)?);
    }
    Ok(found)
}

/// The text with every comment replaced by a space, keeping line breaks.
pub(crate) fn without_comments(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('/') {
        let (before, comment) = rest.split_at(start);
        plain.push_str(before);
        let end = if comment.starts_with("//") {
            comment.find('\n').unwrap_or(comment.len())
        } else if comment.starts_with("/*") {
            comment.find("*/").map_or(comment.len(), |at| at + 2)
        } else {
            plain.push('/');
            rest = &comment[1..];
            continue;
        };
        let (comment, after) = comment.split_at(end);
        plain.push(' ');
        plain.extend(comment.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    plain.push_str(rest);
    plain
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

fn leading_lines(text: &str) -> usize {
    newlines(&text[..text.len() - text.trim_start().len()])
}

/// Splits a leading `---types---` or `---functions---` off.
fn section(text: &str) -> Option<(&str, &str)> {
    text.trim_start().strip_prefix("---")?.split_once("---")
}

/// `None` for the core types (`int ? = Int`, `vector ... [ t ] = Vector t`), which need no schema.
fn definition(
    body: &str,
    line: usize,
    function: bool,
) -> Result<Option<Definition<'_>>, SchemaError> {
    let fail = |problem: String| SchemaError::new(line, problem);
    let (left, right) = body
        .split_once('=')
        .ok_or_else(|| fail("a definition without `=`".into()))?;
    if left.contains(['[', '?'])
        && left
            .split_whitespace()
            .any(|word| word == "?" || word.ends_with('['))
    {
        return Ok(None);
    }
    let mut words = left.split_whitespace();
    let head = words
        .next()
        .ok_or_else(|| fail("a definition without a name".into()))?;
    let (name, id) = match head.split_once('#') {
        Some((name, id)) => {
            let id = u32::from_str_radix(id, 16)
                .map_err(|_| fail(format!("{head} does not end in a hex id")))?;
            (name, Some(id))
        }
        None => (head, None),
    };
    if !name_is_fine(name) {
        return Err(fail(format!("{name:?} is not a constructor name")));
    }
    let mut variables = Vec::new();
    let mut fields = Vec::new();
    for word in words {
        if let Some(variable) = word
            .strip_prefix('{')
            .and_then(|word| word.strip_suffix(":Type}"))
        {
            variables.push(variable);
        } else {
            fields.push(
                field(word, &variables).ok_or_else(|| fail(format!("{word:?} is not a field")))?,
            );
        }
    }
    let result: String = right.split_whitespace().collect();
    if result.is_empty() {
        return Err(fail(format!("{name} has no result type")));
    }
    let id = id.unwrap_or_else(|| computed_id(body));
    Ok(Some(Definition {
        line,
        name,
        id,
        function,
        fields,
        result,
    }))
}

fn name_is_fine(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'.')
}

fn field<'t>(word: &'t str, variables: &[&str]) -> Option<RawField<'t>> {
    let (name, ty) = word.split_once(':')?;
    let (condition, ty) = match ty.split_once('?') {
        Some((condition, ty)) => {
            let (word, bit) = condition.split_once('.')?;
            (Some((word, bit.parse().ok().filter(|bit| *bit < 32)?)), ty)
        }
        None => (None, ty),
    };
    let ty = raw_type(ty, variables)?;
    name_is_fine(name).then_some(RawField {
        name,
        condition,
        ty,
    })
}

/// A type expression; `None` when it is not one.
pub(crate) fn raw_type<'t>(text: &'t str, variables: &[&str]) -> Option<RawType<'t>> {
    if text.matches('<').count() > MAX_NESTING {
        return None;
    }
    if text == "#" {
        return Some(RawType::Word);
    }
    if text.starts_with('!') || variables.contains(&text) {
        return Some(RawType::Any);
    }
    for (prefix, boxed) in [("Vector<", true), ("vector<", false)] {
        if let Some(element) = text
            .strip_prefix(prefix)
            .and_then(|text| text.strip_suffix('>'))
        {
            return Some(RawType::Vector {
                boxed,
                element: Box::new(raw_type(element, variables)?),
            });
        }
    }
    match text.strip_prefix('%') {
        Some(bare) => name_is_fine(bare).then_some(RawType::Bare(bare)),
        None => name_is_fine(text).then_some(RawType::Name(text)),
    }
}

/// The id of a definition that does not state one: CRC-32 of its text in TL's normal form
/// (one space between words, no generic braces, no `flags.N?true` fields, `bytes` written as `string`).
fn computed_id(body: &str) -> u32 {
    let mut normal = String::new();
    for word in body.split_whitespace() {
        if word.contains('?') && word.ends_with("?true") {
            continue;
        }
        let word = word.trim_start_matches('{').trim_end_matches('}');
        let word = match word.strip_suffix("bytes") {
            Some(start) if start.ends_with([':', '?']) => format!("{start}string"),
            _ => word.replace('<', " ").replace('>', ""),
        };
        if !normal.is_empty() {
            normal.push(' ');
        }
        normal.push_str(&word);
    }
    crc32fast::hash(normal.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Vec<(String, u32, bool, usize)> {
        let plain = without_comments(text);
        let all = definitions(&plain).unwrap();
        all.into_iter()
            .map(|d| (d.name.to_owned(), d.id, d.function, d.line))
            .collect()
    }

    #[test]
    fn sections_comments_and_lines() {
        let text = "// LAYER 7\nint ? = Int;\nvector#1cb5c415 {t:Type} # [ t ] = Vector t;\n\n/* two\nlines */ a#1 = A; // end\n\
                    ---functions---\n\nns.f#ff {X:Type} x:long\n  query:!X = X;\n---types---\nb#2 = A;";
        let found = parse(text);
        let expected = [
            ("a", 1, false, 6),
            ("ns.f", 255, true, 9),
            ("b", 2, false, 12),
        ];
        assert_eq!(found.len(), 3);
        for (found, (name, id, function, line)) in found.iter().zip(expected) {
            assert_eq!(found, &(name.to_owned(), id, function, line));
        }
        assert_eq!(layer(text), Some(7));
    }

    #[test]
    fn ids_are_computed_as_the_official_ones() {
        for (text, id) in [
            ("boolFalse = Bool;", 0xbc79_9737),
            (
                "resPQ nonce:int128 server_nonce:int128 pq:bytes server_public_key_fingerprints:Vector<long> = ResPQ;",
                0x0516_2463,
            ),
            (
                "invokeAfterMsgs {X:Type} msg_ids:Vector<long> query:!X = X;",
                0x3dc4_b4f0,
            ),
        ] {
            assert_eq!(parse(text)[0].1, id, "{text}");
        }
    }

    #[test]
    fn stated_ids_of_a_real_schema_equal_computed_ones_but_for_known_exceptions() {
        let text = include_str!("../schema/230.tl");
        let plain = without_comments(text);
        let mut different = 0;
        for statement in plain
            .split(';')
            .filter(|statement| statement.contains('#') && !statement.contains(['[', '-']))
        {
            let (head, rest) = statement.trim().split_once(' ').unwrap();
            let (name, id) = head.split_once('#').unwrap();
            different += u32::from(
                computed_id(&format!("{name} {rest}")) != u32::from_str_radix(id, 16).unwrap(),
            );
        }
        assert!(different < 20, "{different} ids differ");
    }

    #[test]
    fn broken_text_is_refused_with_its_line() {
        for (text, line) in [
            ("a#1 = A;\nb#zz = A;", 2),
            ("a#1 x = A;", 1),
            ("\n\na#1 x:int", 3),
            ("a#1 f:flags.32?int = A;", 1),
            ("a#1 ;", 1),
            (
                &format!("a#1 x:{}int{} = A;", "Vector<".repeat(9), ">".repeat(9)),
                1,
            ),
        ] {
            let plain = without_comments(text);
            assert_eq!(
                definitions(&plain).err().map(|error| error.line),
                Some(line),
                "{text}"
            );
        }
    }
}
