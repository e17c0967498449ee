//! How kiosks are told to light hands, and say that they did.

use palm::liveness::Lamp;
use serde::Deserialize;

/// What a page says of a picture: how its screen lit it. The page knows two words, as in the style sheet; where the kiosk does not light
/// hands, it says nothing.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(crate) struct Lit {
    light: Option<Light>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Light {
    Dim,
    Bright,
}

impl Lit {
    /// As the palm's reader knows it.
    pub(crate) fn lamp(self) -> Option<Lamp> {
        self.light.map(|light| match light {
            Light::Dim => Lamp::Dim,
            Light::Bright => Lamp::Bright,
        })
    }

    /// How a page is told to light the next picture.
    pub(crate) fn word(lamp: Lamp) -> &'static str {
        match lamp {
            Lamp::Dim => "dim",
            Lamp::Bright => "bright",
        }
    }
}
