//! Pictures of another site, as bills show them: Telegram fetches them for whoever asks with their
//! address and the hash beside it. Their bytes are those of photos of the world.

use grammers_tl_types::{enums, types};

use super::content::Content;
use super::file::File;
use super::files::Files;

const SITE: &str = "https://shop.example/pictures/";

/// The address in specimens, which stands for the first photo; whatever hash is beside it is right.
pub(crate) const SPECIMEN: &str = "https://example.org/specimens";

/// The picture that bills show; none in a world without photos.
pub(crate) fn picture(files: &Files) -> Option<enums::WebDocument> {
    let (file, largest) = at(files, SPECIMEN)?;
    let document = types::WebDocument {
        url: address(file.id),
        access_hash: files.access_hash(file.id),
        size: i32::try_from(files.content(file.id, largest)?.len()).ok()?,
        mime_type: "image/jpeg".to_owned(),
        attributes: vec![types::DocumentAttributeImageSize { w: 1280, h: 960 }.into()],
    };
    Some(document.into())
}

/// Every address there is.
pub(crate) fn addresses(files: &Files) -> impl Iterator<Item = String> {
    let photos = files.iter().filter(|file| file.kind.is_photo());
    let addresses = photos.map(|file| address(file.id));
    addresses.chain([SPECIMEN.to_owned()])
}

/// The photo at an address, and its largest rendition.
pub(crate) fn at<'a>(files: &'a Files, address: &str) -> Option<(&'a File, &'static str)> {
    let mut photos = files.iter().filter(|file| file.kind.is_photo());
    let file = match address.strip_prefix(SITE) {
        None => photos.next().filter(|_| address == SPECIMEN),
        Some(id) => id.parse().ok().and_then(|id| files.get(id)),
    };
    let file = file.filter(|file| file.kind.is_photo())?;
    let largest = file.renditions().into_iter().rfind(|size| *size != "u");
    Some((file, largest?))
}

/// What is at an address, for those who know the hash.
pub(crate) fn content(files: &Files, address: &str, access_hash: i64) -> Option<Content> {
    let (file, largest) = at(files, address)?;
    let known = address == SPECIMEN || files.access_hash(file.id) == access_hash;
    files.content(file.id, largest).filter(|_| known)
}

fn address(id: i64) -> String {
    format!("{SITE}{id}")
}
