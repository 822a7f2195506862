//! Arbitrary TL, made from the schema alone and written by a writer of its own, so that it can judge the encoder.

use std::collections::HashMap;
use std::sync::OnceLock;

use telekeep_tl::{Combinator, LAYERS, Schema, Type};

/// SplitMix64: the same seed gives the same value everywhere.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}

/// What values may contain.
#[derive(Clone, Copy, PartialEq)]
pub enum Content {
    /// Anything TL can express: text that is not UTF-8, NaN, flag bits no field explains.
    Anything,
    /// What any typed decoder keeps as well.
    Tame,
}

pub struct Generator<'s> {
    schema: &'s Schema,
    /// Levels of objects that each definition needs at least.
    heights: &'static HashMap<String, usize>,
    content: Content,
    pub random: Random,
}

/// Objects deeper than this are made as small as their types allow.
const DEEP: usize = 3;

impl<'s> Generator<'s> {
    pub fn new(schema: &'s Schema, content: Content, seed: u64) -> Self {
        Self {
            schema,
            heights: heights(schema),
            content,
            random: Random(seed),
        }
    }

    /// A boxed constructor or a function.
    pub fn combinator(&mut self, combinator: &Combinator) -> Vec<u8> {
        let mut out = combinator.id().to_le_bytes().to_vec();
        self.fields(combinator, 0, &mut out);
        out
    }

    fn fields(&mut self, combinator: &Combinator, depth: usize, out: &mut Vec<u8>) {
        let mut words = [0; 8];
        for field in combinator.fields() {
            if field
                .condition()
                .is_some_and(|(word, mask)| words[word] & mask == 0)
            {
                continue;
            }
            if let Some((word, explained)) = field.as_flags() {
                words[word] = self.flags(explained, depth);
                out.extend(words[word].to_le_bytes());
            } else {
                self.value(field.ty(), depth, out);
            }
        }
    }

    fn flags(&mut self, explained: u32, depth: usize) -> u32 {
        let bits = match (depth >= DEEP, self.random.below(4)) {
            (true, _) | (_, 0) => 0,
            (_, 1) => u32::MAX,
            _ => self.random.next() as u32,
        };
        let stray = if self.content == Content::Anything && self.random.one_in(8) {
            self.random.next() as u32
        } else {
            0
        };
        if depth >= DEEP {
            stray & !explained
        } else {
            (bits & explained) | (stray & !explained)
        }
    }

    pub fn value(&mut self, ty: Type, depth: usize, out: &mut Vec<u8>) {
        match ty {
            Type::Int | Type::Word => {
                let value =
                    [0, 1, -1, i32::MAX, i32::MIN, self.random.next() as i32][self.random.below(6)];
                out.extend(value.to_le_bytes());
            }
            Type::Long => {
                let value = [
                    0,
                    -1,
                    i64::MAX,
                    i64::MIN,
                    (1 << 53) + 1,
                    self.random.next() as i64,
                ][self.random.below(6)];
                out.extend(value.to_le_bytes());
            }
            Type::Double => {
                let value = self.double();
                out.extend(value.to_le_bytes());
            }
            Type::Int128 => self.opaque(16, out),
            Type::Int256 => self.opaque(32, out),
            Type::String => self.text(out),
            Type::Bytes => {
                let length = self.length();
                let bytes: Vec<u8> = (0..length).map(|_| self.random.next() as u8).collect();
                write_string(&bytes, out);
            }
            Type::Bool => {
                out.extend([0x9972_75b5_u32, 0xbc79_9737][self.random.below(2)].to_le_bytes())
            }
            Type::True => {}
            Type::Object => self.value(self.schema.type_of("InputPeer").unwrap(), depth, out),
            Type::Boxed(id) => {
                let all: Vec<_> = self.schema.constructors_of(id).collect();
                let smallest = all
                    .iter()
                    .map(|one| self.heights[one.name()])
                    .min()
                    .unwrap();
                let fitting: Vec<_> = all
                    .into_iter()
                    .filter(|one| depth < DEEP || self.heights[one.name()] == smallest)
                    .collect();
                let chosen = fitting[self.random.below(fitting.len())];
                out.extend(chosen.id().to_le_bytes());
                self.fields(chosen, depth + 1, out);
            }
            Type::Bare(id) => self.fields(self.schema.combinator(id), depth + 1, out),
            Type::Vector(id) => {
                let text = self.schema.type_text(ty);
                let count = if depth >= DEEP {
                    0
                } else {
                    self.random.below(3)
                };
                if text.starts_with('V') {
                    out.extend(0x1cb5_c415_u32.to_le_bytes());
                }
                out.extend((count as u32).to_le_bytes());
                for _ in 0..count {
                    self.value(self.schema.element_type(id), depth + 1, out);
                }
            }
            other => panic!("no generator for {other:?}"),
        }
    }

