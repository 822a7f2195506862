//! A `serde_json::Value` tree of decoded TL.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Number, Value, json};

use crate::decode::Sink;
use crate::schema::{Combinator, Field};
use crate::text::double_hex;

/// Builds the tree: containers not yet closed wait on a stack.
#[derive(Default)]
pub(crate) struct Tree {
    open: Vec<Open>,
    done: Value,
}

enum Open {
    Object {
        object: Map<String, Value>,
        field: String,
    },
    Vector(Vec<Value>),
}

impl Tree {
    pub fn finish(self) -> Value {
        self.done
    }

    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            Some(Open::Object { object, field }) => {
                object.insert(std::mem::take(field), value);
            }
            Some(Open::Vector(elements)) => elements.push(value),
            None => self.done = value,
        }
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::Object { object, .. }) => self.put(Value::Object(object)),
            Some(Open::Vector(elements)) => self.put(Value::Array(elements)),
            None => {}
        }
    }
}

impl Sink for Tree {
    fn begin_object(&mut self, combinator: &Combinator) {
        let mut object = Map::new();
        object.insert("_".to_owned(), combinator.name().into());
        self.open.push(Open::Object {
            object,
            field: String::new(),
        });
    }

    fn field(&mut self, field: &Field) {
        if let Some(Open::Object { field: name, .. }) = self.open.last_mut() {
            field.name().clone_into(name);
        }
    }

    fn end_object(&mut self) {
        self.close();
    }

    fn begin_vector(&mut self) {
        self.open.push(Open::Vector(Vec::new()));
    }

    fn element(&mut self, _: u32) {}

    fn end_vector(&mut self) {
        self.close();
    }

    fn integer(&mut self, value: i64) {
        self.put(value.into());
    }

    fn double(&mut self, value: f64) {
        self.put(match Number::from_f64(value) {
            Some(number) => Value::Number(number),
            None => json!({ "$double": double_hex(value) }),
        });
    }

    fn bool(&mut self, value: bool) {
        self.put(value.into());
    }

    fn string(&mut self, value: &[u8]) {
        self.put(match std::str::from_utf8(value) {
            Ok(text) => text.into(),
            Err(_) => json!({ "$bytes": STANDARD.encode(value) }),
        });
    }

    fn bytes(&mut self, value: &[u8]) {
        self.put(STANDARD.encode(value).into());
    }
}
