//! Reading a few fields of TL objects in place, without building anything.
//!
//! The whole object is checked once, when it is first looked at ([`Schema::object`]); after that its fields are found by
//! skipping over the ones before them.

use std::borrow::Cow;
use std::fmt;

use crate::decode::{Decoder, Nothing, constructor, vector_count};
use crate::error::DecodeError;
use crate::reader::Reader;
use crate::schema::{Combinator, FALSE_ID, Field, MAX_WORDS, Schema, TRUE_ID, Type};
use crate::text::Text;

/// A TL object inside a buffer, known to be valid.
#[derive(Clone, Copy)]
pub struct Object<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) combinator: &'a Combinator,
    /// With the constructor's id in front when boxed.
    bytes: &'a [u8],
    /// The fields alone.
    pub(crate) body: &'a [u8],
}

/// A TL value inside a buffer, known to be valid.
#[derive(Clone)]
#[non_exhaustive]
pub enum Value<'a> {
    /// `int`, and the bits of a flags word
    Int(i32),
    Long(i64),
    Double(f64),
    Bool(bool),
    /// A `flags.N?true` field that is set
    True,
    /// `string`: meant as UTF-8, which nothing guarantees
    Str(&'a [u8]),
    Bytes(&'a [u8]),
    /// `int128`, `int256`
    Fixed(&'a [u8]),
    Vector(Vec<Value<'a>>),
    Object(Object<'a>),
}

impl Schema {
    /// Looks at one boxed object; all of `bytes` must be its canonical encoding.
    pub fn object<'a>(&'a self, bytes: &'a [u8]) -> Result<Object<'a>, DecodeError> {
        let mut nothing = Nothing;
        let mut decoder = Decoder::new(self, bytes, &mut nothing);
        let combinator = constructor(self, &mut decoder.input, Type::Object)?;
        let body = decoder.input.rest();
        decoder.object(combinator)?;
        decoder.input.finish()?;
        Ok(Object {
            schema: self,
            combinator,
            bytes,
            body,
        })
    }

    /// Looks at one value of type `ty`, e.g. `Vector<User>`; all of `bytes` must be its canonical encoding.
    pub fn element<'a>(&'a self, ty: &str, bytes: &'a [u8]) -> Result<Value<'a>, DecodeError> {
        let ty = self.known_type(ty)?;
        let mut nothing = Nothing;
        let mut decoder = Decoder::new(self, bytes, &mut nothing);
        decoder.value(ty)?;
        decoder.input.finish()?;
        Cursor {
            schema: self,
            input: Reader::new(bytes),
        }
        .value(ty)
    }
}

impl<'a> Object<'a> {
    /// The constructor's name.
    pub fn name(&self) -> &'a str {
        self.combinator.name()
    }

    /// The type the constructor belongs to.
    pub fn type_name(&self) -> &'a str {
        self.combinator.type_name()
    }

    /// The constructor's definition.
    pub fn combinator(&self) -> &'a Combinator {
        self.combinator
    }

    /// The encoding; with the constructor's id unless the object stands where its constructor is known.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The field's value; `None` when the object does not have it.
    pub fn get(&self, field: &str) -> Option<Value<'a>> {
        let field = self.combinator.field(field)?;
        let mut cursor = Cursor {
            schema: self.schema,
            input: Reader::new(self.body),
        };
        if cursor.skip_to(self.combinator, field).ok()? {
            cursor.value(field.ty).ok()
        } else {
            None
        }
    }

    pub fn int(&self, field: &str) -> Option<i32> {
        match self.get(field)? {
            Value::Int(value) => Some(value),
            _ => None,
        }
    }

    /// A `long`, or an `int` widened.
    pub fn long(&self, field: &str) -> Option<i64> {
        match self.get(field)? {
            Value::Long(value) => Some(value),
            Value::Int(value) => Some(value.into()),
            _ => None,
        }
    }

    pub fn double(&self, field: &str) -> Option<f64> {
        match self.get(field)? {
            Value::Double(value) => Some(value),
            _ => None,
        }
    }

    /// Whether a flag is set, or a `Bool` true.
    pub fn flag(&self, field: &str) -> bool {
        matches!(self.get(field), Some(Value::True | Value::Bool(true)))
    }

    /// A `string`, with what is not UTF-8 replaced.
    pub fn str(&self, field: &str) -> Option<Cow<'a, str>> {
        match self.get(field)? {
            Value::Str(bytes) => Some(String::from_utf8_lossy(bytes)),
            _ => None,
        }
    }

    /// The raw bytes of a `bytes`, `string`, `int128` or `int256`.
    pub fn bytes_field(&self, field: &str) -> Option<&'a [u8]> {
        match self.get(field)? {
            Value::Bytes(bytes) | Value::Str(bytes) | Value::Fixed(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub fn object(&self, field: &str) -> Option<Object<'a>> {
        match self.get(field)? {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    pub fn vector(&self, field: &str) -> Option<Vec<Value<'a>>> {
        match self.get(field)? {
            Value::Vector(elements) => Some(elements),
            _ => None,
        }
    }

    /// Appends the object's JSON text.
    pub fn json(&self, out: &mut Vec<u8>) -> Result<(), DecodeError> {
        Decoder::new(self.schema, self.body, &mut Text(out)).object(self.combinator)
    }

    /// Calls `f` with this object and every object inside it, depth first, each after the objects inside it.
    pub fn walk(&self, f: &mut dyn FnMut(&Object<'a>)) {
        // The object is valid, so the walk cannot fail half-way.
        let mut cursor = Cursor {
            schema: self.schema,
            input: Reader::new(self.body),
        };
        if cursor.walk_fields(self.combinator, f).is_ok() {
            f(self);
        }
    }
}

impl fmt::Debug for Object<'_> {
    /// Names the object; its content may be private.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} ({} bytes)", self.name(), self.bytes.len())
    }
}

