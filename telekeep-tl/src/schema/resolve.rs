//! From definitions as written to definitions with every name looked up.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{
    Combinator, CombinatorId, Field, MAX_WORDS, Type, TypeDefinition, TypeId, VectorId, VectorType,
};
use crate::error::SchemaError;
use crate::syntax::{self, Definition, RawField, RawType};

/// The names known so far, and the types and vectors that have their number.
#[derive(Default)]
pub(super) struct Builder {
    pub types: Vec<TypeDefinition>,
    pub vectors: Vec<VectorType>,
    pub by_name: HashMap<Box<str>, CombinatorId>,
    pub by_type_text: HashMap<Box<str>, Type>,
    pub field_names: HashMap<Box<str>, u16>,
}

const CORE_TYPES: [(&str, Type); 12] = [
    ("int", Type::Int),
    ("long", Type::Long),
    ("double", Type::Double),
    ("int128", Type::Int128),
    ("int256", Type::Int256),
    ("string", Type::String),
    ("bytes", Type::Bytes),
    ("Bool", Type::Bool),
    ("true", Type::True),
    ("#", Type::Word),
    ("Object", Type::Object),
    ("", Type::Object),
];

impl Builder {
    /// Gives every definition and every boxed type its number.
    pub fn declare(&mut self, definitions: &[Definition<'_>]) -> Result<(), SchemaError> {
        self.by_type_text
            .extend(CORE_TYPES.map(|(name, ty)| (name.into(), ty)));
        for (index, definition) in definitions.iter().enumerate() {
            let id = CombinatorId(index as u32);
            match self.by_name.entry(definition.name.into()) {
                Entry::Occupied(_) => {
                    return Err(SchemaError::new(
                        definition.line,
                        format!("{} is defined twice", definition.name),
                    ));
                }
                Entry::Vacant(entry) => entry.insert(id),
            };
            if !definition.function {
                self.declare_constructor(&definition.result, id);
            }
        }
        Ok(())
    }

    fn declare_constructor(&mut self, result: &str, id: CombinatorId) {
        let next = TypeId(self.types.len() as u32);
        match *self
            .by_type_text
            .entry(result.into())
            .or_insert(Type::Boxed(next))
        {
            Type::Boxed(known) if known != next => {
                self.types[known.0 as usize].constructors.push(id)
            }
            Type::Boxed(_) => self.types.push(TypeDefinition {
                name: result.into(),
                constructors: vec![id],
            }),
            _ => {} // Bool: a core type
        }
    }

    /// Makes `Vector<T>` of every type known by name, so that any result type is one lookup.
    pub fn declare_vectors(&mut self, definitions: &[Definition<'_>]) {
        let named: Vec<_> = self
            .by_type_text
            .iter()
            .map(|(name, ty)| (name.clone(), *ty))
            .collect();
        for (name, ty) in named
            .into_iter()
            .filter(|(name, ty)| !name.is_empty() && *ty != Type::True)
        {
            self.vector(true, ty, format!("Vector<{name}>"));
        }
        for definition in definitions.iter().filter(|definition| definition.function) {
            if let Some(raw @ RawType::Vector { .. }) = syntax::raw_type(&definition.result, &[]) {
                // Results that name no known type belong to functions nobody can decode; they surface when asked for.
                let _ = self.resolve(&raw);
            }
        }
    }

    fn vector(&mut self, boxed: bool, element: Type, text: String) -> Type {
        let next = VectorId(self.vectors.len() as u32);
        let ty = *self
            .by_type_text
            .entry(text.into())
            .or_insert(Type::Vector(next));
        if ty == Type::Vector(next) {
            self.vectors.push(VectorType { element, boxed });
        }
        ty
    }

    pub fn combinator(&mut self, definition: &Definition<'_>) -> Result<Combinator, SchemaError> {
        let mut words: Vec<&str> = Vec::new();
        let mut fields = Vec::with_capacity(definition.fields.len());
        for raw in &definition.fields {
            let field = self.field(raw, &mut words);
            fields.push(field.map_err(|problem| {
                SchemaError::new(
                    definition.line,
                    format!("{}.{}: {problem}", definition.name, raw.name),
                )
            })?);
        }
        explain_words(&mut fields);
        let by_name = names_sorted(&fields).map_err(|problem| {
            SchemaError::new(definition.line, format!("{}: {problem}", definition.name))
        })?;
        let type_id = match self.by_type_text.get(definition.result.as_str()) {
            Some(Type::Boxed(id)) if !definition.function => Some(*id),
            _ => None,
        };
        Ok(Combinator {
            name: definition.name.into(),
            id: definition.id,
            function: definition.function,
            result: definition.result.as_str().into(),
            type_id,
            fields: fields.into(),
            by_name,
            opening: format!("{{\"_\":\"{}\"", definition.name)
                .into_bytes()
                .into(),
        })
    }

    fn field<'t>(&mut self, raw: &RawField<'t>, words: &mut Vec<&'t str>) -> Result<Field, String> {
        let (word, mask) = match raw.condition {
            Some((name, bit)) => {
                let word = words
                    .iter()
                    .position(|word| *word == name)
                    .ok_or_else(|| format!("no earlier flags word {name:?}"))?;
                (word, 1 << bit)
            }
            None => (0, 0),
        };
        let own_word = words.len();
        if raw.ty == RawType::Word {
            if own_word == MAX_WORDS {
                return Err(format!("more than {MAX_WORDS} flags words"));
            }
            words.push(raw.name);
        }
        Ok(Field {
            name: raw.name.into(),
            ty: self.resolve(&raw.ty)?,
            mask,
            word: word as u8,
            own_word: own_word as u8,
            explained: 0,
            name_id: self.name_id(raw.name)?,
            key: format!(",\"{}\":", raw.name).into_bytes().into(),
        })
    }

    fn name_id(&mut self, name: &str) -> Result<u16, String> {
        let next = u16::try_from(self.field_names.len())
            .map_err(|_| "more than 65536 different field names")?;
        Ok(*self.field_names.entry(name.into()).or_insert(next))
    }

    fn resolve(&mut self, raw: &RawType<'_>) -> Result<Type, String> {
        match raw {
            RawType::Word => Ok(Type::Word),
            RawType::Any => Ok(Type::Object),
            RawType::Name(name) => match self.by_type_text.get(*name) {
                Some(ty) => Ok(*ty),
                None => self
                    .by_name
                    .get(*name)
                    .map(|id| Type::Bare(*id))
                    .ok_or_else(|| format!("no type {name:?}")),
            },
            RawType::Bare(name) => match self.by_type_text.get(*name) {
                Some(Type::Boxed(id)) => match self.types[id.0 as usize].constructors[..] {
                    [only] => Ok(Type::Bare(only)),
                    _ => Err(format!("%{name}: the type has several constructors")),
                },
                _ => self
                    .by_name
                    .get(*name)
                    .map(|id| Type::Bare(*id))
                    .ok_or_else(|| format!("no type {name:?}")),
            },
            RawType::Vector { boxed, element } => {
                let element = self.resolve(element)?;
                if element == Type::True {
                    return Err("a vector of `true` has no content".into());
                }
                let text = format!(
                    "{}<{}>",
                    if *boxed { "Vector" } else { "vector" },
                    vector_element_text(raw)
                );
                Ok(self.vector(*boxed, element, text))
            }
        }
    }
}

/// The text between the brackets of a vector type.
fn vector_element_text(raw: &RawType<'_>) -> String {
    let RawType::Vector { element, .. } = raw else {
        return String::new();
    };
    match &**element {
        RawType::Word => "#".into(),
        RawType::Any => "Object".into(),
        RawType::Name(name) => (*name).into(),
        RawType::Bare(name) => format!("%{name}"),
        nested @ RawType::Vector { boxed, .. } => {
            format!(
                "{}<{}>",
                if *boxed { "Vector" } else { "vector" },
                vector_element_text(nested)
            )
        }
    }
}

/// The indices of the fields in the order of their names, which must differ.
fn names_sorted(fields: &[Field]) -> Result<Box<[u16]>, String> {
    let count = u16::try_from(fields.len()).map_err(|_| "more than 65535 fields")?;
    let mut sorted: Vec<u16> = (0..count).collect();
    sorted.sort_by_key(|index| &fields[usize::from(*index)].name);
    let twice = sorted
        .windows(2)
        .find(|pair| fields[usize::from(pair[0])].name == fields[usize::from(pair[1])].name);
    match twice {
        Some(pair) => Err(format!(
            "two fields are named {}",
            fields[usize::from(pair[0])].name
        )),
        None => Ok(sorted.into()),
    }
}

/// Tells every flags word which of its bits belong to fields.
fn explain_words(fields: &mut [Field]) {
    let mut explained = [0; MAX_WORDS];
    for field in fields.iter() {
        explained[usize::from(field.word)] |= field.mask;
    }
    for field in fields.iter_mut().filter(|field| field.ty == Type::Word) {
        field.explained = explained[usize::from(field.own_word)];
    }
}
