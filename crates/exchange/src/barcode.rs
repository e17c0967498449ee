//! Bar codes as retailers have them, held to their check digits.

use std::fmt;

use model::Gtin;
use serde::{Deserialize, Serialize};

use crate::Fault;

/// What kind of number a bar code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BarcodeKind {
    /// UPC-A of 12 digits, or UPC-E of 8 digits (number system, six digits, check digit).
    Upc,
    /// EAN-8, which is GTIN-8.
    Ean8,
    /// EAN-13, which is GTIN-13.
    Ean13,
    /// GTIN-14, on cases.
    Gtin14,
    /// ISBN of ten digits, of books before 2007; the last may be an X.
    Isbn10,
    /// Price look-up code of 3 to 6 digits: loose goods; it has no check digit.
    Plu,
}

impl BarcodeKind {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Upc, Self::Ean8, Self::Ean13, Self::Gtin14, Self::Isbn10, Self::Plu];

    /// Its name in an upload, such as `ean13`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Upc => "upc",
            Self::Ean8 => "ean8",
            Self::Ean13 => "ean13",
            Self::Gtin14 => "gtin14",
            Self::Isbn10 => "isbn10",
            Self::Plu => "plu",
        }
    }

    /// How many digits it may have.
    const fn lengths(self) -> &'static [usize] {
        match self {
            Self::Upc => &[12, 8],
            Self::Ean8 => &[8],
            Self::Ean13 => &[13],
            Self::Gtin14 => &[14],
            Self::Isbn10 => &[10],
            Self::Plu => &[3, 4, 5, 6],
        }
    }

    /// The kind that a bar code of so many digits most likely is, counting those that lack a check digit.
    const fn of_length(digits: usize) -> Option<Self> {
        match digits {
            3..=6 => Some(Self::Plu),
            7 | 8 => Some(Self::Ean8),
            9 | 10 => Some(Self::Isbn10),
            11 | 12 => Some(Self::Upc),
            13 => Some(Self::Ean13),
            14 => Some(Self::Gtin14),
            _ => None,
        }
    }
}

/// A bar code with a right check digit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Barcode {
    kind: BarcodeKind,
    digits: Box<str>,
}

impl Barcode {
    /// A bar code of a known kind.
    ///
    /// # Errors
    /// If it has other than digits, too many or too few of them, or no or a wrong check digit; the fault tells
    /// the right one.
    pub fn new(kind: BarcodeKind, text: &str) -> Result<Self, Fault> {
        check_digits_only(kind, text)?;
        if kind.lengths().contains(&text.len()) {
            check_digit_is_right(kind, text)?;
            return Ok(Self { kind, digits: text.into() });
        }
        if kind == BarcodeKind::Ean13 && Self::new(BarcodeKind::Upc, text).is_ok() {
            return Err(Fault::new(
                format!("is \"{text}\", a UPC of {} digits", text.len()),
                "give its type as \"upc\"",
            ));
        }
        if kind != BarcodeKind::Plu && kind.lengths().contains(&(text.len() + 1)) {
            let digit = check_digit(kind, text);
            return Err(Fault::new(
                format!("is \"{text}\" and lacks its check digit, {digit}"),
                format!("write \"{text}{digit}\""),
            ));
        }
        Err(Fault::new(
            format!("is \"{text}\" and has {} digits", text.len()),
            format!(
                "a bar code of type {} has {}: correct it, or its type",
                kind.as_str(),
                listed(kind.lengths())
            ),
        ))
    }

    /// A bar code whose kind nobody says, told by how many digits it has.
    ///
    /// # Errors
    /// As with [`Self::new`].
    pub fn guess(text: &str) -> Result<Self, Fault> {
        if text.contains(['E', 'e']) && text.contains('+') {
            return Err(Fault::new(
                format!("is {text:?}: a spreadsheet has rounded it"),
                "format the column as text before the file is opened, and export again",
            ));
        }
        let kind = BarcodeKind::of_length(text.len()).ok_or_else(|| {
            Fault::new(
                format!("is {text:?}, which is no bar code"),
                "give a UPC, EAN, GTIN-14, ISBN-10 or PLU, or leave it empty",
            )
        })?;
        // Eight digits are an EAN-8 or a UPC-E: whose check digit is right tells.
        Self::new(kind, text).or_else(|fault| match kind {
            BarcodeKind::Ean8 if text.len() == 8 => Self::new(BarcodeKind::Upc, text).map_err(|_| fault),
            _ => Err(fault),
        })
    }

    /// What kind it is.
    pub const fn kind(&self) -> BarcodeKind {
        self.kind
    }

    /// Its digits, as printed under the bars.
    pub fn as_str(&self) -> &str {
        &self.digits
    }

