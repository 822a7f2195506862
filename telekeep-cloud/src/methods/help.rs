//! What a client asks before anything else: where the data centres are, limits, languages.

use serde_json::{Value, json};

use super::auth::text;
use crate::rpc::{Answer, Call, Method, RpcError};
use crate::shared::HOME_DC;

pub(super) const METHODS: &[Method] = &[
    ("help.getConfig", get_config),
    ("help.getNearestDc", get_nearest_dc),
    ("help.getAppConfig", get_app_config),
    ("help.getCdnConfig", get_cdn_config),
    ("help.getAppUpdate", get_app_update),
    ("help.getTermsOfServiceUpdate", get_terms_of_service_update),
    ("help.getPromoData", get_promo_data),
    ("help.getInviteText", get_invite_text),
    ("help.saveAppLog", save_app_log),
    ("langpack.getLangPack", get_lang_pack),
    ("langpack.getDifference", get_lang_pack),
    ("langpack.getStrings", empty_list),
    ("langpack.getLanguages", get_languages),
    ("langpack.getLanguage", get_language),
];

/// Seconds until a client should ask again for something that does not change.
const HOUR: i32 = 3600;
/// Fingerprint of the application settings, which are always the same.
const APP_CONFIG_HASH: i64 = 230_001;

fn dc_options(call: &Call<'_>) -> Vec<Value> {
    let option = |dc: &i32, address: &std::net::SocketAddr| {
        let mut option = json!({
            "_": "dcOption",
            "static": true,
            "this_port_only": true,
            "id": dc,
            "ip_address": address.ip().to_string(),
            "port": address.port(),
        });
        if let (true, Some(fields)) = (address.is_ipv6(), option.as_object_mut()) {
            fields.insert("ipv6".to_owned(), Value::Bool(true));
        }
        option
    };
    call.cloud
        .addresses
        .iter()
        .map(|(dc, address)| option(dc, address))
        .collect()
}

fn get_config(call: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    let now = call.cloud.now();
    Ok(json!({
        "_": "config",
        "date": now,
        "expires": now.saturating_add(HOUR),
        "test_mode": false,
        "this_dc": call.dc,
        "dc_options": dc_options(call),
        "dc_txt_domain_name": "",
        "chat_size_max": 200,
        "megagroup_size_max": 200_000,
        "forwarded_count_max": 100,
        "online_update_period_ms": 210_000,
        "offline_blur_timeout_ms": 5_000,
        "offline_idle_timeout_ms": 30_000,
        "online_cloud_timeout_ms": 300_000,
        "notify_cloud_delay_ms": 30_000,
        "notify_default_delay_ms": 1_500,
        "push_chat_period_ms": 60_000,
        "push_chat_limit": 2,
        "edit_time_limit": 172_800,
        "revoke_time_limit": i32::MAX,
        "revoke_pm_time_limit": i32::MAX,
        "rating_e_decay": 2_419_200,
        "stickers_recent_limit": 200,
        "channels_read_media_period": 604_800,
        "call_receive_timeout_ms": 20_000,
        "call_ring_timeout_ms": 90_000,
        "call_connect_timeout_ms": 30_000,
        "call_packet_timeout_ms": 10_000,
        "me_url_prefix": "https://t.me/",
        "caption_length_max": 1024,
        "message_length_max": 4096,
        "webfile_dc_id": HOME_DC,
    })
    .into())
}

fn get_nearest_dc(call: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    let dc = call.dc;
    Ok(json!({"_": "nearestDc", "country": "US", "this_dc": dc, "nearest_dc": HOME_DC}).into())
}

fn get_app_config(_: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    if super::auth::long(&request, "hash") == APP_CONFIG_HASH {
        return Ok(json!({"_": "help.appConfigNotModified"}).into());
    }
    let number = |key: &str, value: u32| {
        let value = json!({"_": "jsonNumber", "value": f64::from(value)});
        json!({"_": "jsonObjectValue", "key": key, "value": value})
    };
    Ok(
        json!({"_": "help.appConfig", "hash": APP_CONFIG_HASH, "config": {
            "_": "jsonObject",
            "value": [
                number("small_queue_max_active_operations_count", 5),
                number("large_queue_max_active_operations_count", 2),
                number("channels_limit_default", 500),
                number("dialogs_pinned_limit_default", 5),
                number("dialog_filters_limit_default", 10),
                number("upload_max_fileparts_default", 4000),
                number("caption_length_limit_default", 1024),
            ],
        }})
        .into(),
    )
}

/// There is no content network, so there are no keys of it.
fn get_cdn_config(_: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    Ok(json!({"_": "cdnConfig", "public_keys": []}).into())
}

fn get_app_update(_: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    Ok(json!({"_": "help.noAppUpdate"}).into())
}

fn get_terms_of_service_update(call: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    let expires = call.cloud.now().saturating_add(HOUR);
    Ok(json!({"_": "help.termsOfServiceUpdateEmpty", "expires": expires}).into())
}

fn get_promo_data(call: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    let expires = call.cloud.now().saturating_add(HOUR);
    Ok(json!({"_": "help.promoDataEmpty", "expires": expires}).into())
}

fn get_invite_text(_: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    Ok(json!({"_": "help.inviteText", "message": "A local cloud for trying things out."}).into())
}

fn save_app_log(_: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    Ok(Value::Bool(true).into())
}

fn empty_list(_: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    Ok(json!([]).into())
}

fn lang_code(request: &Value) -> &str {
    match text(request, "lang_code") {
        "" => "en",
        code => code,
    }
}

fn get_lang_pack(_: &Call<'_>, request: Value) -> Result<Answer, RpcError> {
    Ok(json!({
        "_": "langPackDifference",
        "lang_code": lang_code(&request),
        "from_version": request.get("from_version").cloned().unwrap_or(json!(0)),
        "version": 1,
        "strings": [],
    })
    .into())
}

fn english() -> Value {
    json!({
        "_": "langPackLanguage",
        "official": true,
        "name": "English",
        "native_name": "English",
        "lang_code": "en",
        "plural_code": "en",
        "strings_count": 0,
        "translated_count": 0,
        "translations_url": "",
    })
}

fn get_languages(_: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    Ok(json!([english()]).into())
}

fn get_language(_: &Call<'_>, _: Value) -> Result<Answer, RpcError> {
    Ok(english().into())
}
