//! Variants of enums as serde reads them.

use super::Tree;
use crate::yaml::Entry;
use crate::yaml::de_error::{Failure, abridged};
use serde::de::value::BorrowedStrDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, VariantAccess, Visitor};

/// A variant given by its name alone.
pub(super) struct BareName<'de>(pub(super) &'de str);

impl<'de> EnumAccess<'de> for BareName<'de> {
    type Error = Failure;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Failure> {
        seed.deserialize(BorrowedStrDeserializer::new(self.0))
            .map(|value| (value, self))
    }
}

impl BareName<'_> {
    fn lacks_value<T>(self) -> Result<T, Failure> {
        let name = abridged(self.0);
        Err(Failure::wrong_form(
            format!("`{name}` needs a value"),
            Some(format!(
                "write `{name}: …`, or `{{ {name}: … }}` in one line"
            )),
        ))
    }
}

impl<'de> VariantAccess<'de> for BareName<'de> {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _seed: T) -> Result<T::Value, Failure> {
        self.lacks_value()
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        _visitor: V,
    ) -> Result<V::Value, Failure> {
        self.lacks_value()
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, Failure> {
        self.lacks_value()
    }
}

/// A variant given by a mapping with one key.
pub(super) struct OneKey<'de>(pub(super) &'de Entry);

impl<'de> EnumAccess<'de> for OneKey<'de> {
    type Error = Failure;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Failure> {
        let key = &self.0.key;
        seed.deserialize(BorrowedStrDeserializer::new(key))
            .map(|value| (value, self))
            .map_err(|error: Failure| error.at_key(key))
    }
}

impl<'de> OneKey<'de> {
    fn below<T>(&self, read: impl FnOnce(Tree<'de>) -> Result<T, Failure>) -> Result<T, Failure> {
        read(Tree(&self.0.value)).map_err(|error| error.below(&self.0.key))
    }
}

impl<'de> VariantAccess<'de> for OneKey<'de> {
    type Error = Failure;

    fn unit_variant(self) -> Result<(), Failure> {
        let name = abridged(&self.0.key);
        let failure = Failure::wrong_form(
            format!("`{name}` takes no value"),
            Some(format!("write `{name}` alone")),
        );
        Err(failure.at_key(&self.0.key))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Failure> {
        self.below(|tree| seed.deserialize(tree))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.below(|tree| tree.sequence(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        self.below(|tree| tree.mapping(visitor))
    }
}