impl fmt::Debug for Value<'_> {
    /// Shows numbers, but only the size of texts and bytes, which may be private.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Int(value) => write!(out, "{value}"),
            Value::Long(value) => write!(out, "{value}"),
            Value::Double(value) => write!(out, "{value}"),
            Value::Bool(value) => write!(out, "{value}"),
            Value::True => out.write_str("true"),
            Value::Str(bytes) => write!(out, "string ({} bytes)", bytes.len()),
            Value::Bytes(bytes) | Value::Fixed(bytes) => write!(out, "{} bytes", bytes.len()),
            Value::Vector(elements) => out.debug_list().entries(elements).finish(),
            Value::Object(object) => object.fmt(out),
        }
    }
}

impl<'a> Value<'a> {
    pub fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    pub fn as_long(&self) -> Option<i64> {
        match self {
            Value::Long(value) => Some(*value),
            Value::Int(value) => Some((*value).into()),
            _ => None,
        }
    }

    pub fn as_slice(&self) -> Option<&[Value<'a>]> {
        match self {
            Value::Vector(elements) => Some(elements),
            _ => None,
        }
    }
}

/// Moves over values that are already known to be valid.
pub(crate) struct Cursor<'a> {
    pub schema: &'a Schema,
    pub input: Reader<'a>,
}

impl<'a> Cursor<'a> {
    /// Calls `visit` at each field that is present; it must move over the field.
    pub fn fields(
        &mut self,
        combinator: &'a Combinator,
        mut visit: impl FnMut(&mut Self, &'a Field) -> Result<(), DecodeError>,
    ) -> Result<(), DecodeError> {
        let mut words = [0; MAX_WORDS];
        for field in &combinator.fields {
            if field.mask != 0 && words[usize::from(field.word)] & field.mask == 0 {
                continue;
            }
            if field.ty == Type::Word {
                let mut ahead = self.input;
                words[usize::from(field.own_word)] = ahead.word()?;
            }
            visit(self, field)?;
        }
        Ok(())
    }

    /// Stops before the field; says whether it is there.
    fn skip_to(&mut self, combinator: &Combinator, wanted: &Field) -> Result<bool, DecodeError> {
        let mut words = [0; MAX_WORDS];
        for field in &combinator.fields {
            let present = field.mask == 0 || words[usize::from(field.word)] & field.mask != 0;
            if std::ptr::eq(field, wanted) {
                return Ok(present);
            }
            if !present {
                continue;
            }
            if field.ty == Type::Word {
                words[usize::from(field.own_word)] = self.input.word()?;
            } else {
                self.skip(field.ty)?;
            }
        }
        Ok(false)
    }

    pub fn skip(&mut self, ty: Type) -> Result<(), DecodeError> {
        match ty {
            Type::Int | Type::Word | Type::Bool => self.input.take(4).map(drop),
            Type::Long | Type::Double => self.input.take(8).map(drop),
            Type::Int128 => self.input.take(16).map(drop),
            Type::Int256 => self.input.take(32).map(drop),
            Type::String | Type::Bytes => self.input.string().map(drop),
            Type::True => Ok(()),
            Type::Vector(id) => {
                let vector = self.schema.vector(id);
                for _ in 0..vector_count(&mut self.input, vector.boxed)? {
                    self.skip(vector.element)?;
                }
                Ok(())
            }
            Type::Boxed(_) | Type::Object | Type::Bare(_) => {
                let combinator = self.enter(ty)?;
                self.skip_fields(combinator)
            }
        }
    }

    fn skip_fields(&mut self, combinator: &Combinator) -> Result<(), DecodeError> {
        let mut words = [0; MAX_WORDS];
        for field in &combinator.fields {
            if field.mask != 0 && words[usize::from(field.word)] & field.mask == 0 {
                continue;
            }
            if field.ty == Type::Word {
                words[usize::from(field.own_word)] = self.input.word()?;
            } else {
                self.skip(field.ty)?;
            }
        }
        Ok(())
    }

    /// Moves to an object's fields.
    pub fn enter(&mut self, ty: Type) -> Result<&'a Combinator, DecodeError> {
        match ty {
            Type::Bare(id) => Ok(self.schema.combinator(id)),
            _ => constructor(self.schema, &mut self.input, ty),
        }
    }

