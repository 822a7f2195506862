//! A parsed schema: every definition of a layer with its types resolved to indices, ready for decoding.
//!
//! All names are looked up once, here. While decoding, a field's type is a small `Copy` value, a flag test is one mask,
//! and the JSON text of every name is already escaped.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::error::SchemaError;
use crate::lookup::IdTable;
use crate::syntax::{self, Definition, RawField, RawType};

/// `vector#1cb5c415`, part of TL itself.
pub(crate) const VECTOR_ID: u32 = 0x1cb5_c415;
/// `boolTrue#997275b5`, part of TL itself.
pub(crate) const TRUE_ID: u32 = 0x9972_75b5;
/// `boolFalse#bc799737`, part of TL itself.
pub(crate) const FALSE_ID: u32 = 0xbc79_9737;
/// Flag words one definition may have; the widest of Telegram's has 2.
pub(crate) const MAX_WORDS: usize = 8;

/// The type of a field or result, resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Type {
    /// 32-bit signed integer
    Int,
    /// 64-bit signed integer
    Long,
    /// IEEE 754 double
    Double,
    /// 16 opaque bytes
    Int128,
    /// 32 opaque bytes
    Int256,
    /// byte string meant as UTF-8 text
    String,
    /// byte string
    Bytes,
    /// `boolTrue` or `boolFalse`
    Bool,
    /// no bytes at all: the presence bit in a flags word is the value
    True,
    /// `#`: 32 bits, usually flags that say which later fields are present
    Word,
    /// any boxed constructor or function (`!X`)
    Object,
    /// any constructor of one type, preceded by its id
    Boxed(TypeId),
    /// one known constructor, without its id
    Bare(CombinatorId),
    /// elements of one type, preceded by their count (and by the vector's own id when boxed)
    Vector(VectorId),
}

/// Index of a boxed type in its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TypeId(u32);

/// Index of a definition in its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CombinatorId(pub(crate) u32);

/// Index of a vector type in its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct VectorId(u32);

/// A definition: a constructor of a type, or a function.
#[derive(Debug)]
pub struct Combinator {
    name: Box<str>,
    id: u32,
    function: bool,
    result: Box<str>,
    /// The type this constructs; for functions, no constructor's type.
    pub(crate) type_id: Option<TypeId>,
    pub(crate) fields: Box<[Field]>,
    /// Indices of the fields, in the order of their names.
    by_name: Box<[u16]>,
    /// `{"_":"name"`, the start of its JSON text
    pub(crate) opening: Box<[u8]>,
}

/// A field of a definition.
#[derive(Debug)]
pub struct Field {
    name: Box<str>,
    pub(crate) ty: Type,
    /// Bit that must be set for the field to be present; 0 for required fields.
    pub(crate) mask: u32,
    /// Which flags word holds that bit.
    pub(crate) word: u8,
    /// For a `#` field: which word it is.
    pub(crate) own_word: u8,
    /// For a `#` field: the bits that other fields explain.
    pub(crate) explained: u32,
    /// Number of the field's name, the same in all definitions.
    pub(crate) name_id: u16,
    /// `,"name":`, the start of its JSON text
    pub(crate) key: Box<[u8]>,
}

#[derive(Debug)]
struct TypeDefinition {
    name: Box<str>,
    constructors: Vec<CombinatorId>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct VectorType {
    pub element: Type,
    pub boxed: bool,
}

/// The definitions of one layer.
#[derive(Debug)]
pub struct Schema {
    layer: i32,
    text: Box<str>,
    combinators: Vec<Combinator>,
    types: Vec<TypeDefinition>,
    vectors: Vec<VectorType>,
    by_id: IdTable,
    by_name: HashMap<Box<str>, CombinatorId>,
    by_type_text: HashMap<Box<str>, Type>,
    field_names: HashMap<Box<str>, u16>,
}

impl Schema {
    /// Parses the text of a `.tl` file. The layer is taken from its `// LAYER N` comment.
    pub fn parse(text: &str) -> Result<Schema, SchemaError> {
        let layer =
            syntax::layer(text).ok_or_else(|| SchemaError::new(0, "no `// LAYER N` comment"))?;
        let plain = syntax::without_comments(text);
        let definitions = syntax::definitions(&plain)?;
        let mut builder = Builder::default();
        builder.declare(&definitions)?;
        builder.declare_vectors(&definitions);
        let combinators: Result<Vec<_>, _> = definitions
            .iter()
            .map(|definition| builder.combinator(definition))
            .collect();
        let combinators = combinators?;
        let by_id = IdTable::new(combinators.iter().map(|combinator| combinator.id))
            .map_err(|id| SchemaError::new(0, format!("two definitions have the id {id:08x}")))?;
        let Builder {
            types,
            vectors,
            by_name,
            by_type_text,
            field_names,
            ..
        } = builder;
        Ok(Schema {
            layer,
            text: text.into(),
            combinators,
            types,
            vectors,
            by_id,
            by_name,
            by_type_text,
            field_names,
        })
    }

    /// The layer's number.
    pub fn layer(&self) -> i32 {
        self.layer
    }

    /// The text this schema was parsed from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// All constructors, in the order of the text.
    pub fn constructors(&self) -> impl Iterator<Item = &Combinator> {
        self.combinators
            .iter()
            .filter(|combinator| !combinator.function)
    }

    /// All functions, in the order of the text.
    pub fn functions(&self) -> impl Iterator<Item = &Combinator> {
        self.combinators
            .iter()
            .filter(|combinator| combinator.function)
    }

