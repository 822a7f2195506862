//! Language, theme, shortcuts, and the list of shortcuts.

use askama::Template;

use super::Sidebar;
use crate::server::{Context, Result};

#[derive(Template)]
#[template(path = "settings.html")]
struct Settings<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
}

/// `GET /settings`
pub async fn page(context: Context) -> Result {
    super::show(context, |context, _, index| {
        let page = Settings {
            sidebar: Sidebar::beside(context, index, 0)?,
            context,
        };
        Ok(page.render()?)
    })
    .await
}
