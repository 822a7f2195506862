//! What the accounts paid and were paid, in Stars and TON, the newest first, month by month.

use askama::Template;
use axum::extract::Query;
use serde::Deserialize;
use telekeep_index::{Index, PartRow};
use telekeep_model::{Payment, month_of_payments as month};

use super::Sidebar;
use super::beside::known;
use crate::render::Face;
use crate::server::{Context, Result};

/// Payments on a page, about: a month is not divided.
const PAGE: usize = 100;

/// What is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Asked {
    /// Months before this one only.
    before: String,
}

/// A payment.
struct Row {
    /// Who paid or was paid, when it is somebody known.
    face: Option<Face>,
    /// Otherwise what was.
    place: String,
    words: String,
    amount: String,
    /// It came in.
    income: bool,
    refund: bool,
    when: String,
}

#[derive(Template)]
#[template(path = "payments.html")]
struct Page<'a> {
    context: &'a Context,
    sidebar: Option<Sidebar>,
    rows: Vec<Row>,
    /// The address of the page with those before.
    older: Option<String>,
    /// Not the newest of all are shown.
    within: bool,
}

/// `GET /payments`
pub async fn page(context: Context, Query(asked): Query<Asked>) -> Result {
    super::show(context, move |context, _, index| {
        let mut parts = index.account_parts()?;
        parts.retain(|row| {
            let before = |month: &str| asked.before.is_empty() || month < asked.before.as_str();
            month(&row.part).is_some_and(before)
        });
        parts.sort_by(|one, other| month(&other.part).cmp(&month(&one.part)));
        let (payments, last) = newest(index, &parts)?;
        let rows: Result<Vec<Row>> = payments
            .iter()
            .map(|one| row(context, index, one))
            .collect();
        let page = Page {
            sidebar: Sidebar::beside(context, index, 0)?,
            rows: rows?,
            older: last.map(|month| format!("/payments?before={month}")),
            within: !asked.before.is_empty(),
            context,
        };
        Ok(page.render()?)
    })
    .await
}

/// Payments of whole months until a page is full, and the last of these months when there are more.
fn newest(index: &Index, parts: &[PartRow]) -> Result<(Vec<Payment>, Option<String>)> {
    let mut payments: Vec<Payment> = Vec::new();
    let mut last = None;
    for row in parts {
        let of = month(&row.part);
        if payments.len() >= PAGE && of != last {
            payments.sort_by_key(|payment| std::cmp::Reverse(payment.date));
            return Ok((payments, last.map(str::to_owned)));
        }
        last = of;
        let part = index.account_part(row.journal, &row.part)?;
        payments.extend(part.map(|part| part.payments()).unwrap_or_default());
    }
    payments.sort_by_key(|payment| std::cmp::Reverse(payment.date));
    Ok((payments, None))
}

fn row(context: &Context, index: &Index, payment: &Payment) -> Result<Row> {
    let texts = context.texts;
    let words = [&payment.title, &payment.text].into_iter().flatten();
    let words: Vec<&str> = words.map(String::as_str).collect();
    let income = payment.amount > 0;
    let sign = if income { "+" } else { "−" };
    Ok(Row {
        face: payment
            .peer
            .map(|peer| known(context, index, peer))
            .transpose()?,
        place: place(&payment.place),
        words: words.join(" · "),
        amount: format!("{sign}{}", texts.money(payment.amount, payment.currency)),
        income,
        refund: payment.refund,
        when: context.clock().full(payment.date),
    })
}

/// Names of shops are names; what this version does not know shows the server's word.
fn place(word: &str) -> String {
    match word {
        "AppStore" => "App Store".to_owned(),
        "PlayMarket" => "Google Play".to_owned(),
        "PremiumBot" => "@PremiumBot".to_owned(),
        "API" => "Telegram API".to_owned(),
        "Ads" => "Telegram Ads".to_owned(),
        "" | "Unsupported" => "Telegram".to_owned(),
        other => other.to_owned(),
    }
}
