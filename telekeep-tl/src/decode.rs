//! TL bytes walked by their schema, told to a [`Sink`]: JSON text, a JSON tree, or nothing but "it is valid".
//!
//! The input is hostile until proven otherwise: nothing is allocated by a claimed count, depth and the number of parts are
//! bounded, and only the canonical encoding is accepted, so that encoding what was decoded gives the same bytes.

use crate::error::{DecodeError, DecodeProblem};
use crate::reader::Reader;
use crate::schema::{
    Combinator, FALSE_ID, Field, MAX_WORDS, Schema, TRUE_ID, Type, VECTOR_ID, VectorId,
};

/// Levels of JSON objects and arrays inside each other. Readers of JSON commonly stop at 128.
pub const MAX_DEPTH: u32 = 100;
/// Fields and vector elements in one value: bounds what a few hostile bytes can grow to.
pub const MAX_PARTS: u32 = 2_000_000;

/// Where decoded values go.
pub(crate) trait Sink {
    fn begin_object(&mut self, combinator: &Combinator);
    fn field(&mut self, field: &Field);
    fn end_object(&mut self);
    fn begin_vector(&mut self);
    fn element(&mut self, index: u32);
    fn end_vector(&mut self);
    fn integer(&mut self, value: i64);
    fn double(&mut self, value: f64);
    fn bool(&mut self, value: bool);
    fn string(&mut self, value: &[u8]);
    fn bytes(&mut self, value: &[u8]);
}

/// Only checks.
pub(crate) struct Nothing;

impl Sink for Nothing {
    fn begin_object(&mut self, _: &Combinator) {}
    fn field(&mut self, _: &Field) {}
    fn end_object(&mut self) {}
    fn begin_vector(&mut self) {}
    fn element(&mut self, _: u32) {}
    fn end_vector(&mut self) {}
    fn integer(&mut self, _: i64) {}
    fn double(&mut self, _: f64) {}
    fn bool(&mut self, _: bool) {}
    fn string(&mut self, _: &[u8]) {}
    fn bytes(&mut self, _: &[u8]) {}
}

pub(crate) struct Decoder<'s, 'b, 'k, S> {
    schema: &'s Schema,
    pub input: Reader<'b>,
    sink: &'k mut S,
    depth: u32,
    parts: u32,
}

impl<'s, 'b, 'k, S: Sink> Decoder<'s, 'b, 'k, S> {
    pub fn new(schema: &'s Schema, bytes: &'b [u8], sink: &'k mut S) -> Self {
        Self {
            schema,
            input: Reader::new(bytes),
            sink,
            depth: 0,
            parts: 0,
        }
    }

    /// One value of the type.
    pub fn value(&mut self, ty: Type) -> Result<(), DecodeError> {
        match ty {
            Type::Int => self
                .input
                .int()
                .map(|value| self.sink.integer(value.into())),
            Type::Long => self.input.long().map(|value| self.sink.integer(value)),
            Type::Word => self
                .input
                .word()
                .map(|value| self.sink.integer(value.into())),
            Type::Double => self.input.double().map(|value| self.sink.double(value)),
            Type::Int128 => self.input.take(16).map(|value| self.sink.bytes(value)),
            Type::Int256 => self.input.take(32).map(|value| self.sink.bytes(value)),
            Type::String => self.input.string().map(|value| self.sink.string(value)),
            Type::Bytes => self.input.string().map(|value| self.sink.bytes(value)),
            Type::Bool => self.bool(),
            Type::True => {
                self.sink.bool(true);
                Ok(())
            }
            Type::Vector(id) => self.vector(id),
            Type::Bare(id) => self.object(self.schema.combinator(id)),
            Type::Boxed(_) | Type::Object => self.boxed(ty),
        }
    }

    fn bool(&mut self) -> Result<(), DecodeError> {
        let start = self.input;
        match self.input.word()? {
            TRUE_ID => self.sink.bool(true),
            FALSE_ID => self.sink.bool(false),
            other => return Err(start.fail(DecodeProblem::NotBool(other))),
        }
        Ok(())
    }

    fn boxed(&mut self, ty: Type) -> Result<(), DecodeError> {
        let start = self.input;
        let combinator = constructor(self.schema, &mut self.input, ty)?;
        if ty == Type::Object && matches!(combinator.id(), TRUE_ID | FALSE_ID) {
            self.input = start;
            return self.bool();
        }
        self.object(combinator)
    }

    fn enter(&mut self) -> Result<(), DecodeError> {
        if self.depth == MAX_DEPTH {
            return Err(self.input.fail(DecodeProblem::TooDeep));
        }
        self.depth += 1;
        Ok(())
    }

