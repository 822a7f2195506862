//! The viewer: reads an archive in the browser, on the reader's own machine.
//!
//! Pages are made on the server from templates ([askama]) and work without JavaScript; small
//! hand-written modules add comfort. Everything is inside the binary.
//!
//! * [`Library`]: the archive's index and blobs, open for reading, shared by all requests. Never
//!   takes the archive's lock.
//! * [`Viewer`]: the pages as an axum router, guarded (`server`): loopback only, token and cookie,
//!   Host and Origin checks, CSRF protection, strict content security policy.
//! * `page`: one file per page. `reading`: what they ask the index for. `render`: messages to what templates show, independent of HTTP: links
//!   come from a [`render::Links`], so a static export can use the same templates.
//! * `media`: the bytes of files. `thumb`: small pictures made here. `lang`: the texts of the interface.
//!
//! Everything from Telegram is untrusted here: texts reach a page only through the escaping of the
//! templates or through [`render::Html`], which escapes by construction.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod certificate;
pub mod lang;
mod library;
mod media;
mod page;
pub mod reading;
pub mod render;
mod server;
mod thumb;

pub use library::{Library, LibraryError};
pub use media::{kind as shown_kind, safe_name};
pub use page::{NOT_SHOWN, PLACES, place_of};
pub use server::{Address, Viewer, ViewerOptions, serve};
