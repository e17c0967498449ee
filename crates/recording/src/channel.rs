//! What a channel of a recording carries: its topic, its schema, its sensor.

use model::{Record, SensorId};

/// `FileDescriptorSet` of `proto/saunter.proto`: the schema that every channel embeds.
pub(crate) const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/saunter.binpb"));
/// MCAP's name for a schema that is a protocol buffer descriptor set, and for messages of one.
pub(crate) const PROTOBUF: &str = "protobuf";
/// The topic of the store.
pub(crate) const STORE_TOPIC: &str = "/store";

/// What the messages of a channel are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ChannelKind {
    Store,
    Plates,
    View,
    People,
    Credential,
    Passage,
    /// Figures for viewers: told by other channels, too, and not read.
    Scene,
}

impl ChannelKind {
    pub(crate) fn of(record: &Record) -> Self {
        match record {
            Record::Plates(_) => Self::Plates,
            Record::View(_) => Self::View,
            Record::People(_) => Self::People,
            Record::Credential(_) => Self::Credential,
            Record::Passage(_) => Self::Passage,
        }
    }

    /// The descriptors of its schema.
    pub(crate) fn descriptors(self) -> &'static [u8] {
        match self {
            Self::Scene => include_bytes!(concat!(env!("OUT_DIR"), "/foxglove.binpb")),
            _ => DESCRIPTORS,
        }
    }

    /// Full name of the message's type.
    pub(crate) fn schema_name(self) -> &'static str {
        match self {
            Self::Store => "saunter.v1.Store",
            Self::Plates => "saunter.v1.PlateBatch",
            Self::View => "saunter.v1.View",
            Self::People => "saunter.v1.People",
            Self::Credential => "saunter.v1.Credential",
            Self::Passage => "saunter.v1.Passage",
            Self::Scene => "foxglove.SceneUpdate",
        }
    }

    /// What stands before and after the sensor's name in the topic.
    fn around_sensor(self) -> (&'static str, &'static str) {
        match self {
            Self::Store => (STORE_TOPIC, ""),
            Self::Plates => ("/plates/", ""),
            Self::View => ("/views/", ""),
            Self::People => ("/people/", ""),
            Self::Credential => ("/gates/", "/credential"),
            Self::Passage => ("/gates/", "/passage"),
            Self::Scene => ("/scene/", ""),
        }
    }

    /// The topic of a sensor's messages of this kind.
    pub(crate) fn topic(self, sensor: &str) -> String {
        let (before, after) = self.around_sensor();
        format!("{before}{sensor}{after}")
    }
}

/// The kind and the sensor of a channel, if it is one of ours.
pub(crate) fn recognise(channel: &mcap::Channel<'_>) -> Option<(ChannelKind, SensorId)> {
    use ChannelKind::{Credential, Passage, People, Plates, Scene, Store, View};
    let schema = channel.schema.as_ref()?;
    let kind = [Store, Plates, View, People, Credential, Passage, Scene]
        .into_iter()
        .find(|kind| kind.schema_name() == schema.name && schema.encoding == PROTOBUF)?;
    let (before, after) = kind.around_sensor();
    let sensor = channel.topic.strip_prefix(before)?.strip_suffix(after)?;
    let named = sensor.is_empty() == (kind == Store) && channel.message_encoding == PROTOBUF;
    named.then(|| (kind, sensor.into()))
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use super::*;

    fn channel(topic: &str, schema: &str, encoding: &str) -> mcap::Channel<'static> {
        let schema = mcap::Schema {
            id: 1,
            name: schema.to_owned(),
            encoding: PROTOBUF.to_owned(),
            data: Cow::Borrowed(DESCRIPTORS),
        };
        mcap::Channel {
            id: 1,
            topic: topic.to_owned(),
            schema: Some(Arc::new(schema)),
            message_encoding: encoding.to_owned(),
            metadata: BTreeMap::new(),
        }
    }

    #[test]
    fn a_topic_tells_the_sensor_even_if_it_has_slashes() {
        use ChannelKind::{Credential, Passage, People, Plates, View};
        for kind in [Plates, View, People, Credential, Passage] {
            for sensor in ["scale-1", "north/east gate", "passage"] {
                let channel = channel(&kind.topic(sensor), kind.schema_name(), PROTOBUF);
                assert_eq!(recognise(&channel), Some((kind, sensor.into())));
            }
        }
    }

    #[test]
    fn a_foreign_channel_is_not_taken_for_one_of_ours() {
        for (topic, schema, encoding) in [
            ("/plates/", "saunter.v1.PlateBatch", PROTOBUF),
            ("/scales/1", "saunter.v1.PlateBatch", PROTOBUF),
            ("/plates/1", "saunter.v1.People", PROTOBUF),
            ("/plates/1", "saunter.v1.PlateBatch", "json"),
            ("/gates/passage", "saunter.v1.Passage", PROTOBUF),
            ("/store/old", "saunter.v1.Store", PROTOBUF),
        ] {
            assert_eq!(recognise(&channel(topic, schema, encoding)), None, "{topic} {schema} {encoding}");
        }
    }
}
