//! Folders of chats, with their rules in words.

use askama::Template;
use telekeep_index::{FolderRow, Index};
use telekeep_model::Folder;

use super::Sidebar;
use super::beside::known;
use crate::reading::folder_word;
use crate::render::Face;
use crate::server::{Context, Result};

/// Chats of a folder that are named on its page.
const CHATS: usize = 1000;

/// Chats that a folder names.
pub struct Named {
    pub title: &'static str,
    pub chats: Vec<Face>,
    /// That there are more, in words.
    pub more: Option<String>,
}

/// A folder.
pub struct FolderView {
    /// Its place on the page of all.
    pub anchor: String,
    pub name: String,
    pub emoticon: Option<String>,
    /// The address of the chats in it.
    pub address: String,
    /// Its rules: what each is about, and what it says.
    pub rules: Vec<(&'static str, String)>,
    pub named: Vec<Named>,
}

#[derive(Template)]
#[template(path = "folders.html")]
struct Page<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    folders: Vec<FolderView>,
}

/// `GET /folders`
pub async fn page(context: Context) -> Result {
    super::show(context, |context, _, index| {
        let folders = index.folders()?;
        let views = folders.iter().map(|row| view(context, index, row, CHATS));
        let page = Page {
            sidebar: Sidebar::beside(context, index, 0)?,
            folders: views.collect::<Result<_>>()?,
            context,
        };
        Ok(page.render()?)
    })
    .await
}

/// The folders of an account, each with so many chats of a kind at most.
pub fn folders_of(
    context: &Context,
    index: &Index,
    journal: i64,
    most: usize,
) -> Result<Vec<FolderView>> {
    let folders = index.folders()?;
    let own = folders.iter().filter(|row| row.key.journal == journal);
    own.map(|row| view(context, index, row, most)).collect()
}

fn view(context: &Context, index: &Index, row: &FolderRow, most: usize) -> Result<FolderView> {
    let folder = &row.folder;
    let lists = [
        ("folder.pinned", &folder.pinned),
        ("folder.included", &folder.included),
        ("folder.excluded", &folder.excluded),
    ];
    let mut named = Vec::new();
    for (title, chats) in lists.into_iter().filter(|(_, chats)| !chats.is_empty()) {
        let faces = chats.iter().take(most);
        let faces: Result<Vec<Face>> = faces.map(|&chat| known(context, index, chat)).collect();
        let rest = chats.len().checked_sub(most).filter(|rest| *rest > 0);
        named.push(Named {
            title,
            chats: faces?,
            more: rest.map(|rest| context.texts.count("list.more", rest as u64)),
        });
    }
    let word = folder_word(row.key);
    let title = Some(folder.title.trim()).filter(|title| !title.is_empty());
    Ok(FolderView {
        name: title.unwrap_or("…").to_owned(),
        emoticon: folder.emoticon.clone(),
        address: format!("/?folder={word}"),
        anchor: format!("f{}", word.replace('.', "-")),
        rules: rules(context, folder),
        named,
    })
}

/// What is in it and what is kept out, beside the chats that it names.
fn rules(context: &Context, folder: &Folder) -> Vec<(&'static str, String)> {
    let texts = context.texts;
    let listed = |all: &[(bool, &'static str)]| {
        let all = all.iter().filter(|(chosen, _)| *chosen);
        let words: Vec<&str> = all.map(|(_, key)| texts.get(key)).collect();
        words.join(&format!("{} ", texts.get("text.list")))
    };
    let (kinds, except) = (folder.kinds, folder.except);
    let included = listed(&[
        (kinds.contacts, "folder.contacts"),
        (kinds.non_contacts, "folder.non-contacts"),
        (kinds.groups, "folder.of-groups"),
        (kinds.channels, "folder.of-channels"),
        (kinds.bots, "folder.bots"),
    ]);
    let kept_out = listed(&[
        (except.muted, "folder.muted"),
        (except.read, "folder.read"),
        (except.archived, "folder.in-archive"),
    ]);
    let shared = match (folder.shared, folder.invites) {
        (false, _) => String::new(),
        (true, false) => texts.get("folder.shared").to_owned(),
        (true, true) => texts.get("folder.shared-by-me").to_owned(),
    };
    let rules = [
        ("folder.kinds", included),
        ("folder.except", kept_out),
        ("folder.sharing", shared),
    ];
    let said = rules.into_iter().filter(|(_, words)| !words.is_empty());
    said.map(|(key, words)| (texts.get(key), words)).collect()
}
