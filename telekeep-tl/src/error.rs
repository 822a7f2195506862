//! What can go wrong, with the place where it did.
//!
//! Errors name constructors, fields and byte offsets, never the content of a message: they may be logged.

use std::fmt;

/// A schema text that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("TL schema, line {line}: {problem}")]
pub struct SchemaError {
    /// Line of the definition, counted from 1 (0 when the problem is not on one line).
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

impl SchemaError {
    pub(crate) fn new(line: usize, problem: impl Into<String>) -> Self {
        Self {
            line,
            problem: problem.into(),
        }
    }
}

/// One step of the way from the decoded object to the field that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field { constructor: String, field: String },
    Element(usize),
}

/// The way from the outermost object to the failing value, e.g. `messages.messages.messages[3].media`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Path {
    /// Innermost step first: errors collect their steps while the recursion unwinds.
    steps: Vec<Step>,
}

impl Path {
    pub(crate) fn push_field(&mut self, constructor: &str, field: &str) {
        self.steps.push(Step::Field {
            constructor: constructor.into(),
            field: field.into(),
        });
    }

    pub(crate) fn push_element(&mut self, index: usize) {
        self.steps.push(Step::Element(index));
    }
}

impl fmt::Display for Path {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut outermost = true;
        for step in self.steps.iter().rev() {
            match step {
                Step::Field { constructor, field } if outermost => {
                    write!(out, "{constructor}.{field}")?
                }
                Step::Field { field, .. } => write!(out, ".{field}")?,
                Step::Element(index) => write!(out, "[{index}]")?,
            }
            outermost = false;
        }
        if outermost {
            out.write_str("the outermost value")
        } else {
            Ok(())
        }
    }
}

/// Why bytes are not the canonical TL encoding of the wanted type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeProblem {
    #[error("the schema has no type {0:?}")]
    UnknownType(String),
    #[error("constructor {0:08x} is not in the schema")]
    UnknownConstructor(u32),
    #[error("constructor {found} is not a {expected}")]
    WrongConstructor { found: String, expected: String },
    #[error("{0:08x} is not a Bool")]
    NotBool(u32),
    #[error("{0:08x} is not a Vector")]
    NotVector(u32),
    #[error("the bytes end here, {missing} more expected")]
    EndOfInput { missing: usize },
    #[error("{0} bytes are left over after the value")]
    TrailingBytes(usize),
    #[error("the vector claims {claimed} elements, the remaining {left} bytes cannot hold them")]
    VectorTooLong { claimed: u32, left: usize },
    #[error("the string's length is not in its shortest form")]
    LongLength,
    #[error("the string's padding is not zero")]
    Padding,
    #[error("objects are nested deeper than {} levels", crate::MAX_DEPTH)]
    TooDeep,
    #[error("the value has more than {} parts", crate::MAX_PARTS)]
    TooLarge,
}

/// Bytes that are not canonical TL of the wanted type. Keep the bytes as they are in this case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError(Box<DecodeFault>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct DecodeFault {
    problem: DecodeProblem,
    offset: usize,
    path: Path,
}

impl DecodeError {
    #[cold]
    pub(crate) fn new(problem: DecodeProblem, offset: usize) -> Self {
        Self(Box::new(DecodeFault {
            problem,
            offset,
            path: Path::default(),
        }))
    }

    #[cold]
    pub(crate) fn in_field(mut self, constructor: &str, field: &str) -> Self {
        self.0.path.push_field(constructor, field);
        self
    }

    #[cold]
    pub(crate) fn in_element(mut self, index: usize) -> Self {
        self.0.path.push_element(index);
        self
    }

    /// What is wrong.
    pub fn problem(&self) -> &DecodeProblem {
        &self.0.problem
    }

    /// Byte offset in the input at which it was noticed.
    pub fn offset(&self) -> usize {
        self.0.offset
    }

    /// The field in which it was noticed.
    pub fn path(&self) -> &Path {
        &self.0.path
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fault = &self.0;
        write!(
            out,
            "TL does not decode: {}, at byte {} in {}",
            fault.problem, fault.offset, fault.path
        )
    }
}

impl std::error::Error for DecodeError {}

/// Why a JSON value is not an instance of the wanted type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeProblem {
    #[error("the schema has no type {0:?}")]
    UnknownType(String),
    #[error("an object without \"_\", expected the name of a constructor of {0}")]
    NoConstructor(String),
    #[error("the schema has no constructor {0:?}")]
    UnknownConstructor(String),
    #[error("constructor {found} is not a {expected}")]
    WrongConstructor { found: String, expected: String },
    #[error("{constructor} has no field {field:?}")]
    UnknownField { constructor: String, field: String },
    #[error("required, but absent")]
    Missing,
    #[error("required, because another field of the same flag is present")]
    MissingWithFlag,
    #[error("false, but another field of the same flag is present")]
    FlagConflict,
    #[error("only bits that no field explains may be given")]
    ExplainedBits,
    #[error("{found} instead of {expected}")]
    WrongKind {
        found: &'static str,
        expected: &'static str,
    },
    #[error("the number is out of range for {0}")]
    OutOfRange(&'static str),
    #[error("not standard padded base64")]
    Base64,
    #[error("{found} bytes instead of {expected}")]
    WrongLength { found: usize, expected: usize },
    #[error("longer than the 16777215 bytes TL allows")]
    TooLong,
    #[error("objects are nested deeper than {} levels", crate::MAX_DEPTH)]
    TooDeep,
}

/// JSON that is not an instance of the wanted type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError(Box<EncodeFault>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct EncodeFault {
    problem: EncodeProblem,
    path: Path,
}

impl EncodeError {
    #[cold]
    pub(crate) fn new(problem: EncodeProblem) -> Self {
        Self(Box::new(EncodeFault {
            problem,
            path: Path::default(),
        }))
    }

    #[cold]
    pub(crate) fn in_field(mut self, constructor: &str, field: &str) -> Self {
        self.0.path.push_field(constructor, field);
        self
    }

    #[cold]
    pub(crate) fn in_element(mut self, index: usize) -> Self {
        self.0.path.push_element(index);
        self
    }

    /// What is wrong.
    pub fn problem(&self) -> &EncodeProblem {
        &self.0.problem
    }

    /// The field in which it was noticed.
    pub fn path(&self) -> &Path {
        &self.0.path
    }
}

impl fmt::Display for EncodeError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "JSON is not TL: {}, in {}",
            self.0.problem, self.0.path
        )
    }
}

impl std::error::Error for EncodeError {}
