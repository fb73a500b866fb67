//! Keys as serde reads them.

use crate::yaml::de_error::Failure;
use crate::yaml::{ScalarType, scalar};
use serde::Deserializer;
use serde::de::{Error, IntoDeserializer, Unexpected, Visitor};

/// A key. Keys are texts; a type that takes numbers as keys reads them from the text.
pub(super) struct KeyText<'de>(pub(super) &'de str);

impl<'de> KeyText<'de> {
    fn number<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match scalar::resolve(self.0) {
            ScalarType::Int(value) => match u64::try_from(value) {
                Ok(value) => visitor.visit_u64(value),
                Err(_) => visitor.visit_i64(value),
            },
            ScalarType::Null | ScalarType::Bool(_) | ScalarType::Float | ScalarType::String => {
                Err(Failure::invalid_type(Unexpected::Str(self.0), &visitor))
            }
        }
    }
}

impl<'de> Deserializer<'de> for KeyText<'de> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_borrowed_str(self.0)
    }

    read_by! {
        number: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
            deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128;
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        visitor.visit_enum(self.0.into_deserializer())
    }

    serde::forward_to_deserialize_any! {
        bool f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map
        struct identifier ignored_any
    }
}
