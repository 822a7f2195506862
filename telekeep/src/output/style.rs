//! The few colours of this program.

/// Wraps text in ANSI codes, or leaves it alone.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    colours: bool,
}

impl Style {
    /// With colours or without.
    pub fn new(colours: bool) -> Self {
        Style { colours }
    }

    /// Are there colours?
    pub fn has_colours(self) -> bool {
        self.colours
    }

    /// Without colours.
    #[cfg(test)]
    pub fn plain() -> Self {
        Style { colours: false }
    }

    fn wrap(self, code: &str, text: &str) -> String {
        if self.colours {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// Headings and names that matter.
    pub fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    /// Things beside the point.
    pub fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    /// All is well.
    pub fn good(self, text: &str) -> String {
        self.wrap("32", text)
    }

    /// Look at this.
    pub fn warn(self, text: &str) -> String {
        self.wrap("33", text)
    }

    /// Something is wrong.
    pub fn error(self, text: &str) -> String {
        self.wrap("1;31", text)
    }
}