    /// The constructor or function of that name.
    pub fn constructor(&self, name: &str) -> Option<&Combinator> {
        self.by_name.get(name).map(|id| self.combinator(*id))
    }

    /// The constructor or function with that id on the wire.
    pub fn by_id(&self, id: u32) -> Option<&Combinator> {
        self.by_id
            .get(id)
            .map(|index| &self.combinators[index as usize])
    }

    /// Resolves a type written as in the schema: `Message`, `Vector<long>`, `int`; `""` and `Object` are any
    /// boxed constructor or function.
    pub fn type_of(&self, text: &str) -> Option<Type> {
        self.by_type_text.get(text).copied()
    }

    /// What the server answers to a function: `messages.Dialogs`, `Vector<User>`, or `X` for wrappers of other functions.
    pub fn result_type(&self, function: &str) -> Option<&str> {
        self.constructor(function)
            .filter(|combinator| combinator.function)
            .map(|combinator| &*combinator.result)
    }

    /// What the server answers to this request, looking through wrappers like `invokeWithLayer`.
    pub fn reply_type(&self, request: &serde_json::Value) -> Option<&str> {
        let mut request = request;
        loop {
            let result = self.result_type(request.get("_")?.as_str()?)?;
            if self.type_of(result).is_some() {
                return Some(result);
            }
            request = request.get("query")?;
        }
    }

    /// The constructors of a boxed type.
    pub fn constructors_of(&self, id: TypeId) -> impl Iterator<Item = &Combinator> {
        self.types
            .get(id.0 as usize)
            .into_iter()
            .flat_map(|ty| &ty.constructors)
            .map(|id| self.combinator(*id))
    }

    /// A definition by its index.
    ///
    /// Ids are only made by the schema they index; one of another schema panics or finds another definition.
    pub fn combinator(&self, id: CombinatorId) -> &Combinator {
        &self.combinators[id.0 as usize]
    }

    /// The element type of a vector type.
    pub fn element_type(&self, id: VectorId) -> Type {
        self.vector(id).element
    }

    /// The name of a type as the schema writes it.
    pub fn type_text(&self, ty: Type) -> String {
        let name = match ty {
            Type::Int => "int",
            Type::Long => "long",
            Type::Double => "double",
            Type::Int128 => "int128",
            Type::Int256 => "int256",
            Type::String => "string",
            Type::Bytes => "bytes",
            Type::Bool => "Bool",
            Type::True => "true",
            Type::Word => "#",
            Type::Object => "Object",
            Type::Boxed(id) => self.type_name(id),
            Type::Bare(id) => return format!("%{}", self.combinator(id).name),
            Type::Vector(id) => {
                let vector = self.vector(id);
                let name = if vector.boxed { "Vector" } else { "vector" };
                return format!("{name}<{}>", self.type_text(vector.element));
            }
        };
        name.to_owned()
    }

    pub(crate) fn type_name(&self, id: TypeId) -> &str {
        self.types.get(id.0 as usize).map_or("", |ty| &ty.name)
    }

    pub(crate) fn vector(&self, id: VectorId) -> VectorType {
        self.vectors[id.0 as usize]
    }

    pub(crate) fn field_name_count(&self) -> usize {
        self.field_names.len()
    }

    pub(crate) fn field_name_id(&self, name: &str) -> Option<u16> {
        self.field_names.get(name).copied()
    }
}

impl Combinator {
    /// Name as in the schema, e.g. `messages.getHistory`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Number on the wire.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// Whether it is a function, not a constructor.
    pub fn is_function(&self) -> bool {
        self.function
    }

    /// The type a constructor belongs to, or the result of a function, as written in the schema.
    pub fn type_name(&self) -> &str {
        &self.result
    }

    /// The fields in their order on the wire, flags words included.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub(crate) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.get(self.field_index(name)?)
    }

    #[inline]
    pub(crate) fn field_index(&self, name: &str) -> Option<usize> {
        let name_of = |index: &u16| &*self.fields[usize::from(*index)].name;
        let found = self
            .by_name
            .binary_search_by(|index| name_of(index).cmp(name))
            .ok()?;
        Some(self.by_name[found].into())
    }
}

impl Field {
    /// Name as in the schema.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Type as resolved by the schema.
    pub fn ty(&self) -> Type {
        self.ty
    }

    /// Whether a bit of a flags word says if the field is there.
    pub fn is_optional(&self) -> bool {
        self.mask != 0
    }

    /// The flags word and bit that say whether the field is there.
    pub fn condition(&self) -> Option<(usize, u32)> {
        (self.mask != 0).then_some((self.word.into(), self.mask))
    }

    /// For a flags word: its number in the definition and the bits that other fields explain.
    pub fn as_flags(&self) -> Option<(usize, u32)> {
        (self.ty == Type::Word).then_some((self.own_word.into(), self.explained))
    }
}

#[derive(Default)]
struct Builder {
    types: Vec<TypeDefinition>,
    vectors: Vec<VectorType>,
    by_name: HashMap<Box<str>, CombinatorId>,
    by_type_text: HashMap<Box<str>, Type>,
    field_names: HashMap<Box<str>, u16>,
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
    fn declare(&mut self, definitions: &[Definition<'_>]) -> Result<(), SchemaError> {
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
    fn declare_vectors(&mut self, definitions: &[Definition<'_>]) {
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

    fn combinator(&mut self, definition: &Definition<'_>) -> Result<Combinator, SchemaError> {
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
