//! Finding a definition by the 32-bit id it has on the wire: the one lookup per object while decoding.

/// An open-addressed table. Ids are checksums, so their low bits are as good as any hash of them.
#[derive(Debug)]
pub(crate) struct IdTable {
    /// A power of two long, at most half full. Free slots hold `FREE`.
    slots: Box<[(u32, u32)]>,
}

const FREE: u32 = u32::MAX;

impl IdTable {
    /// The n-th id finds n. An id that occurs twice is the error.
    pub fn new(ids: impl ExactSizeIterator<Item = u32>) -> Result<Self, u32> {
        let size = (ids.len() * 2).next_power_of_two().max(2);
        let mut table = Self {
            slots: vec![(0, FREE); size].into(),
        };
        for (index, id) in ids.enumerate() {
            let slot = table.slot(id);
            if table.slots[slot].1 != FREE {
                return Err(id);
            }
            table.slots[slot] = (id, index as u32);
        }
        Ok(table)
    }

    #[inline]
    pub fn get(&self, id: u32) -> Option<u32> {
        let (_, index) = self.slots[self.slot(id)];
        (index != FREE).then_some(index)
    }

    /// The slot that holds the id, or the free one where it belongs. The table is never full, so there is one.
    #[inline]
    fn slot(&self, id: u32) -> usize {
        let last = self.slots.len() - 1;
        let mut slot = id as usize & last;
        while self.slots[slot].1 != FREE && self.slots[slot].0 != id {
            slot = (slot + 1) & last;
        }
        slot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_put_in_even_when_all_collide() {
        let ids = [0, 1 << 16, 2 << 16, 3 << 16, u32::MAX];
        let table = IdTable::new(ids.iter().copied()).unwrap();
        for (index, id) in ids.iter().enumerate() {
            assert_eq!(table.get(*id), Some(index as u32));
        }
        assert_eq!(table.get(4 << 16), None);
        assert_eq!(IdTable::new([7, 8, 7].into_iter()).err(), Some(7));
        assert_eq!(IdTable::new([].into_iter()).unwrap().get(5), None);
    }
}