    fn double(&mut self) -> f64 {
        let any = f64::from_bits(self.random.next());
        match self.random.below(6) {
            0 => 0.0,
            1 => -0.0,
            2 => 52.520_008_123_456_78,
            3 => 1e300,
            4 if self.content == Content::Anything => {
                [f64::NAN, f64::INFINITY, f64::NEG_INFINITY][self.random.below(3)]
            }
            _ if self.content == Content::Tame && !any.is_finite() => 0.1,
            _ => any,
        }
    }

    fn opaque(&mut self, length: usize, out: &mut Vec<u8>) {
        out.extend((0..length).map(|_| self.random.next() as u8));
    }

    fn length(&mut self) -> usize {
        let choices = if self.random.one_in(8) { 13 } else { 7 };
        let some = self.random.below(40);
        [0, 1, 2, 3, 4, 5, some, 252, 253, 254, 255, 256, 257][self.random.below(choices)]
    }

    fn text(&mut self, out: &mut Vec<u8>) {
        const LETTERS: [char; 16] = [
            'a', 'Z', ' ', '"', '\\', '\n', '\u{0}', '\u{1f}', '\u{7f}', 'ж', 'ع', '字',
            '\u{2028}', '😀', '/', '<',
        ];
        let length = self.length();
        let mut text: Vec<u8> = (0..length)
            .map(|_| LETTERS[self.random.below(LETTERS.len())])
            .collect::<String>()
            .into_bytes();
        if self.content == Content::Anything && self.random.one_in(10) {
            text.push(0xff);
        }
        write_string(&text, out);
    }
}

pub fn write_string(bytes: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    match u8::try_from(bytes.len()) {
        Ok(short @ 0..=253) => out.push(short),
        _ => out.extend(((bytes.len() as u32) << 8 | 254).to_le_bytes()),
    }
    out.extend(bytes);
    while !(out.len() - start).is_multiple_of(4) {
        out.push(0);
    }
}

/// Computed once for each bundled layer.
fn heights(schema: &Schema) -> &'static HashMap<String, usize> {
    static HEIGHTS: [OnceLock<HashMap<String, usize>>; LAYERS.len()] =
        [const { OnceLock::new() }; LAYERS.len()];
    let layer = LAYERS
        .iter()
        .position(|layer| *layer == schema.layer())
        .unwrap();
    HEIGHTS[layer].get_or_init(|| compute_heights(schema))
}

fn compute_heights(schema: &Schema) -> HashMap<String, usize> {
    const UNKNOWN: usize = 1000;
    let all: Vec<_> = schema.constructors().chain(schema.functions()).collect();
    let mut heights: HashMap<String, usize> = all
        .iter()
        .map(|one| (one.name().to_owned(), UNKNOWN))
        .collect();
    loop {
        let mut changed = false;
        for combinator in &all {
            let required = combinator
                .fields()
                .iter()
                .filter(|field| !field.is_optional());
            let height = 1 + required
                .map(|field| type_height(schema, &heights, field.ty()))
                .max()
                .unwrap_or(0);
            let known = heights.get_mut(combinator.name()).unwrap();
            changed |= height < *known;
            *known = height.min(*known);
        }
        if !changed {
            return heights;
        }
    }
}

fn type_height(schema: &Schema, heights: &HashMap<String, usize>, ty: Type) -> usize {
    match ty {
        Type::Boxed(id) => schema
            .constructors_of(id)
            .map(|one| heights[one.name()])
            .min()
            .unwrap(),
        Type::Bare(id) => heights[schema.combinator(id).name()],
        _ => 0,
    }
}

/// Every constructor and function of a layer but the two of `Bool`, which have no JSON object.
pub fn all(schema: &Schema) -> impl Iterator<Item = &Combinator> {
    schema
        .constructors()
        .chain(schema.functions())
        .filter(|one| one.type_name() != "Bool" || one.is_function())
}