    fn value(&mut self, ty: Type) -> Result<Value<'a>, DecodeError> {
        Ok(match ty {
            Type::Int => Value::Int(self.input.int()?),
            Type::Word => Value::Int(self.input.int()?),
            Type::Long => Value::Long(self.input.long()?),
            Type::Double => Value::Double(self.input.double()?),
            Type::Int128 => Value::Fixed(self.input.take(16)?),
            Type::Int256 => Value::Fixed(self.input.take(32)?),
            Type::String => Value::Str(self.input.string()?),
            Type::Bytes => Value::Bytes(self.input.string()?),
            Type::Bool => Value::Bool(self.input.word()? == TRUE_ID),
            Type::True => Value::True,
            Type::Vector(id) => {
                let vector = self.schema.vector(id);
                let count = vector_count(&mut self.input, vector.boxed)?;
                Value::Vector(
                    (0..count)
                        .map(|_| self.value(vector.element))
                        .collect::<Result<_, _>>()?,
                )
            }
            Type::Boxed(_) | Type::Object | Type::Bare(_) => return self.object(ty),
        })
    }

    fn object(&mut self, ty: Type) -> Result<Value<'a>, DecodeError> {
        let start = self.input.rest();
        let combinator = self.enter(ty)?;
        if ty == Type::Object && matches!(combinator.id(), TRUE_ID | FALSE_ID) {
            return Ok(Value::Bool(combinator.id() == TRUE_ID));
        }
        let body = self.input.rest();
        self.skip_fields(combinator)?;
        Ok(Value::Object(self.object_between(combinator, start, body)))
    }

    /// The object that began at `start`, its fields at `body`, and ends here.
    fn object_between(
        &self,
        combinator: &'a Combinator,
        start: &'a [u8],
        body: &'a [u8],
    ) -> Object<'a> {
        let left = self.input.rest().len();
        let until_here = |from: &'a [u8]| from.get(..from.len() - left).unwrap_or_default();
        Object {
            schema: self.schema,
            combinator,
            bytes: until_here(start),
            body: until_here(body),
        }
    }

    fn walk(&mut self, ty: Type, f: &mut dyn FnMut(&Object<'a>)) -> Result<(), DecodeError> {
        match ty {
            Type::Vector(id) => {
                let vector = self.schema.vector(id);
                for _ in 0..vector_count(&mut self.input, vector.boxed)? {
                    self.walk(vector.element, f)?;
                }
                Ok(())
            }
            Type::Boxed(_) | Type::Object | Type::Bare(_) => {
                let start = self.input.rest();
                let combinator = self.enter(ty)?;
                let body = self.input.rest();
                self.walk_fields(combinator, f)?;
                f(&self.object_between(combinator, start, body));
                Ok(())
            }
            _ => self.skip(ty),
        }
    }

    fn walk_fields(
        &mut self,
        combinator: &'a Combinator,
        f: &mut dyn FnMut(&Object<'a>),
    ) -> Result<(), DecodeError> {
        self.fields(combinator, |cursor, field| cursor.walk(field.ty, f))
    }
}
