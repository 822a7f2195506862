//! stub
use crate::Schema;
#[derive(Debug, thiserror::Error)]
#[error("cannot convert")]
pub struct ConvertError;
pub fn convert(
    _from: &Schema,
    _to: &Schema,
    _ty: &str,
    value: serde_json::Value,
) -> Result<serde_json::Value, ConvertError> {
    Ok(value)
}
