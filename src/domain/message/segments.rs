//! How many parts of an SMS carriers bill.

const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const EXTENDED: &str = "^{}\\[~]|€";

/// The first character outside of the GSM 03.38 alphabet: it makes the whole text UCS-2, with less than half the room.
pub fn outside_gsm(text: &str) -> Option<char> {
    text.chars().find(|c| !BASIC.contains(*c) && !EXTENDED.contains(*c))
}

/// Segments that carriers bill for `text` (GSM 03.38 alphabet, else UCS-2).
pub fn sms_segments(text: &str) -> u32 {
    let gsm = outside_gsm(text).is_none();
    let units = match gsm {
        true => text.chars().map(|c| if EXTENDED.contains(c) { 2 } else { 1 }).sum(),
        false => text.encode_utf16().count() as u32,
    };
    let (single, part) = if gsm { (160, 153) } else { (70, 67) };
    match units {
        0 => 0,
        n if n <= single => 1,
        n => n.div_ceil(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_as_carriers_bill_them() {
        assert_eq!(sms_segments(""), 0);
        assert_eq!(sms_segments(&"a".repeat(160)), 1);
        assert_eq!(sms_segments(&"a".repeat(161)), 2);
        assert_eq!(sms_segments(&"€".repeat(81)), 2);
        assert_eq!(sms_segments(&"ж".repeat(70)), 1);
        assert_eq!(sms_segments(&"ж".repeat(71)), 2);
        assert_eq!(sms_segments(&"😀".repeat(36)), 2);
        assert_eq!((outside_gsm("Grüße [5 €]"), outside_gsm("It’s")), (None, Some('’')));
    }
}
