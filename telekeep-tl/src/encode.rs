//! JSON to TL bytes. Strict about what it does not know (a misspelt field is an error), lenient about what is absent:
//! optional fields may be missing or `null`, flags may be `false`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use crate::decode::MAX_DEPTH;
use crate::error::{EncodeError, EncodeProblem};
use crate::schema::{
    Combinator, FALSE_ID, Field, MAX_WORDS, Schema, TRUE_ID, Type, VECTOR_ID, VectorId,
};

/// The longest byte string TL can state.
const MAX_STRING: usize = (1 << 24) - 1;

impl Schema {
    /// Appends the TL encoding of a JSON value of type `ty` (`InputPeer`, `Vector<long>`, `Object` for any constructor or
    /// function). After an error `out` is as long as before.
    pub fn encode(&self, ty: &str, json: &Value, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        let resolved = self
            .type_of(ty)
            .ok_or_else(|| fail(EncodeProblem::UnknownType(ty.to_owned())))?;
        let before = out.len();
        let result = Encoder {
            schema: self,
            out,
            depth: 0,
            found: Vec::new(),
        }
        .value(resolved, json);
        if result.is_err() {
            out.truncate(before);
        }
        result
    }
}

#[cold]
fn fail(problem: EncodeProblem) -> EncodeError {
    EncodeError::new(problem)
}

struct Encoder<'s, 'o, 'j> {
    schema: &'s Schema,
    out: &'o mut Vec<u8>,
    depth: u32,
    /// For each object being encoded, outermost first: the JSON of each of its fields.
    found: Vec<Option<&'j Value>>,
}

