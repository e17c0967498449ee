use model::Time;
use simulator::Rng;
use simulator::palms::{self, Attack, Camera, Conditions, FRAMES, Hand, Moment, attack, live};

use super::align::{Place, Warp};
use super::backdrop::Backdrop;
use super::{Burst, Cue, Cues, Flicker, Lamp, Verdict, bands, ground};
use crate::patch::MEAN_HAND_MM;
use crate::{Picture, Reader, Side};

const CAMERA: Camera = Camera { width: 360, height: 360, focal_px: 0.83 * 480.0 };

fn burst(moments: Vec<Moment>) -> Burst {
    burst_lit(moments.into_iter().map(|moment| (moment, None)))
}

fn burst_lit(moments: impl Iterator<Item = (Moment, Option<Lamp>)>) -> Burst {
    let reader = Reader::new().unwrap();
    let mut burst = Burst::new();
    for (Moment { after_ns, frame }, lamp) in moments {
        let picture = Picture::from_rgb(frame.width, frame.height, frame.rgb).unwrap();
        if let Ok(look) = reader.look(&picture) {
            let verdict = burst.push(Time::from_nanos(after_ns), &picture, &look, lamp);
            assert_eq!(verdict, burst.verdict());
        }
    }
    burst
}

/// The lights of a kiosk, and as they fall on what is before it.
fn lights() -> (Vec<Option<Lamp>>, palms::Lamp) {
    let lights: Vec<Lamp> = Flicker::new(0x5DEE_CE66_D123_4567).take(FRAMES).collect();
    let lamp = palms::Lamp::new(0.3, lights.iter().map(|lamp| *lamp == Lamp::Bright).collect());
    (lights.into_iter().map(Some).collect(), lamp)
}

fn living(number: u64) -> Vec<Moment> {
    let mut rng = Rng::new(number, "tests: liveness");
    live(&Hand::new(31, number), &mut rng, &Conditions::CALM, &CAMERA, &palms::Lamp::off()).collect()
}

fn faked(what: Attack, number: u64) -> Vec<Moment> {
    let mut rng = Rng::new(number, "tests: liveness");
    attack(what, &Hand::new(31, number), &mut rng, &Conditions::CALM, &CAMERA, &palms::Lamp::off()).collect()
}

fn cue(cues: &Cues, cue: Cue) -> f64 {
    cues.values()[cue as usize]
}

#[test]
fn a_living_hand_is_told_from_its_print_by_its_relief() {
    let (hand, print) = (burst(living(3)).cues().unwrap(), burst(faked(Attack::CutOut, 3)).cues().unwrap());
    assert!(cue(&hand, Cue::Relief) > cue(&print, Cue::Relief) + 1.0, "{hand:?} {print:?}");
}

#[test]
fn a_picture_shown_again_and_again_is_an_attack() {
    let still = living(4).remove(0).frame;
    let again = (0..6).map(|index| Moment { after_ns: index * 125_000_000, frame: still.clone() }).collect();
    assert!(matches!(burst(again).verdict(), Verdict::Attack { .. }));
}

#[test]
fn a_sheet_is_told_by_what_trembles_beside_the_hand() {
    let (hand, sheet) = (burst(living(9)).cues().unwrap(), burst(faked(Attack::Sheet, 9)).cues().unwrap());
    assert!(cue(&hand, Cue::Backdrop) > cue(&sheet, Cue::Backdrop) + 1.0, "{hand:?} {sheet:?}");
}

#[test]
fn a_hand_follows_the_kiosks_light_and_a_film_of_it_does_not_even_one_fed_in_the_cameras_place() {
    let (lights, lamp) = lights();
    let hand = Hand::new(31, 9);
    let rng = || Rng::new(9, "tests: liveness");
    let verdict = |moments: Vec<Moment>| burst_lit(moments.into_iter().zip(lights.clone())).verdict();
    let living = verdict(live(&hand, &mut rng(), &Conditions::CALM, &CAMERA, &lamp).collect());
    assert!(matches!(living, Verdict::Live { .. }), "{living:?}");
    let on_screen =
        attack(Attack::FilmOnScreen, &hand, &mut rng(), &Conditions::CALM, &CAMERA, &lamp).collect();
    assert!(matches!(verdict(on_screen), Verdict::Attack { .. }));
    let fed = verdict(live(&hand, &mut rng(), &Conditions::CALM, &CAMERA, &palms::Lamp::off()).collect());
    assert!(matches!(fed, Verdict::Attack { cue: Cue::Lamp, .. }), "{fed:?}");
}