    /// The Global Trade Item Number it stands for: a UPC-E is its UPC-A, an ISBN-10 the EAN-13 of the same book
    /// (ISBN Users' Manual: 978 before it, a new check digit). A PLU has none.
    pub fn gtin(&self) -> Option<Gtin> {
        let digits = match (self.kind, self.digits.len()) {
            (BarcodeKind::Plu, _) => return None,
            (BarcodeKind::Isbn10, _) => with_check_digit(format!("978{}", self.body())),
            (BarcodeKind::Upc, 8) => with_check_digit(upc_a_body(self.body())),
            _ => self.digits.to_string(),
        };
        digits.parse().ok()
    }

    /// What tells it from all other bar codes, however it is written: its GTIN in 14 digits, or `plu` and the
    /// digits.
    pub fn key(&self) -> String {
        match self.gtin() {
            Some(gtin) => format!("{:0>14}", gtin.as_str()),
            None => format!("plu{}", self.digits),
        }
    }

    /// All but the check digit.
    fn body(&self) -> &str {
        &self.digits[..self.digits.len() - 1]
    }
}

/// Its kind and digits: `ean13 4006381333931`.
impl fmt::Display for Barcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.as_str(), self.digits)
    }
}

/// Refuses whatever is no digit, apart from the X that ends some ISBNs.
fn check_digits_only(kind: BarcodeKind, text: &str) -> Result<(), Fault> {
    let digits = match kind {
        BarcodeKind::Isbn10 if text.len() == 10 => text.strip_suffix('X').unwrap_or(text),
        _ => text,
    };
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(())
    } else {
        Err(Fault::new(
            format!("is {text:?}, which is not all digits"),
            "write the digits under the bars and nothing else, as text",
        ))
    }
}

/// Refuses a wrong check digit of a bar code that has the right length.
fn check_digit_is_right(kind: BarcodeKind, text: &str) -> Result<(), Fault> {
    if kind == BarcodeKind::Plu {
        return Ok(());
    }
    let (body, found) = text.split_at(text.len() - 1);
    if kind == BarcodeKind::Upc && text.len() == 8 && !text.starts_with(['0', '1']) {
        return Err(Fault::new(
            format!("is \"{text}\": a UPC of 8 digits begins with 0 or 1"),
            "correct it, or give its type as \"ean8\"",
        ));
    }
    let right = check_digit(kind, body);
    if found == right.to_string() {
        Ok(())
    } else {
        Err(Fault::new(
            format!("is \"{text}\": its check digit is {found} and should be {right}"),
            format!("compare it with the package: write \"{body}{right}\" if only the last digit is wrong"),
        ))
    }
}

/// The check digit of the digits before it.
fn check_digit(kind: BarcodeKind, body: &str) -> char {
    match kind {
        BarcodeKind::Isbn10 => isbn_10_check_digit(body),
        BarcodeKind::Upc if body.len() == 7 => gs1_check_digit(&upc_a_body(body)),
        _ => gs1_check_digit(body),
    }
}

/// GS1 General Specifications, section 7.9: weights 3 and 1 from the right, up to the next ten.
pub(crate) fn gs1_check_digit(body: &str) -> char {
    let weighed = digits(body).rev().zip([3, 1].into_iter().cycle());
    let sum: u32 = weighed.map(|(digit, weight)| digit * weight).sum();
    char::from_digit((10 - sum % 10) % 10, 10).unwrap_or('0')
}

/// ISO 2108:1992: weights 10 to 2 from the left, up to the next eleven; X is ten.
fn isbn_10_check_digit(body: &str) -> char {
    let sum: u32 = digits(body).zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    char::from_digit((11 - sum % 11) % 11, 10).unwrap_or('X')
}

/// The first eleven digits of the UPC-A that a UPC-E's first seven stand for: its sixth digit says where the
/// zeros were left out (GS1 General Specifications, section 5.2.2.4).
fn upc_a_body(body: &str) -> String {
    let (system, rest) = body.split_at(1);
    let (five, last) = rest.split_at(5);
    let (two, three, four) = (&five[..2], &five[..3], &five[..4]);
    match last {
        "0" | "1" | "2" => format!("{system}{two}{last}0000{}", &five[2..]),
        "3" => format!("{system}{three}00000{}", &five[3..]),
        "4" => format!("{system}{four}00000{}", &five[4..]),
        _ => format!("{system}{five}0000{last}"),
    }
}

/// A number with its GS1 check digit behind it.
fn with_check_digit(mut body: String) -> String {
    body.push(gs1_check_digit(&body));
    body
}

/// The values of digits; others count nothing.
fn digits(text: &str) -> impl DoubleEndedIterator<Item = u32> + '_ {
    text.chars().map(|digit| digit.to_digit(10).unwrap_or(0))
}

