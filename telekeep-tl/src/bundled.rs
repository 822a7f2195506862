//! The layers that come with the program. Where their texts are from: `schema/README.md`.

use std::sync::OnceLock;

use crate::schema::Schema;

/// The bundled layers, newest first. The first one is the layer this program speaks by itself.
pub const LAYERS: &[i32] = &[230, 227, 222, 216];

struct Bundled {
    layer: i32,
    text: &'static str,
    /// `None` would mean a text that does not parse; the tests parse all of them.
    parsed: OnceLock<Option<Schema>>,
}

impl Bundled {
    const fn new(layer: i32, text: &'static str) -> Self {
        Self {
            layer,
            text,
            parsed: OnceLock::new(),
        }
    }
}

static BUNDLED: [Bundled; 4] = [
    Bundled::new(230, include_str!("../schema/230.tl")),
    Bundled::new(227, include_str!("../schema/227.tl")),
    Bundled::new(222, include_str!("../schema/222.tl")),
    Bundled::new(216, include_str!("../schema/216.tl")),
];

/// A bundled layer's schema, parsed at its first use; `None` for layers that are not bundled.
pub fn bundled(layer: i32) -> Option<&'static Schema> {
    let bundled = BUNDLED.iter().find(|bundled| bundled.layer == layer)?;
    bundled
        .parsed
        .get_or_init(|| Schema::parse(bundled.text).ok())
        .as_ref()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layer_parses_and_is_what_it_says() {
        assert_eq!(BUNDLED.each_ref().map(|bundled| bundled.layer), LAYERS);
        for bundled in &BUNDLED {
            let schema = Schema::parse(bundled.text).unwrap();
            assert_eq!(schema.layer(), bundled.layer);
            assert_eq!(schema.text(), bundled.text);
        }
        assert!(super::bundled(229).is_none());
        assert_eq!(super::bundled(230).map(Schema::layer), Some(230));
    }
}