#[test]
fn too_few_or_too_hasty_looks_ask_for_more() {
    assert_eq!(Burst::new().verdict(), Verdict::More);
    let mut moments = living(5);
    moments.truncate(3);
    assert_eq!(burst(moments).verdict(), Verdict::More);
    let mut hasty = living(5);
    hasty.iter_mut().enumerate().for_each(|(index, moment)| moment.after_ns = 30_000_000 * index as i64);
    assert_eq!(burst(hasty).verdict(), Verdict::More);
}

#[test]
fn a_verdict_stays_whatever_is_shown_after_it() {
    let reader = Reader::new().unwrap();
    let (hand, print) = (living(6), faked(Attack::CutOut, 8));
    let mut told = burst(hand);
    let verdict = told.verdict();
    for Moment { after_ns, frame } in print {
        let picture = Picture::from_rgb(frame.width, frame.height, frame.rgb).unwrap();
        if let Ok(look) = reader.look(&picture) {
            let time = Time::from_nanos(after_ns + 1_200_000_000);
            assert_eq!(told.push(time, &picture, &look, None), verdict);
        }
    }
}

#[test]
fn the_other_hand_and_a_long_pause_begin_anew() {
    // Numbers 4 and 5 are a left and a right hand.
    let mut moments = living(4);
    moments.truncate(4);
    let mut other = living(5);
    other.truncate(4);
    other.iter_mut().for_each(|moment| moment.after_ns += 600_000_000);
    assert_eq!(burst(moments.iter().cloned().chain(other).collect()).verdict(), Verdict::More);
    let mut late = living(4).split_off(4);
    late.truncate(4);
    late.iter_mut().for_each(|moment| moment.after_ns += 3_000_000_000);
    assert_eq!(burst(moments.into_iter().chain(late).collect()).verdict(), Verdict::More);
}

#[test]
fn the_same_pictures_give_the_same_score() {
    assert_eq!(burst(living(6)).verdict(), burst(living(6)).verdict());
}

#[test]
fn bands_stand_out_where_strips_share_them() {
    let looks = |is_shared: bool| -> Vec<Vec<bands::Wave>> {
        let part = |look: usize, strip: usize| {
            let turn = if is_shared { 0.0 } else { 1.7 * strip as f64 };
            [libm::sin(2.0 * look as f64 + turn), libm::cos(2.0 * look as f64 + turn)].map(|part| 1e-3 * part)
        };
        (0..6).map(|look| vec![std::array::from_fn(|strip| part(look, strip)); 92]).collect()
    };
    let tilts = [[-0.03, 0.01], [-0.02, 0.0], [-0.01, -0.02], [0.01, 0.0], [0.02, 0.01], [0.03, 0.0]];
    let clearest = |looks: Vec<Vec<bands::Wave>>| {
        bands::clearest(&looks.iter().map(Vec::as_slice).collect::<Vec<_>>(), &tilts)
    };
    assert!(clearest(looks(true)) > 30.0);
    assert!(clearest(looks(false)) < 1.0);
}

#[test]
fn a_room_that_moves_by_a_pixel_is_seen_to_and_one_that_grows_darker_is_not() {
    let landmarks = MEAN_HAND_MM.map(|[x, y]| [180.0 + 2.0 * x, 200.0 - 2.0 * y]);
    let place = Place::new(&landmarks, Side::Right).unwrap();
    let backdrop = |moved: f64, light: f64| {
        let pixels = (0..360 * 360).flat_map(|pixel| {
            let (column, row) = (f64::from(pixel % 360) - moved, f64::from(pixel / 360));
            let value = 120.0 + 60.0 * libm::sin(0.11 * column + 0.07 * row);
            [(light * value) as u8; 3]
        });
        let picture = Picture::from_rgb(360, 360, pixels.collect()).unwrap();
        Backdrop::new(&picture, &place, &Warp::default(), 2).unwrap()
    };
    let shift = |later: &Backdrop| backdrop(0.0, 1.0).shift(later);
    let [across, down] = shift(&backdrop(1.0, 1.0));
    // A cell is two pixels; along the wave's crests nothing can be seen, so the movement is told across them.
    assert!((across * 0.11 + down * 0.07 - 0.055).abs() < 0.01, "{across} {down}");
    assert!(shift(&backdrop(0.0, 0.8)).iter().all(|part| part.abs() < 0.02));
}

#[test]
fn smooth_surfaces_are_found_again() {
    let places: Vec<[f32; 2]> = ground::cells().iter().map(|(_, _, place)| *place).collect();
    let terms = [0.3, -0.1, 0.2, 0.05, -0.4, 0.1];
    let values: Vec<f64> = places.iter().map(|place| ground::value(&terms, *place)).collect();
    for (found, term) in ground::fit(&places, &values).into_iter().zip(terms) {
        assert!((found - term).abs() < 1e-9);
    }
}
