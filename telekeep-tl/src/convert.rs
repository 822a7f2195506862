//! Values of one layer, retold in another.
//!
//! Constructors and fields are matched by name, led by the target's types. What the target does not know is
//! 1. rewritten where the two layers say the same thing differently ([`crate::rewrite`]),
//! 2. else replaced by the fallback of its type (the table below),
//! 3. else left out: the nearest optional field or vector element around it goes,
//! 4. else an error, when nothing around it may be left out.
//!
//! Fields the target does not know are dropped, required fields that only the target knows get their type's empty value
//! (0, `""`, `false`, no elements). The result encodes in the target layer.

use serde_json::{Map, Value, json};

use crate::decode::MAX_DEPTH;
use crate::error::Path;
use crate::rewrite;
use crate::schema::{Combinator, Field, Schema, Type};

/// What stands for an unknown constructor of a type. Fields of the same name are kept.
pub(crate) const FALLBACKS: [(&str, &str); 12] = [
    ("MessageMedia", "messageMediaUnsupported"),
    ("MessageAction", "messageActionEmpty"),
    ("MessageEntity", "messageEntityUnknown"),
    ("PageBlock", "pageBlockUnsupported"),
    ("RichText", "textEmpty"),
    ("Message", "messageEmpty"),
    ("User", "userEmpty"),
    ("Chat", "chatEmpty"),
    ("Photo", "photoEmpty"),
    ("Document", "documentEmpty"),
    ("WebPage", "webPageEmpty"),
    ("SendMessageAction", "sendMessageTypingAction"),
];

/// Why a value cannot be retold in another layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertProblem {
    #[error("layer {layer} has no type {ty:?}")]
    UnknownType { layer: i32, ty: String },
    #[error("layer {layer} has no constructor {name:?}")]
    UnknownConstructor { layer: i32, name: String },
    #[error("layer {layer} has nothing like {what} as {wanted}")]
    NoCounterpart {
        layer: i32,
        what: String,
        wanted: String,
    },
    #[error("an object without \"_\"")]
    NoConstructor,
    #[error("objects are nested deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

/// A value that cannot be retold in another layer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{problem}, in {path}")]
pub struct ConvertError {
    problem: ConvertProblem,
    path: Path,
}

impl ConvertError {
    /// What is wrong.
    pub fn problem(&self) -> &ConvertProblem {
        &self.problem
    }

    /// The field in which it was noticed.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cold]
fn fail(problem: ConvertProblem) -> ConvertError {
    ConvertError {
        problem,
        path: Path::default(),
    }
}

/// Retells a value of type `ty` (as `from` names it) in the layer `to`.
///
/// A type that only changed its name is found by its new one: encode the result as [`Schema::result_type`] of the
/// target says, or as `Object`.
pub fn convert(from: &Schema, to: &Schema, ty: &str, value: Value) -> Result<Value, ConvertError> {
    if from.type_of(ty).is_none() {
        return Err(fail(ConvertProblem::UnknownType {
            layer: from.layer(),
            ty: ty.to_owned(),
        }));
    }
    let unknown = || {
        fail(ConvertProblem::UnknownType {
            layer: to.layer(),
            ty: ty.to_owned(),
        })
    };
    let target = to
        .type_of(ty)
        .or_else(|| to.type_of(rewrite::renamed_type(ty)?))
        .ok_or_else(unknown)?;
    if from.text() == to.text() {
        return Ok(value);
    }
    Converter { from, to, depth: 0 }.value(target, value)
}

pub(crate) struct Converter<'s> {
    pub from: &'s Schema,
    pub to: &'s Schema,
    depth: u32,
}

impl<'s> Converter<'s> {
    fn value(&mut self, ty: Type, value: Value) -> Result<Value, ConvertError> {
        match (ty, value) {
            (Type::Vector(id), Value::Array(elements)) => {
                self.vector(self.to.element_type(id), elements)
            }
            (Type::Object, value @ Value::Bool(_)) => Ok(value),
            (Type::Boxed(_) | Type::Bare(_) | Type::Object, Value::Object(object)) => {
                if self.depth == MAX_DEPTH {
                    return Err(fail(ConvertProblem::TooDeep));
                }
                self.depth += 1;
                let converted = self.object(ty, object);
                self.depth -= 1;
                converted
            }
            (ty, value) if is_scalar(ty, &value) => Ok(value),
            (ty, value) => rewrite::value(&self.to.type_text(ty), &value)
                .ok_or_else(|| self.no_counterpart("such a value", ty)),
        }
    }

    #[cold]
    fn no_counterpart(&self, what: &str, ty: Type) -> ConvertError {
        let (layer, wanted) = (self.to.layer(), self.to.type_text(ty));
        fail(ConvertProblem::NoCounterpart {
            layer,
            what: what.to_owned(),
            wanted,
        })
    }

    fn vector(&mut self, element: Type, elements: Vec<Value>) -> Result<Value, ConvertError> {
        let mut converted = Vec::with_capacity(elements.len());
        for (index, value) in elements.into_iter().enumerate() {
            match self.value(element, value) {
                Ok(value) => converted.push(value),
                Err(error) if error.leaves_out() => {}
                Err(mut error) => {
                    error.path.push_element(index);
                    return Err(error);
                }
            }
        }
        Ok(converted.into())
    }

