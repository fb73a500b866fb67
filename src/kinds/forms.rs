//! Types whose form says what they are: a text, a truth value, a list or a map.
//!
//! serde's `untagged` would do, but it also reads lists as structs and maps as words; these read
//! what their schemas say.

/// Reading of an enum by the form of the value; the schema is that of `#[schemars(untagged)]`.
///
/// - `text` takes `&str`, `truth` takes `bool`, `list TYPE` takes a `Vec<TYPE>`, `map TYPE` takes
///   that type, read from the map. Each gives `Result<_, String>`.
macro_rules! by_form {
    ($ty:ty, $expected:literal
        $(, text $text:expr)?
        $(, truth $truth:expr)?
        $(, list $item:ty => $list:expr)?
        $(, map $map:ty => $from:expr)?
        $(,)?
    ) => {
        impl<'de> serde::Deserialize<'de> for $ty {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct FormVisitor;

                impl<'de> serde::de::Visitor<'de> for FormVisitor {
                    type Value = $ty;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expected)
                    }

                    $(fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<$ty, E> {
                        let read: fn(&str) -> Result<$ty, String> = $text;
                        read(text).map_err(E::custom)
                    })?

                    $(fn visit_bool<E: serde::de::Error>(self, truth: bool) -> Result<$ty, E> {
                        let read: fn(bool) -> $ty = $truth;
                        Ok(read(truth))
                    })?

                    $(fn visit_seq<A: serde::de::SeqAccess<'de>>(
                        self,
                        items: A,
                    ) -> Result<$ty, A::Error> {
                        let items = serde::de::value::SeqAccessDeserializer::new(items);
                        let read: fn(Vec<$item>) -> $ty = $list;
                        serde::Deserialize::deserialize(items).map(read)
                    })?

                    $(fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        entries: A,
                    ) -> Result<$ty, A::Error> {
                        let entries = serde::de::value::MapAccessDeserializer::new(entries);
                        let read: fn($map) -> Result<$ty, String> = $from;
                        read(serde::Deserialize::deserialize(entries)?)
                            .map_err(serde::de::Error::custom)
                    })?
                }

                deserializer.deserialize_any(FormVisitor)
            }
        }
    };
}

pub(in crate::kinds) use by_form;

/// For `deserialize_with`: a field that may be absent but not null.
pub(in crate::kinds) fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
