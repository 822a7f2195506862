//! Telling whether an object changed, apart from what changes by itself (file references, access hashes, online status).

use sha2::{Digest, Sha256};

use crate::decode::vector_count;
use crate::error::DecodeError;
use crate::object::{Cursor, Object};
use crate::reader::Reader;
use crate::schema::{Combinator, Field, Schema, Type};

impl Object<'_> {
    /// The first 16 bytes of the SHA-256 of the object's encoding without the fields named in `omit`, at any depth.
    ///
    /// Omitted fields leave no trace: their bytes are skipped, and a flag bit that only omitted fields share counts as
    /// clear. Fingerprints are comparable within one layer only.
    pub fn fingerprint(&self, omit: &[&str]) -> [u8; 16] {
        let mut kept = Kept {
            omit: Names::new(self.schema, omit),
            bytes: Vec::with_capacity(self.body.len() + 4),
        };
        kept.bytes
            .extend_from_slice(&self.combinator.id().to_le_bytes());
        let mut cursor = Cursor {
            schema: self.schema,
            input: Reader::new(self.body),
        };
        // The object is valid, so this cannot fail.
        let _ = kept.fields(&mut cursor, self.combinator);
        let mut fingerprint = [0; 16];
        for (to, from) in fingerprint.iter_mut().zip(Sha256::digest(&kept.bytes)) {
            *to = from;
        }
        fingerprint
    }
}

/// A set of field names, one bit for each name the schema has.
struct Names {
    bits: Vec<u64>,
}

impl Names {
    fn new(schema: &Schema, names: &[&str]) -> Self {
        let mut bits = vec![0; schema.field_name_count() / 64 + 1];
        for id in names.iter().filter_map(|name| schema.field_name_id(name)) {
            if let Some(word) = bits.get_mut(usize::from(id) / 64) {
                *word |= 1 << (id % 64);
            }
        }
        Self { bits }
    }

    #[inline]
    fn contain(&self, field: &Field) -> bool {
        self.bits
            .get(usize::from(field.name_id) / 64)
            .is_some_and(|word| word >> (field.name_id % 64) & 1 == 1)
    }
}

/// Collects the bytes that count.
struct Kept {
    omit: Names,
    bytes: Vec<u8>,
}

impl Kept {
    fn fields<'a>(
        &mut self,
        cursor: &mut Cursor<'a>,
        combinator: &'a Combinator,
    ) -> Result<(), DecodeError> {
        cursor.fields(combinator, |cursor, field| match field.ty {
            Type::Word => {
                let word = cursor.input.word()? & !self.omitted_bits(combinator, field);
                self.bytes.extend_from_slice(&word.to_le_bytes());
                Ok(())
            }
            ty if self.omit.contain(field) => cursor.skip(ty),
            ty => self.value(cursor, ty),
        })
    }

    /// The bits of a flags word that no field shares which counts.
    fn omitted_bits(&self, combinator: &Combinator, word: &Field) -> u32 {
        let of_this = combinator
            .fields
            .iter()
            .filter(|field| field.word == word.own_word && field.mask != 0);
        let (mut omitted, mut kept) = (0, 0);
        for field in of_this {
            *if self.omit.contain(field) {
                &mut omitted
            } else {
                &mut kept
            } |= field.mask;
        }
        omitted & !kept
    }

    fn value<'a>(&mut self, cursor: &mut Cursor<'a>, ty: Type) -> Result<(), DecodeError> {
        match ty {
            Type::Boxed(_) | Type::Object | Type::Bare(_) => {
                let start = cursor.input.rest();
                let combinator = cursor.enter(ty)?;
                self.copy(start, cursor.input.rest());
                self.fields(cursor, combinator)
            }
            Type::Vector(id) => {
                let vector = cursor.schema.vector(id);
                let start = cursor.input.rest();
                let count = vector_count(&mut cursor.input, vector.boxed)?;
                self.copy(start, cursor.input.rest());
                (0..count).try_for_each(|_| self.value(cursor, vector.element))
            }
            _ => {
                let start = cursor.input.rest();
                cursor.skip(ty)?;
                self.copy(start, cursor.input.rest());
                Ok(())
            }
        }
    }

    /// What lies between two positions of one input.
    fn copy(&mut self, from: &[u8], to: &[u8]) {
        self.bytes
            .extend_from_slice(from.get(..from.len() - to.len()).unwrap_or_default());
    }
}