    fn object(&mut self, ty: Type, object: Map<String, Value>) -> Result<Value, ConvertError> {
        let object = rewrite::object(self.to, &self.to.type_text(ty), object);
        let name = object
            .get("_")
            .and_then(Value::as_str)
            .ok_or_else(|| fail(ConvertProblem::NoConstructor))?;
        if let Some(target) = self.target(ty, name) {
            return self.fields(target, object);
        }
        let type_name = match self.from.constructor(name) {
            Some(known) if ty == Type::Object => known.type_name().to_owned(),
            Some(_) => self.to.type_text(ty),
            None => {
                return Err(fail(ConvertProblem::UnknownConstructor {
                    layer: self.from.layer(),
                    name: name.to_owned(),
                }));
            }
        };
        if let Some(stand_in) = rewrite::stand_in(&type_name, &object) {
            return self.value(ty, stand_in);
        }
        let fallback = FALLBACKS
            .iter()
            .find(|(known, _)| *known == type_name)
            .and_then(|(_, name)| self.target(ty, name));
        match fallback {
            Some(fallback) => self.fields(fallback, object),
            None => Err(self.no_counterpart(name, ty)),
        }
    }

    /// The target's constructor of that name, if it can stand where `ty` is wanted.
    fn target(&self, ty: Type, name: &str) -> Option<&'s Combinator> {
        let found = self.to.constructor(name)?;
        let fits = match ty {
            Type::Boxed(id) => found.type_id == Some(id),
            Type::Bare(id) => std::ptr::eq(found, self.to.combinator(id)),
            _ => true,
        };
        fits.then_some(found)
    }

    fn fields(
        &mut self,
        target: &Combinator,
        mut object: Map<String, Value>,
    ) -> Result<Value, ConvertError> {
        let mut result = Map::new();
        result.insert("_".to_owned(), target.name().into());
        for field in target.fields.iter().filter(|field| field.ty != Type::Word) {
            let value = object.remove(field.name()).filter(|value| !value.is_null());
            let value = match value {
                Some(value) => self.value(field.ty, value).map(Some),
                None if field.is_optional() => Ok(None),
                None => self.missing(target, field, &object).map(Some),
            };
            match value {
                Ok(Some(value)) => drop(result.insert(field.name().to_owned(), value)),
                Ok(None) => {}
                Err(error) if field.is_optional() && error.leaves_out() => {}
                Err(mut error) => {
                    error.path.push_field(target.name(), field.name());
                    return Err(error);
                }
            }
        }
        drop_incomplete_groups(target, &mut result);
        Ok(result.into())
    }

    /// A required field that the object does not have.
    fn missing(
        &self,
        target: &Combinator,
        field: &Field,
        object: &Map<String, Value>,
    ) -> Result<Value, ConvertError> {
        if let Some(value) = rewrite::missing_field(target.name(), field.name(), object) {
            return Ok(value);
        }
        match field.ty {
            Type::Int | Type::Long => Ok(json!(0)),
            Type::Double => Ok(json!(0.0)),
            Type::String | Type::Bytes => Ok(json!("")),
            Type::Bool => Ok(json!(false)),
            Type::Vector(_) => Ok(json!([])),
            ty => Err(self.no_counterpart("nothing", ty)),
        }
    }
}

impl ConvertError {
    /// Whether leaving something out helps. Malformed input is an error wherever it is.
    fn leaves_out(&self) -> bool {
        matches!(self.problem, ConvertProblem::NoCounterpart { .. })
    }
}

/// Whether a JSON value can be what the target wants there, so that it is kept as it is.
fn is_scalar(ty: Type, value: &Value) -> bool {
    match ty {
        Type::Int => value
            .as_i64()
            .is_some_and(|value| i32::try_from(value).is_ok()),
        Type::Long => value.is_i64(),
        Type::Word => value
            .as_u64()
            .is_some_and(|value| u32::try_from(value).is_ok()),
        Type::Double => value.is_number() || value.get("$double").is_some(),
        Type::String => value.is_string() || value.get("$bytes").is_some(),
        Type::Bytes | Type::Int128 | Type::Int256 => value.is_string(),
        Type::Bool | Type::True => value.is_boolean(),
        Type::Object | Type::Boxed(_) | Type::Bare(_) | Type::Vector(_) => false,
    }
}

/// Fields that share a flag are there together or not at all.
fn drop_incomplete_groups(target: &Combinator, object: &mut Map<String, Value>) {
    let absent = |field: &&Field| {
        field.is_optional()
            && field.ty != Type::True
            && field.ty != Type::Word
            && !object.contains_key(field.name())
    };
    let incomplete: Vec<_> = target
        .fields
        .iter()
        .filter(absent)
        .map(|field| field.condition())
        .collect();
    for field in target
        .fields
        .iter()
        .filter(|field| field.is_optional() && incomplete.contains(&field.condition()))
    {
        object.remove(field.name());
    }
}
