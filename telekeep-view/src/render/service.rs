//! What happened, in words.

use std::collections::HashMap;

use telekeep_model::Service;

use super::Html;
use super::links::Links;
use crate::lang::{Piece, Texts};

/// The sentence of a service message. `names` has the names of the ids in it.
#[must_use]
pub fn sentence<S: std::hash::BuildHasher>(
    service: &Service,
    actor: (Option<i64>, &str),
    names: &HashMap<i64, String, S>,
    texts: &Texts,
    links: &dyn Links,
) -> Html {
    let mut out = Html::new();
    let peer =
        |id: Option<i64>, name: &str, out: &mut Html| match id.and_then(|id| links.profile(id)) {
            Some(address) => {
                out.markup("<a href=\"");
                out.text(&address);
                out.markup("\"><bdi>");
                out.text(name);
                out.markup("</bdi></a>");
            }
            None => {
                out.markup("<bdi>");
                out.text(name);
                out.markup("</bdi>");
            }
        };
    for piece in texts.service(service) {
        match piece {
            Piece::Actor => peer(actor.0, actor.1, &mut out),
            Piece::Words(words) => out.text(&words),
            Piece::Quote(words) => {
                let quoted = texts.with("text.quoted", &words);
                out.markup("<bdi>");
                out.text(&quoted);
                out.markup("</bdi>");
            }
            Piece::Peers(ids) => {
                for (at, id) in ids.iter().enumerate() {
                    if at > 0 {
                        out.text(texts.get("text.list"));
                        out.text(" ");
                    }
                    let name = names.get(id).cloned().unwrap_or_else(|| id.to_string());
                    peer(Some(*id), &name, &mut out);
                }
            }
        }
    }
    out
}
