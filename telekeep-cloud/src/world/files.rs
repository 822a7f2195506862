//! The files of the world: what they are, where they live, how TL describes them, their bytes.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use grammers_tl_types::{enums, types};

use super::blank;
use super::content::Content;
use super::file::{File, Kind};
use super::random::mix;

/// The home DC of all accounts, and the other one files may live in.
pub(crate) const DCS: [i32; 2] = [2, 4];

/// A file a client sent: its bytes (the only ones held in memory) and how it described them.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) bytes: Arc<[u8]>,
    pub(crate) mime: String,
    pub(crate) attributes: Vec<enums::DocumentAttribute>,
}

/// All files, by id.
#[derive(Debug)]
pub(crate) struct Files {
    seed: u64,
    all: HashMap<i64, File>,
    order: Vec<i64>,
    uploads: HashMap<i64, Arc<Upload>>,
    /// How often the references of a file were made to expire.
    epochs: BTreeMap<i64, u32>,
    general_epoch: u32,
    /// Files whose bytes are no more.
    lost: HashSet<i64>,
}

/// Length of a file reference of this cloud.
pub(crate) const REFERENCE: usize = 21;
const REFERENCE_MARK: u8 = 0xe7;

impl Files {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            seed,
            all: HashMap::new(),
            order: Vec::new(),
            uploads: HashMap::new(),
            epochs: BTreeMap::new(),
            general_epoch: 0,
            lost: HashSet::new(),
        }
    }

    /// Adds a file of `size` bytes (made larger where its format needs more).
    pub(crate) fn add(&mut self, kind: Kind, size: u64, date: i32) -> i64 {
        let number = self.order.len() as u64;
        let id = (mix(&[self.seed, 0xf11e, number]) >> 3) as i64 | 1 << 60;
        let mut file = File {
            id,
            kind,
            dc: dc_of(id),
            date,
            size: 0,
            variant: mix(&[id as u64, 1]),
        };
        file.size = file.fit(size);
        self.insert(file);
        id
    }

    /// Adds a file that looks like number `look` of its kind.
    pub(crate) fn add_like(&mut self, kind: Kind, size: u64, date: i32, look: u64) -> i64 {
        /// Divisible by how many pictures, stickers and names there are.
        const LOOKS: u64 = 120;
        let id = self.add(kind, size, date);
        if let Some(file) = self.all.get_mut(&id) {
            file.variant = file.variant / LOOKS * LOOKS + look % LOOKS;
            file.size = file.fit(size);
        }
        id
    }

    fn insert(&mut self, file: File) {
        self.order.push(file.id);
        self.all.insert(file.id, file);
    }

    /// Adds a file sent by a client.
    pub(crate) fn add_upload(&mut self, kind: Kind, upload: Upload, date: i32) -> i64 {
        let number = self.order.len() as u64;
        let id = (mix(&[self.seed, 0x0b10ad, number]) >> 3) as i64 | 1 << 60;
        self.insert(File {
            id,
            kind,
            dc: dc_of(id),
            date,
            size: upload.bytes.len() as u64,
            variant: 0,
        });
        self.uploads.insert(id, Arc::new(upload));
        id
    }

    pub(crate) fn get(&self, id: i64) -> Option<&File> {
        self.all.get(&id)
    }

    /// In the order they were made.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &File> {
        self.order.iter().filter_map(|id| self.all.get(id))
    }

    pub(crate) fn access_hash(&self, id: i64) -> i64 {
        mix(&[self.seed, 0xacce55, id as u64]) as i64
    }

    fn epoch(&self, id: i64) -> u32 {
        self.general_epoch + self.epochs.get(&id).copied().unwrap_or(0)
    }

    /// The bytes of a file are no more, while everything that names it stays.
    pub(crate) fn lose(&mut self, id: i64) {
        self.lost.insert(id);
    }

    pub(crate) fn is_lost(&self, id: i64) -> bool {
        self.lost.contains(&id)
    }

    /// Makes every reference given out so far for this file expire.
    pub(crate) fn expire(&mut self, id: i64) {
        *self.epochs.entry(id).or_default() += 1;
    }

    /// Makes every reference given out so far expire.
    pub(crate) fn expire_all(&mut self) {
        self.general_epoch += 1;
    }

    /// The reference of a file as given out in a context (a hash of where it was seen).
    pub(crate) fn reference(&self, id: i64, context: u64) -> Vec<u8> {
        self.reference_at(id, context, self.epoch(id))
    }

    fn reference_at(&self, id: i64, context: u64, epoch: u32) -> Vec<u8> {
        let context = mix(&[context]);
        let check = mix(&[self.seed, id as u64, context, u64::from(epoch)]);
        let mut out = Vec::with_capacity(REFERENCE);
        out.push(REFERENCE_MARK);
        out.extend_from_slice(&epoch.to_le_bytes());
        out.extend_from_slice(&context.to_le_bytes());
        out.extend_from_slice(&check.to_le_bytes());
        out
    }

    /// Says what is wrong with a reference, with the name of the error.
    pub(crate) fn check_reference(&self, id: i64, reference: &[u8]) -> Result<(), &'static str> {
        if reference.is_empty() {
            return Err("FILE_REFERENCE_EMPTY");
        }
        let (epoch, context, check) = split(reference).ok_or("FILE_REFERENCE_INVALID")?;
        if check != mix(&[self.seed, id as u64, context, u64::from(epoch)]) {
            return Err("FILE_REFERENCE_INVALID");
        }
        if epoch != self.epoch(id) {
            return Err("FILE_REFERENCE_EXPIRED");
        }
        Ok(())
    }

    /// Brings the references inside encoded objects up to date, in place.
    pub(crate) fn refresh(&self, tl: &mut [u8]) {
        if self.general_epoch == 0 && self.epochs.is_empty() {
            return;
        }
        // A reference is a TL string: its length, then itself; before it stand id and hash.
        let mut at = 16;
        while at + 1 + REFERENCE <= tl.len() {
            if tl[at] == REFERENCE as u8 && tl[at + 1] == REFERENCE_MARK {
                let mut id = [0; 8];
                id.copy_from_slice(&tl[at - 16..at - 8]);
                self.refresh_at(&mut tl[at + 1..at + 1 + REFERENCE], i64::from_le_bytes(id));
            }
            at += 4;
        }
    }

    fn refresh_at(&self, reference: &mut [u8], id: i64) {
        let Some((epoch, context, check)) = split(reference) else {
            return;
        };
        if check != mix(&[self.seed, id as u64, context, u64::from(epoch)]) {
            return;
        }
        let epoch = self.epoch(id);
        let check = mix(&[self.seed, id as u64, context, u64::from(epoch)]);
        reference[1..5].copy_from_slice(&epoch.to_le_bytes());
        reference[13..].copy_from_slice(&check.to_le_bytes());
    }

    /// The bytes of a file (`rendition` empty) or of one size of a photo or thumbnail.
    pub(crate) fn content(&self, id: i64, rendition: &str) -> Option<Content> {
        let file = self.all.get(&id)?;
        if let Some(upload) = self.uploads.get(&id) {
            let name = if file.kind == Kind::UploadedPhoto {
                "y"
            } else {
                ""
            };
            return (rendition == name).then(|| Content::shared(upload.bytes.clone()));
        }
        file.content(self.seed, rendition)
    }

    /// What `photo` objects say of a file seen in a context.
    pub(crate) fn photo(&self, id: i64, context: u64) -> enums::Photo {
        let Some(file) = self.all.get(&id) else {
            return types::PhotoEmpty { id }.into();
        };
        let video = file.has_video().then(|| {
            let size = self.content(id, "u").map_or(0, |c| c.len()) as i32;
            vec![
                types::VideoSize {
                    r#type: "u".into(),
                    w: 240,
                    h: 180,
                    size,
                    video_start_ts: Some(0.0),
                }
                .into(),
            ]
        });
        types::Photo {
            has_stickers: false,
            id,
            access_hash: self.access_hash(id),
            file_reference: self.reference(id, context),
            date: file.date,
            sizes: file.photo_sizes(),
            video_sizes: video,
            dc_id: file.dc,
        }
        .into()
    }

    /// What `document` objects say of a file seen in a context.
    pub(crate) fn document(&self, id: i64, context: u64, alt: &str) -> enums::Document {
        let Some(file) = self.all.get(&id) else {
            return types::DocumentEmpty { id }.into();
        };
        let (mime, attributes) = match self.uploads.get(&id) {
            Some(upload) => (upload.mime.clone(), upload.attributes.clone()),
            None => (file.mime().to_owned(), file.attributes(self.seed, alt)),
        };
        types::Document {
            id,
            access_hash: self.access_hash(id),
            file_reference: self.reference(id, context),
            date: file.date,
            mime_type: mime,
            size: file.size as i64,
            thumbs: file.thumbs(),
            dc_id: file.dc,
            attributes,
            ..blank::document()
        }
        .into()
    }
}

/// The DC of a file follows from its id: two of five live in the foreign one.
pub(crate) fn dc_of(id: i64) -> i32 {
    DCS[usize::from(mix(&[id as u64, 0xdc]) % 5 < 2)]
}

fn split(reference: &[u8]) -> Option<(u32, u64, u64)> {
    if reference.len() != REFERENCE || reference[0] != REFERENCE_MARK {
        return None;
    }
    let word = |at: usize| {
        Some(u64::from_le_bytes(
            reference.get(at..at + 8)?.try_into().ok()?,
        ))
    };
    let epoch = u32::from_le_bytes(reference.get(1..5)?.try_into().ok()?);
    Some((epoch, word(5)?, word(13)?))
}
