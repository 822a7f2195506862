//! Which constructors a message can hold, and the shortest way from a message to each.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use telekeep_tl::{Combinator, Schema, Type};

/// Where something stands: constructor, and its field.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    pub constructor: &'a Combinator,
    pub field: &'a str,
}

/// Everything a message can hold.
pub(super) struct Kinds<'a> {
    pub schema: &'a Schema,
    /// Where a type stands that is not `Message` itself.
    places: HashMap<String, Place<'a>>,
    /// Types in the order they were met.
    types: Vec<String>,
    /// How deep the smallest object of a type is.
    heights: BTreeMap<String, u32>,
}

/// What only clients send, though it is of a type that servers send too.
fn only_asked(constructor: &Combinator) -> bool {
    let (name, ty) = (constructor.name(), constructor.type_name());
    name.starts_with("input") && !ty.starts_with("Input")
}

impl<'a> Kinds<'a> {
    pub fn of(schema: &'a Schema) -> Self {
        let mut kinds = Self {
            schema,
            places: HashMap::new(),
            types: Vec::new(),
            heights: heights(schema),
        };
        let mut seen = HashSet::new();
        let mut next = VecDeque::from(["Message".to_owned()]);
        while let Some(ty) = next.pop_front() {
            if !seen.insert(ty.clone()) {
                continue;
            }
            for constructor in kinds.constructors(&ty) {
                for field in constructor.fields() {
                    let Some(inner) = boxed(schema, field.ty()) else {
                        continue;
                    };
                    let field = field.name();
                    let place = Place { constructor, field };
                    if inner != "Message" {
                        kinds.places.entry(inner.clone()).or_insert(place);
                    }
                    next.push_back(inner);
                }
            }
            kinds.types.push(ty);
        }
        kinds
    }

    /// Constructors of a type that a server sends.
    pub fn constructors(&self, ty: &str) -> impl Iterator<Item = &'a Combinator> + use<'a> {
        let schema = self.schema;
        let id = match schema.type_of(ty) {
            Some(Type::Boxed(id)) => Some(id),
            _ => None,
        };
        let all = id.into_iter().flat_map(|id| schema.constructors_of(id));
        all.filter(|constructor| !only_asked(constructor))
    }

    /// Names of all of them, but for the empty message, which is none.
    pub fn all(&self) -> impl Iterator<Item = &'a str> {
        let all = self.types.iter().flat_map(|ty| self.constructors(ty));
        let names = all.map(Combinator::name);
        names.filter(|name| *name != "messageEmpty")
    }

    pub fn place(&self, ty: &str) -> Option<Place<'a>> {
        self.places.get(ty).copied()
    }

    /// The constructor of a type that needs the least.
    pub fn smallest(&self, ty: &str) -> Option<&'a Combinator> {
        let own = |constructor: &&Combinator| height(self.schema, &self.heights, constructor);
        self.constructors(ty).min_by_key(own)
    }
}

/// The boxed type of a field or of its elements.
pub(super) fn boxed(schema: &Schema, ty: Type) -> Option<String> {
    match ty {
        Type::Boxed(_) => Some(schema.type_text(ty)),
        Type::Bare(id) => Some(schema.combinator(id).type_name().to_owned()),
        Type::Vector(id) => boxed(schema, schema.element_type(id)),
        _ => None,
    }
}

/// Higher than anything real: not known yet.
const UNKNOWN: u32 = 1000;

fn height(schema: &Schema, heights: &BTreeMap<String, u32>, constructor: &Combinator) -> u32 {
    let required = constructor.fields().iter();
    let required = required.filter(|field| {
        // An empty vector needs nothing.
        !field.is_optional() && !matches!(field.ty(), Type::Vector(_))
    });
    let inner = required.filter_map(|field| boxed(schema, field.ty()));
    let highest = inner.map(|ty| heights.get(&ty).copied().unwrap_or(UNKNOWN));
    highest.max().map_or(0, |highest| highest + 1)
}

/// The heights of all types: small ones first, then what is made of them, until nothing changes.
fn heights(schema: &Schema) -> BTreeMap<String, u32> {
    let mut heights = BTreeMap::new();
    loop {
        let mut changed = false;
        for constructor in schema.constructors().filter(|one| !only_asked(one)) {
            let own = height(schema, &heights, constructor);
            let of_type = heights
                .entry(constructor.type_name().to_owned())
                .or_insert(UNKNOWN);
            if own < *of_type {
                *of_type = own;
                changed = true;
            }
        }
        if !changed {
            return heights;
        }
    }
}
