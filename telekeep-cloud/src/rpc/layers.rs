//! Between the layer a client speaks and the one handlers speak.
//!
//! Requests are decoded with the client's schema and brought to the native layer, answers go the
//! other way. A client of the native layer costs nothing but the coding itself.

use serde_json::Value;
use telekeep_tl::{Schema, bundled, convert};

use super::{Answer, NATIVE_LAYER, RpcError};

/// A method of a client's layer.
#[derive(Clone, Copy)]
pub struct Method {
    /// Its TL name.
    pub name: &'static str,
    schema: &'static Schema,
}

/// The schema of a layer, or the error a client with an unknown layer gets.
pub fn schema(layer: i32) -> Result<&'static Schema, RpcError> {
    bundled(layer).ok_or_else(|| RpcError::bad_request("CONNECTION_LAYER_INVALID"))
}

fn native() -> Result<&'static Schema, RpcError> {
    schema(NATIVE_LAYER)
}

impl Method {
    /// The method a request calls, if the layer has it.
    pub fn of(query: &[u8], schema: &'static Schema) -> Option<Self> {
        let id = crate::session::incoming::constructor(query)?;
        let name = schema.by_id(id)?.name();
        schema.result_type(name)?;
        Some(Self { name, schema })
    }

    fn is_native(&self) -> bool {
        self.schema.layer() == NATIVE_LAYER
    }

    /// The request as JSON of the native layer.
    pub fn request(&self, query: &[u8]) -> Result<Value, RpcError> {
        let invalid = || RpcError::bad_request("INPUT_FETCH_ERROR");
        let request = self.schema.to_value("", query).map_err(|_| invalid())?;
        if self.is_native() {
            return Ok(request);
        }
        convert(self.schema, native()?, "", request).map_err(|_| invalid())
    }

    /// The answer as bytes of the client's layer. An answer that cannot be expressed is a mistake
    /// of the handler or of the conversion; the client gets error 500 and the caller counts it.
    pub fn answer(&self, answer: Answer) -> Result<Vec<u8>, String> {
        let problem = |what: &str, error: &dyn std::fmt::Display| {
            format!(
                "{}: {what} in layer {}: {error}",
                self.name,
                self.schema.layer()
            )
        };
        let native = native().map_err(|error| problem("no schema", &error))?;
        let result = |schema: &'static Schema| schema.result_type(self.name).unwrap_or("");
        let value = match answer {
            Answer::Tl(bytes) if self.is_native() => return Ok(bytes),
            Answer::Tl(bytes) => native
                .to_value(result(native), &bytes)
                .map_err(|error| problem("answer does not decode", &error))?,
            Answer::Json(value) => value,
        };
        let value = if self.is_native() {
            value
        } else {
            convert(native, self.schema, result(native), value)
                .map_err(|error| problem("answer does not convert", &error))?
        };
        let mut bytes = Vec::with_capacity(512);
        self.schema
            .encode(result(self.schema), &value, &mut bytes)
            .map_err(|error| problem("answer does not encode", &error))?;
        Ok(bytes)
    }
}

/// `updates` (native JSON of type `Updates`) as bytes of `layer`.
pub fn updates(updates: &Value, layer: i32) -> Result<Vec<u8>, String> {
    let problem = |error: &dyn std::fmt::Display| format!("updates in layer {layer}: {error}");
    let (native, schema) = (
        native().map_err(|e| problem(&e))?,
        schema(layer).map_err(|e| problem(&e))?,
    );
    let mut bytes = Vec::with_capacity(512);
    if layer == NATIVE_LAYER {
        schema
            .encode("Updates", updates, &mut bytes)
            .map_err(|error| problem(&error))?;
    } else {
        let value = convert(native, schema, "Updates", updates.clone());
        let value = value.map_err(|error| problem(&error))?;
        schema
            .encode("Updates", &value, &mut bytes)
            .map_err(|error| problem(&error))?;
    }
    Ok(bytes)
}