impl<'j> Encoder<'_, '_, 'j> {
    fn value(&mut self, ty: Type, json: &'j Value) -> Result<(), EncodeError> {
        match ty {
            Type::Int => self.put(&integer::<i32>(json, "int")?.to_le_bytes()),
            Type::Long => self.put(&integer::<i64>(json, "long")?.to_le_bytes()),
            Type::Word => self.put(&integer::<u32>(json, "#")?.to_le_bytes()),
            Type::Double => self.put(&double(json)?.to_le_bytes()),
            Type::Int128 => self.put(&fixed(json, 16)?),
            Type::Int256 => self.put(&fixed(json, 32)?),
            Type::String => match json {
                Value::String(text) => self.string(text.as_bytes()),
                _ => self.string(&not_utf8(json)?),
            },
            Type::Bytes => self.string(&base64(json)?),
            Type::Bool => self.bool(json),
            Type::True => match json {
                Value::Bool(true) => Ok(()),
                _ => Err(wrong_kind(json, "true")),
            },
            Type::Vector(id) => self.vector(id, json),
            Type::Object if json.is_boolean() => self.bool(json),
            Type::Object | Type::Boxed(_) => self.boxed(ty, json),
            Type::Bare(id) => {
                let combinator = self.schema.combinator(id);
                let object = json
                    .as_object()
                    .ok_or_else(|| wrong_kind(json, "an object"))?;
                match object.get("_") {
                    Some(name) if name.as_str() != Some(combinator.name()) => {
                        Err(wrong_constructor(name, combinator.name()))
                    }
                    _ => self.object(combinator, object),
                }
            }
        }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn bool(&mut self, json: &Value) -> Result<(), EncodeError> {
        let value = json
            .as_bool()
            .ok_or_else(|| wrong_kind(json, "true or false"))?;
        self.put(&if value { TRUE_ID } else { FALSE_ID }.to_le_bytes())
    }

    fn string(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        let length = bytes.len();
        if length > MAX_STRING {
            return Err(fail(EncodeProblem::TooLong));
        }
        let header = if length < 254 {
            self.out.push(length as u8);
            1
        } else {
            self.out
                .extend_from_slice(&((length as u32) << 8 | 254).to_le_bytes());
            4
        };
        self.out.extend_from_slice(bytes);
        let padding = (4 - (header + length) % 4) % 4;
        self.put(&[0; 3][..padding])
    }

    fn enter(&mut self) -> Result<(), EncodeError> {
        if self.depth == MAX_DEPTH {
            return Err(fail(EncodeProblem::TooDeep));
        }
        self.depth += 1;
        Ok(())
    }

    fn vector(&mut self, id: VectorId, json: &'j Value) -> Result<(), EncodeError> {
        let vector = self.schema.vector(id);
        let elements = json
            .as_array()
            .ok_or_else(|| wrong_kind(json, "an array"))?;
        let count = i32::try_from(elements.len())
            .map_err(|_| fail(EncodeProblem::OutOfRange("a vector's length")))?;
        self.enter()?;
        if vector.boxed {
            self.put(&VECTOR_ID.to_le_bytes())?;
        }
        self.put(&count.to_le_bytes())?;
        for (index, element) in elements.iter().enumerate() {
            self.value(vector.element, element)
                .map_err(|error| error.in_element(index))?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn boxed(&mut self, ty: Type, json: &'j Value) -> Result<(), EncodeError> {
        let object = json
            .as_object()
            .ok_or_else(|| wrong_kind(json, "an object"))?;
        let name = object
            .get("_")
            .and_then(Value::as_str)
            .ok_or_else(|| fail(EncodeProblem::NoConstructor(self.schema.type_text(ty))))?;
        let combinator = self
            .schema
            .constructor(name)
            .ok_or_else(|| fail(EncodeProblem::UnknownConstructor(name.to_owned())))?;
        if let Type::Boxed(expected) = ty
            && combinator.type_id != Some(expected)
        {
            return Err(fail(EncodeProblem::WrongConstructor {
                found: name.to_owned(),
                expected: self.schema.type_text(ty),
            }));
        }
        self.put(&combinator.id().to_le_bytes())?;
        self.object(combinator, object)
    }

    fn object(
        &mut self,
        combinator: &Combinator,
        object: &'j Map<String, Value>,
    ) -> Result<(), EncodeError> {
        self.enter()?;
        let before = self.found.len();
        self.found.resize(before + combinator.fields.len(), None);
        self.find_fields(combinator, object, before)?;
        let words = Words::of(combinator, &self.found[before..])?;
        for (index, field) in combinator.fields.iter().enumerate() {
            let json = self.found.get(before + index).copied().flatten();
            self.field(field, json, &words)
                .map_err(|error| error.in_field(combinator.name(), field.name()))?;
        }
        self.found.truncate(before);
        self.depth -= 1;
        Ok(())
    }

    /// Notes each member of the object at its field's place; `null` is absent.
    fn find_fields(
        &mut self,
        combinator: &Combinator,
        object: &'j Map<String, Value>,
        before: usize,
    ) -> Result<(), EncodeError> {
        for (name, json) in object.iter().filter(|(name, _)| *name != "_") {
            let index = combinator
                .field_index(name)
                .ok_or_else(|| unknown_field(combinator, name))?;
            self.found[before + index] = Some(json).filter(|json| !json.is_null());
        }
        Ok(())
    }

    fn field(
        &mut self,
        field: &Field,
        json: Option<&'j Value>,
        words: &Words,
    ) -> Result<(), EncodeError> {
        if !words.says_present(field) {
            return Ok(());
        }
        if field.ty == Type::Word {
            return self.put(&words.values[usize::from(field.own_word)].to_le_bytes());
        }
        match json {
            Some(Value::Bool(false)) if field.ty == Type::True => {
                Err(fail(EncodeProblem::FlagConflict))
            }
            Some(json) => self.value(field.ty, json),
            None if field.ty == Type::True && field.mask != 0 => Ok(()),
            None if field.mask != 0 => Err(fail(EncodeProblem::MissingWithFlag)),
            None => Err(fail(EncodeProblem::Missing)),
        }
    }
}

/// The flags words of an object: the bits of the fields it has, and the unexplained bits it states.
struct Words {
    values: [u32; MAX_WORDS],
}

impl Words {
    /// `found` is the JSON of each of the combinator's fields.
    fn of(combinator: &Combinator, found: &[Option<&Value>]) -> Result<Self, EncodeError> {
        let mut words = Self {
            values: [0; MAX_WORDS],
        };
        // Backwards, so that a flags word which is itself optional is there when one of its bits is.
        for (field, json) in combinator.fields.iter().zip(found).rev() {
            let present = match json {
                Some(json) if field.ty == Type::Word => {
                    words
                        .state(field, json)
                        .map_err(|error| error.in_field(combinator.name(), field.name()))?;
                    true
                }
                None if field.ty == Type::Word => words.values[usize::from(field.own_word)] != 0,
                Some(Value::Bool(false)) => field.ty != Type::True,
                other => other.is_some(),
            };
            if present {
                words.values[usize::from(field.word)] |= field.mask;
            }
        }
        Ok(words)
    }

    fn state(&mut self, field: &Field, json: &Value) -> Result<(), EncodeError> {
        let bits = integer::<u32>(json, "#")?;
        if bits & field.explained != 0 {
            return Err(fail(EncodeProblem::ExplainedBits));
        }
        self.values[usize::from(field.own_word)] |= bits;
        Ok(())
    }

    fn says_present(&self, field: &Field) -> bool {
        field.mask == 0 || self.values[usize::from(field.word)] & field.mask != 0
    }
}

fn kind(json: &Value) -> &'static str {
    match json {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cold]
fn wrong_kind(json: &Value, expected: &'static str) -> EncodeError {
    fail(EncodeProblem::WrongKind {
        found: kind(json),
        expected,
    })
}

#[cold]
fn wrong_constructor(name: &Value, expected: &str) -> EncodeError {
    let found = name.as_str().unwrap_or("without a name").to_owned();
    fail(EncodeProblem::WrongConstructor {
        found,
        expected: expected.to_owned(),
    })
}

#[cold]
fn unknown_field(combinator: &Combinator, field: &str) -> EncodeError {
    fail(EncodeProblem::UnknownField {
        constructor: combinator.name().to_owned(),
        field: field.to_owned(),
    })
}

fn integer<N: TryFrom<i64>>(json: &Value, name: &'static str) -> Result<N, EncodeError> {
    match json {
        Value::Number(number) => {
            let value = number.as_i64().and_then(|value| N::try_from(value).ok());
            value.ok_or_else(|| fail(EncodeProblem::OutOfRange(name)))
        }
        _ => Err(wrong_kind(json, "an integer")),
    }
}

fn double(json: &Value) -> Result<f64, EncodeError> {
    match json {
        // Integers are read as doubles only where nothing is lost.
        Value::Number(number) => match number.as_i64() {
            Some(integer) if (integer as f64) as i128 == i128::from(integer) => Ok(integer as f64),
            None if number.is_f64() => Ok(number.as_f64().unwrap_or_default()),
            _ => Err(fail(EncodeProblem::OutOfRange("double"))),
        },
        Value::Object(object) if object.len() == 1 => {
            let hex = object
                .get("$double")
                .and_then(Value::as_str)
                .ok_or_else(|| wrong_kind(json, "a number"))?;
            let bits = Some(hex).filter(|hex| {
                hex.len() == 16 && hex.bytes().all(|digit| digit.is_ascii_hexdigit())
            });
            let bits = bits.and_then(|hex| u64::from_str_radix(hex, 16).ok());
            bits.map(|bits| f64::from_bits(bits.swap_bytes()))
                .ok_or_else(|| wrong_kind(json, "16 hex digits"))
        }
        _ => Err(wrong_kind(json, "a number")),
    }
}

fn base64(json: &Value) -> Result<Vec<u8>, EncodeError> {
    let text = json
        .as_str()
        .ok_or_else(|| wrong_kind(json, "base64 text"))?;
    STANDARD
        .decode(text)
        .map_err(|_| fail(EncodeProblem::Base64))
}

fn fixed(json: &Value, expected: usize) -> Result<Vec<u8>, EncodeError> {
    let bytes = base64(json)?;
    if bytes.len() == expected {
        Ok(bytes)
    } else {
        Err(fail(EncodeProblem::WrongLength {
            found: bytes.len(),
            expected,
        }))
    }
}

fn not_utf8(json: &Value) -> Result<Vec<u8>, EncodeError> {
    let only = json
        .as_object()
        .filter(|object| object.len() == 1)
        .and_then(|object| object.get("$bytes"));
    base64(only.ok_or_else(|| wrong_kind(json, "a string"))?)
}
