//! `GET /console/devices`: how cameras, scales and gates do.

use maud::{Markup, html};
use model::{Notice, NoticeKind, PlateIndex, Store, Time};
use office::Right;

use super::desk::Desk;
use super::moment::span;
use crate::live::{DeviceKind, Devices};
use crate::pages::error::PageError;
use crate::pages::speech::Speech;

/// A device that did not speak for this long is silent, seconds. Gates speak only when somebody comes.
const SILENT_S: f64 = 5.0;
/// Rows of a list; more are counted.
const ROWS: usize = 100;

/// The page.
pub(super) async fn devices(desk: Desk) -> Result<Markup, PageError> {
    desk.must(Right::SeeDevices)?;
    let title = desk.say("Devices", "Geräte");
    let body = html! {
        h1 { (title) }
        @match &desk.site.live {
            Some(live) => (shown(&desk, live.store(), &live.devices())),
            None => p.card.empty-state { (desk.say("No sensors are connected to this office.", "Mit diesem Büro sind keine Sensoren verbunden.")) },
        }
    };
    Ok(desk.fresh_page(title, "/console/devices", &body))
}

fn shown(desk: &Desk, store: &Store, devices: &Devices) -> Markup {
    html! {
        (notices(desk, &devices.notices()))
        div.columns {
            div { (heard(desk, store, devices)) (cameras(desk, store)) }
            div { (plates(desk, store, devices)) }
        }
    }
}

fn notices(desk: &Desk, notices: &[&Notice]) -> Markup {
    html! {
        section.card {
            h2 { (desk.say("What the engine noticed", "Was auffiel")) }
            @if notices.is_empty() { p.empty-state { (desk.say("Nothing: all is well.", "Nichts: Alles in Ordnung.")) } } @else {
                div.wide { table {
                    thead { tr {
                        th scope="col" { (desk.say("What", "Was")) }
                        th scope="col" { (desk.say("Subject", "Wobei")) }
                        th.number scope="col" { (desk.say("How often", "Wie oft")) }
                        th scope="col" { (desk.say("Last", "Zuletzt")) }
                        th scope="col" { (desk.say("How to mend it", "Was zu tun ist")) }
                    } }
                    tbody { @for notice in notices.iter().take(ROWS) { tr {
                        td { span.tag.doubt { (notice_word(desk.speech, notice.kind)) } }
                        td { (notice.subject) }
                        td.number { (notice.count) " ×" }
                        td { (desk.local.show(notice.last)) }
                        td lang="en" { (notice.subject) " " (notice.mend) }
                    } } }
                } }
            }
        }
    }
}

fn heard(desk: &Desk, store: &Store, devices: &Devices) -> Markup {
    let heard = devices.heard();
    let silent = store.gates().iter().filter(|gate| heard.iter().all(|device| device.sensor != gate.id));
    html! {
        section.card {
            h2 { (desk.say("Cameras, trackers, scale controllers, gates", "Kameras, Tracker, Waagen, Tore")) }
            div.wide { table {
                thead { tr {
                    th scope="col" { (desk.say("Device", "Gerät")) }
                    th scope="col" { (desk.say("Kind", "Art")) }
                    th scope="col" { (desk.say("Last heard", "Zuletzt gehört")) }
                    th.number scope="col" { (desk.say("Records", "Meldungen")) }
                } }
                tbody {
                    @for device in heard.iter().take(ROWS) {
                        @let age_s = devices.now.seconds_since(device.last);
                        @let is_silent = age_s > SILENT_S && device.kind != DeviceKind::Gate;
                        tr {
                            td { (device.sensor) }
                            td { (kind(desk.speech, device.kind)) }
                            td { span class={ "tag " (if is_silent { "bad" } else { "good" }) } { (desk.say("", "vor ")) (span(age_s, desk.speech)) (desk.say(" ago", "")) } }
                            td.number { (device.records) }
                        }
                    }
                    @for gate in silent { tr {
                        td { (gate.id) } td { (kind(desk.speech, DeviceKind::Gate)) }
                        td { span.tag { (desk.say("not yet", "noch nicht")) } } td.number { "0" }
                    } }
                }
            } }
        }
    }
}