/// `12 or 8`.
fn listed(lengths: &[usize]) -> String {
    lengths.iter().map(usize::to_string).collect::<Vec<_>>().join(" or ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fault(kind: BarcodeKind, text: &str) -> String {
        Barcode::new(kind, text).unwrap_err().to_string()
    }

    #[test]
    fn each_kind_is_held_to_its_own_check_digit() {
        use BarcodeKind::{Ean8, Ean13, Gtin14, Isbn10, Plu, Upc};
        for (kind, right, gtin) in [
            (Upc, "036000291452", Some("036000291452")),
            // The four ways of leaving zeros out.
            (Upc, "04252614", Some("042100005264")),
            (Upc, "01234531", Some("012300000451")),
            (Upc, "01234543", Some("012340000053")),
            (Upc, "01234565", Some("012345000065")),
            (Ean8, "96385074", Some("96385074")),
            (Ean13, "4006381333931", Some("4006381333931")),
            (Gtin14, "10614141000415", Some("10614141000415")),
            (Isbn10, "0306406152", Some("9780306406157")),
            (Isbn10, "080442957X", Some("9780804429573")),
            (Plu, "4011", None),
            (Plu, "94011", None),
        ] {
            let barcode = Barcode::new(kind, right).unwrap_or_else(|fault| panic!("{right}: {fault}"));
            assert_eq!(barcode.gtin().as_ref().map(Gtin::as_str), gtin, "{right}");
        }
    }

    #[test]
    fn a_fault_says_which_digit_would_be_right() {
        insta::assert_snapshot!(fault(BarcodeKind::Ean13, "4006381333932"), @r#"is "4006381333932": its check digit is 2 and should be 1: compare it with the package: write "4006381333931" if only the last digit is wrong"#);
        insta::assert_snapshot!(fault(BarcodeKind::Ean13, "400638133393"), @r#"is "400638133393" and lacks its check digit, 1: write "4006381333931""#);
        insta::assert_snapshot!(fault(BarcodeKind::Ean13, "036000291452"), @r#"is "036000291452", a UPC of 12 digits: give its type as "upc""#);
        insta::assert_snapshot!(fault(BarcodeKind::Upc, "0425261"), @r#"is "0425261" and lacks its check digit, 4: write "04252614""#);
        insta::assert_snapshot!(fault(BarcodeKind::Isbn10, "080442957"), @r#"is "080442957" and lacks its check digit, X: write "080442957X""#);
        insta::assert_snapshot!(fault(BarcodeKind::Gtin14, "123"), @r#"is "123" and has 3 digits: a bar code of type gtin14 has 14: correct it, or its type"#);
        assert!(fault(BarcodeKind::Plu, "12").contains("has 3 or 4 or 5 or 6"));
        assert!(fault(BarcodeKind::Ean13, "4006381-333931").contains("not all digits"));
        assert!(fault(BarcodeKind::Upc, "23456789").contains("begins with 0 or 1"));
        assert!(Barcode::guess("4.00638E+12").unwrap_err().what.contains("spreadsheet"));
    }

    #[test]
    fn the_same_number_written_otherwise_has_the_same_key() {
        let key = |text| Barcode::guess(text).unwrap().key();
        assert_eq!(key("04252614"), key("042100005264"));
        assert_eq!(key("042100005264"), key("0042100005264"));
        assert_eq!(key("0306406152"), key("9780306406157"));
        assert_eq!(key("4011"), "plu4011");
    }

    proptest! {
        #[test]
        fn what_a_fault_tells_to_write_is_right(body in "[01][0-9]{6,12}", kind in 0..5_usize) {
            let kind = BarcodeKind::ALL[kind];
            if let Err(fault) = Barcode::new(kind, &body)
                && let Some(mended) = fault.mend.strip_prefix("write \"")
            {
                prop_assert!(Barcode::new(kind, mended.trim_end_matches('"')).is_ok());
            }
        }

        #[test]
        fn one_digit_mistyped_never_passes(
            body in "[0-9]{12}", place in 0..13_usize, by in 1..10_u8,
        ) {
            let mut typed = with_check_digit(body).into_bytes();
            prop_assert!(Barcode::new(BarcodeKind::Ean13, std::str::from_utf8(&typed).unwrap()).is_ok());
            typed[place] = b'0' + (typed[place] - b'0' + by) % 10;
            prop_assert!(Barcode::new(BarcodeKind::Ean13, std::str::from_utf8(&typed).unwrap()).is_err());
        }

        #[test]
        fn every_bar_code_but_a_plu_is_a_gtin(text in "[0-9]{3,14}") {
            if let Ok(barcode) = Barcode::guess(&text) {
                prop_assert_eq!(barcode.gtin().is_some(), barcode.kind() != BarcodeKind::Plu);
            }
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,16}", kind in 0..6_usize) {
            let _ = (Barcode::guess(&text), Barcode::new(BarcodeKind::ALL[kind], &text));
        }
    }
}
