//! YAML as a tree in which every key and value knows its place.

use std::fmt;

use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_saphyr::options::{DuplicateKeyPolicy, MergeKeyPolicy};
use serde_saphyr::{Error, Location, Options, Spanned, budget, options};

use crate::field_path::{FieldPath, Step};

/// Line and column, counted from 1.
pub(super) type Place = (u32, u32);

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) at: Place,
    pub(super) content: Content,
}

#[derive(Clone, Debug)]
pub(super) enum Content {
    Scalar(Value),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) at: Place,
    pub(super) key: String,
    pub(super) value: Node,
}

/// A manifest is flat and plain: anchors, merge keys, tags and further documents only hide what a lab asks for, and are
/// what YAML bombs are made of.
pub(super) fn strict(duplicate_keys: DuplicateKeyPolicy) -> Options {
    options! {
        budget: budget! {
            max_anchors: 0,
            max_aliases: 0,
            max_depth: 8,
            max_nodes: 2000,
            max_documents: 1,
        },
        duplicate_keys: duplicate_keys,
        merge_keys: MergeKeyPolicy::Error,
        reject_unsupported_tags: true,
        reject_non_finite_typeless_float: false,
        emit_comments: false,
        with_snippet: false,
    }
}

pub(super) fn place(location: Location) -> Place {
    let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    (number(location.line()), number(location.column()))
}

impl Node {
    pub(super) fn read(text: &str, duplicate_keys: DuplicateKeyPolicy) -> Result<Self, Error> {
        serde_saphyr::from_str_with_options(text, strict(duplicate_keys))
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self.content, Content::Scalar(Value::Null))
    }

    /// The same without places.
    pub(super) fn plain(&self) -> Value {
        match &self.content {
            Content::Scalar(value) => value.clone(),
            Content::List(items) => items.iter().map(Self::plain).collect(),
            Content::Map(entries) => entries.iter().map(|entry| (entry.key.clone(), entry.value.plain())).collect(),
        }
    }

    /// Where the value at `path` stands, or what would hold it.
    pub(super) fn place_of(&self, path: &FieldPath) -> Place {
        let mut node = self;
        for step in path.steps() {
            let Some(next) = node.child(step) else { break };
            node = next;
        }
        node.at
    }

    /// Where the key of the value at `path` stands, or what would hold it.
    pub(super) fn key_place_of(&self, path: &FieldPath) -> Place {
        let Some((parent, Step::Key(name))) = path.split_last() else { return self.place_of(path) };
        let mut node = self;
        for step in parent.steps() {
            let Some(next) = node.child(step) else { return node.at };
            node = next;
        }
        match &node.content {
            Content::Map(entries) => entries.iter().find(|entry| entry.key == *name).map_or(node.at, |entry| entry.at),
            Content::Scalar(_) | Content::List(_) => node.at,
        }
    }

    fn child(&self, step: &Step) -> Option<&Self> {
        match (&self.content, step) {
            (Content::List(items), Step::Index(index)) => items.get(*index),
            (Content::Map(entries), Step::Key(name)) => {
                entries.iter().find(|entry| entry.key == *name).map(|entry| &entry.value)
            }
            _ => None,
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Spanned { value, referenced, .. } = Spanned::<Content>::deserialize(deserializer)?;
        Ok(Self { at: place(referenced), content: value })
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Content, E> {
        Ok(Content::Scalar(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Content, E> {
        Ok(Content::Scalar(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Content, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Content::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Content, A::Error> {
        let mut entries = Vec::new();
        while let Some(key) = map.next_key::<Spanned<String>>()? {
            entries.push(Entry { at: place(key.referenced), key: key.value, value: map.next_value()? });
        }
        Ok(Content::Map(entries))
    }
}