fn cameras(desk: &Desk, store: &Store) -> Markup {
    html! {
        @if !store.cameras().is_empty() {
            section.card {
                h2 { (desk.say("Cameras", "Kameras")) }
                p.small { (desk.say(
                    "Cameras speak through their tracker; these are in the store file.",
                    "Kameras sprechen durch ihren Tracker; diese stehen in der Ladendatei.",
                )) }
                p.tags { @for camera in store.cameras() { span.tag { (camera.id) } " " } }
            }
        }
    }
}

fn plates(desk: &Desk, store: &Store, devices: &Devices) -> Markup {
    let all = (0..).zip(store.plates()).map(|(index, plate)| (plate, devices.weighed(PlateIndex(index))));
    let is_silent =
        |weighed: &Option<Time>| weighed.is_none_or(|weighed| devices.now.seconds_since(weighed) > SILENT_S);
    let mut silent: Vec<_> = all.filter(|(_, weighed)| is_silent(weighed)).collect();
    silent.sort_by_key(|(plate, weighed)| (weighed.is_none(), plate.id));
    let weighs = store.plates().len() - silent.len();
    html! {
        section.card {
            h2 { (desk.say("Plates", "Platten")) }
            p { strong { (weighs) } " " (desk.say("of", "von")) " " (store.plates().len()) " " (desk.say("plates weigh.", "Platten wiegen.")) }
            @if !silent.is_empty() {
                div.wide { table {
                    thead { tr {
                        th scope="col" { (desk.say("Plate", "Platte")) }
                        th scope="col" { (desk.say("Last weighed", "Zuletzt gewogen")) }
                    } }
                    tbody { @for (plate, weighed) in silent.iter().take(ROWS) { tr {
                        td { (plate.id) }
                        td { @match weighed {
                            Some(weighed) => { span.tag.bad { (desk.say("silent", "stumm")) } " " (desk.local.show(*weighed)) },
                            None => span.tag { (desk.say("never: it has no load cell, or it is unplugged", "nie: ohne Wägezelle oder nicht angeschlossen")) },
                        } }
                    } } }
                } }
                @if silent.len() > ROWS { p.small { (silent.len() - ROWS) " " (desk.say("more", "weitere")) } }
            }
        }
    }
}

fn kind(speech: Speech, kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Camera => speech.say("camera", "Kamera"),
        DeviceKind::Tracker => speech.say("tracker with its cameras", "Tracker mit Kameras"),
        DeviceKind::Scales => speech.say("scale controller", "Waagensteuerung"),
        DeviceKind::Gate => speech.say("gate", "Tor"),
    }
}

/// What was noticed, in a word or two.
pub(super) fn notice_word(speech: Speech, kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::Late => speech.say("too late", "zu spät"),
        NoticeKind::Duplicate => speech.say("sent twice", "doppelt"),
        NoticeKind::Conflict => speech.say("contradicts itself", "widerspricht sich"),
        NoticeKind::Ahead => speech.say("clock ahead", "Uhr geht vor"),
        NoticeKind::MissingSamples => speech.say("samples missing", "Messwerte fehlen"),
        NoticeKind::UnknownPlate => speech.say("unknown plate", "unbekannte Platte"),
        NoticeKind::NotANumber => speech.say("not a number", "keine Zahl"),
        NoticeKind::DeadPlate => speech.say("dead plate", "Platte tot"),
        NoticeKind::StuckPlate => speech.say("stuck plate", "Platte hängt"),
        NoticeKind::Overload => speech.say("overload", "Überlast"),
        NoticeKind::BadKeypoint => speech.say("bad position", "falsche Position"),
        NoticeKind::UntrackedView => speech.say("no tracker", "kein Tracker"),
        NoticeKind::UnknownCamera => speech.say("unknown camera", "unbekannte Kamera"),
        NoticeKind::SilentCamera => speech.say("silent camera", "stumme Kamera"),
        NoticeKind::MovedCamera => speech.say("moved camera", "verrückte Kamera"),
        NoticeKind::UnknownGate => speech.say("unknown gate", "unbekanntes Tor"),
        NoticeKind::UnknownPassage => speech.say("nobody at the gate", "niemand am Tor"),
        NoticeKind::UnboundTrack => speech.say("never came in", "kam nie herein"),
        NoticeKind::Unexplained => speech.say("fits no product", "passt zu keinem Produkt"),
        NoticeKind::WrongPlanogram => speech.say("lies elsewhere", "liegt woanders"),
        NoticeKind::UnreadableMessage => speech.say("unreadable", "unlesbar"),
        NoticeKind::UnknownChannel => speech.say("unknown channel", "unbekannter Kanal"),
    }
}
