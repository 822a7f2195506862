//! A parsed schema: every definition of a layer with its types resolved to indices, ready for decoding.
//!
//! All names are looked up once, here. While decoding, a field's type is a small `Copy` value, a flag test is one mask,
//! and the JSON text of every name is already escaped.

mod resolve;

use std::collections::HashMap;

use crate::error::SchemaError;
use crate::lookup::IdTable;
use crate::syntax;

use resolve::Builder;

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
        Ok(Schema {
            layer,
            text: text.into(),
            combinators,
            types: builder.types,
            vectors: builder.vectors,
            by_id,
            by_name: builder.by_name,
            by_type_text: builder.by_type_text,
            field_names: builder.field_names,
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