    #[inline]
    fn count_part(&mut self) -> Result<(), DecodeError> {
        if self.parts == MAX_PARTS {
            return Err(self.input.fail(DecodeProblem::TooLarge));
        }
        self.parts += 1;
        Ok(())
    }

    /// The fields of an object whose id, if it has one, has been read.
    pub fn object(&mut self, combinator: &Combinator) -> Result<(), DecodeError> {
        self.enter()?;
        self.sink.begin_object(combinator);
        let mut words = [0; MAX_WORDS];
        for field in &combinator.fields {
            if field.mask != 0 && words[usize::from(field.word)] & field.mask == 0 {
                continue;
            }
            self.field(field, &mut words)
                .map_err(|error| error.in_field(combinator.name(), field.name()))?;
        }
        self.sink.end_object();
        self.depth -= 1;
        Ok(())
    }

    #[inline]
    fn field(&mut self, field: &Field, words: &mut [u32; MAX_WORDS]) -> Result<(), DecodeError> {
        if field.ty == Type::Word {
            let word = self.input.word()?;
            words[usize::from(field.own_word)] = word;
            let unexplained = word & !field.explained;
            if unexplained == 0 && field.mask == 0 {
                return Ok(());
            }
            self.sink.field(field);
            self.sink.integer(unexplained.into());
            return Ok(());
        }
        self.count_part()?;
        self.sink.field(field);
        self.value(field.ty)
    }

    fn vector(&mut self, id: VectorId) -> Result<(), DecodeError> {
        let vector = self.schema.vector(id);
        let count = vector_count(&mut self.input, vector.boxed)?;
        self.enter()?;
        self.sink.begin_vector();
        for index in 0..count {
            self.count_part()?;
            self.sink.element(index);
            self.value(vector.element)
                .map_err(|error| error.in_element(index as usize))?;
        }
        self.sink.end_vector();
        self.depth -= 1;
        Ok(())
    }
}

/// Reads a constructor's id and finds it; it must belong to the type.
pub(crate) fn constructor<'s>(
    schema: &'s Schema,
    input: &mut Reader<'_>,
    ty: Type,
) -> Result<&'s Combinator, DecodeError> {
    let start = *input;
    let id = input.word()?;
    let combinator = schema
        .by_id(id)
        .ok_or_else(|| start.fail(DecodeProblem::UnknownConstructor(id)))?;
    match ty {
        Type::Boxed(expected) if combinator.type_id != Some(expected) => {
            Err(start.fail(DecodeProblem::WrongConstructor {
                found: combinator.name().to_owned(),
                expected: schema.type_name(expected).to_owned(),
            }))
        }
        _ => Ok(combinator),
    }
}

/// Reads the head of a vector. Every element takes four bytes or more, so larger counts are lies.
pub(crate) fn vector_count(input: &mut Reader<'_>, boxed: bool) -> Result<u32, DecodeError> {
    let start = *input;
    if boxed {
        let id = input.word()?;
        if id != VECTOR_ID {
            return Err(start.fail(DecodeProblem::NotVector(id)));
        }
    }
    let claimed = input.word()?;
    let left = input.rest().len();
    if claimed as usize > left / 4 {
        return Err(start.fail(DecodeProblem::VectorTooLong { claimed, left }));
    }
    Ok(claimed)
}

impl Schema {
    /// Writes the JSON text of a value of type `ty` (`Message`, `Vector<User>`, `Object` for anything boxed) to `out`.
    ///
    /// All of `bytes` must be the value's canonical encoding. After an error `out` is as long as before.
    pub fn to_json(&self, ty: &str, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        let before = out.len();
        let mut text = crate::text::Text(out);
        let result = self.decode(ty, bytes, &mut text);
        if result.is_err() {
            out.truncate(before);
        }
        result
    }

    /// Decodes a value of type `ty` into a JSON tree. All of `bytes` must be its canonical encoding.
    pub fn to_value(&self, ty: &str, bytes: &[u8]) -> Result<serde_json::Value, DecodeError> {
        let mut tree = crate::tree::Tree::default();
        self.decode(ty, bytes, &mut tree)?;
        Ok(tree.finish())
    }

    fn decode(&self, ty: &str, bytes: &[u8], sink: &mut impl Sink) -> Result<(), DecodeError> {
        let ty = self.known_type(ty)?;
        let mut decoder = Decoder::new(self, bytes, sink);
        decoder.value(ty)?;
        decoder.input.finish()
    }

    pub(crate) fn known_type(&self, ty: &str) -> Result<Type, DecodeError> {
        self.type_of(ty)
            .ok_or_else(|| DecodeError::new(DecodeProblem::UnknownType(ty.to_owned()), 0))
    }
}
