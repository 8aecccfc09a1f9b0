//! What kind of text a file is: its encoding and its separator, and whether it is a table at all.

use super::rows::{Fault, Rows};
use crate::domain::{
    import::{PREVIEWED, ROWS_MAX, matching::Matching, shortened},
    stats::thousands,
};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::Path,
};

const BUFFER: usize = 64 * 1024;
/// How much of the file tells its encoding and its separator, in bytes.
const HEAD: usize = 64 * 1024;
/// How many rows tell the separator.
const TOLD_BY: usize = 50;
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// The longest name of a column and value of a row that the page shows, in characters.
const SHOWN: usize = 60;

/// What a file is.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    pub encoding: &'static str,
    pub separator: u8,
    pub has_header: bool,
    pub columns: Vec<String>,
    pub preview: Vec<Vec<String>>,
    /// Rows without the header.
    pub total: u32,
}

/// Writes the file at `from` as UTF-8 to `to`, and finds out what it is.
///
/// # Errors
/// A sentence that says why it is no list of customers.
pub fn prepare(from: &Path, to: &Path) -> Result<Table, String> {
    let unreadable = |error: io::Error| Fault::Disk(error).sentence();
    let mut head = Vec::new();
    File::open(from).and_then(|file| file.take(HEAD as u64).read_to_end(&mut head)).map_err(unreadable)?;
    if let Some(sentence) = other_format(&head) {
        return Err(sentence.to_owned());
    }
    let guess = encoding(&head);
    let encoding = match transcode(from, to, guess).map_err(unreadable)? {
        Text::Whole => guess,
        Text::Malformed if guess == UTF_8 => match transcode(from, to, WINDOWS_1252).map_err(unreadable)? {
            Text::Nul(line) => return Err(not_text(line)),
            _ => WINDOWS_1252,
        },
        Text::Malformed => {
            return Err(format!("This file is damaged: it is not all {}. Save it as CSV once more.", guess.name()));
        }
        Text::Nul(line) => return Err(not_text(line)),
    };
    describe(to, encoding)
}

fn not_text(line: u64) -> String {
    format!(
        "This is not a text file: there is a NUL character in line {line}. Save the list as CSV, then upload that file."
    )
}

/// What the first bytes say of files that are no CSV.
fn other_format(head: &[u8]) -> Option<&'static str> {
    const EXCEL: &str =
        "This is an Excel file. Save it as CSV in Excel (File, Save as, CSV UTF-8), then upload that file.";
    let has = |words: &[u8]| head.windows(words.len()).any(|window| window == words);
    match head {
        [b'P', b'K', 3, 4, ..] if has(b"[Content_Types].xml") || has(b"xl/") => Some(EXCEL),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(EXCEL),
        [b'P', b'K', 3, 4, ..] if has(b"opendocument.spreadsheet") => {
            Some("This is an OpenDocument spreadsheet. Save it as CSV, then upload that file.")
        }
        [b'P', b'K', 3 | 5, ..] | [0x1f, 0x8b, ..] | [b'7', b'z', 0xbc, 0xaf, ..] => {
            Some("This is a compressed file. Unpack it, then upload the CSV file that is in it.")
        }
        [b'%', b'P', b'D', b'F', ..] => Some("This is a PDF. Upload the list as a CSV file."),
        [] => Some("This file is empty."),
        _ => None,
    }
}

/// UTF-8 or UTF-16, by the mark that the file begins with, or by where its zeros are.
fn encoding(head: &[u8]) -> &'static Encoding {
    if let Some((encoding, _)) = Encoding::for_bom(head) {
        return encoding;
    }
    let zeros = |from: usize| head.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // Of UTF-16 in western languages, half of the bytes are zero, all on the same side.
    match head.len() / 4 {
        few if odd > few && even < odd / 10 => UTF_16LE,
        few if even > few && odd < even / 10 => UTF_16BE,
        _ => UTF_8,
    }
}

enum Text {
    Whole,
    Malformed,
    /// In this line.
    Nul(u64),
}

/// Writes the text as UTF-8, without the mark that it may begin with.
fn transcode(from: &Path, to: &Path, encoding: &'static Encoding) -> io::Result<Text> {
    let (mut from, mut to) = (File::open(from)?, BufWriter::new(File::create(to)?));
    let mut decoder = encoding.new_decoder_with_bom_removal();
    let (mut input, mut output) = (vec![0; BUFFER], vec![0; 3 * BUFFER + 16]);
    let mut line = 1;
    loop {
        let filled = from.read(&mut input)?;
        let is_last = filled == 0;
        let mut used = 0;
        loop {
            let (result, read, written) =
                decoder.decode_to_utf8_without_replacement(&input[used..filled], &mut output, is_last);
            used += read;
            let text = &output[..written];
            if let Some(place) = text.iter().position(|byte| *byte == 0) {
                return Ok(Text::Nul(line + lines(&text[..place])));
            }
            line += lines(text);
            to.write_all(text)?;
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => {}
                DecoderResult::Malformed(..) => return Ok(Text::Malformed),
            }
        }
        if is_last {
            to.flush()?;
            return Ok(Text::Whole);
        }
    }
}

fn lines(text: &[u8]) -> u64 {
    text.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// Reads the whole text once, so that what cannot be read is known before anything is imported.
fn describe(text: &Path, encoding: &'static Encoding) -> Result<Table, String> {
    let open = || File::open(text).map_err(|error| Fault::Disk(error).sentence());
    let mut head = Vec::new();
    open()?.take(HEAD as u64).read_to_end(&mut head).map_err(|error| Fault::Disk(error).sentence())?;
    let separator = separator(&head);
    let mut rows = Rows::new(BufReader::new(open()?), separator);
    let next = |rows: &mut Rows<BufReader<File>>| rows.next().map_err(|fault| fault.sentence());
    let first = next(&mut rows)?.ok_or("This file is empty.")?;
    let has_header = !first.cells().any(is_address);
    let name = |(place, cell): (usize, &str)| match shortened(cell.trim(), SHOWN) {
        name if has_header && !name.is_empty() => name,
        _ => format!("Column {}", place + 1),
    };
    let columns: Vec<String> = first.cells().enumerate().map(name).collect();
    let (mut preview, mut total) = (Vec::new(), 0);
    let mut row = if has_header { next(&mut rows)? } else { Some(first) };
    while let Some(one) = row {
        if preview.len() < PREVIEWED {
            preview.push((0..columns.len()).map(|place| shortened(one.cell(place).trim(), SHOWN)).collect());
        }
        total += 1;
        if total > ROWS_MAX {
            return Err(format!(
                "This file has more than {} rows. Divide it into several files.",
                thousands(ROWS_MAX.into())
            ));
        }
        row = next(&mut rows)?;
    }
    if total == 0 {
        return Err("This file has a header and no rows below it.".to_owned());
    }
    let encoding = if encoding == WINDOWS_1252 { "Windows-1252" } else { encoding.name() };
    Ok(Table { encoding, separator, has_header, columns, preview, total })
}

/// Whether a cell holds an email address, if one that is written wrongly, or a phone number: no column is called so.
fn is_address(cell: &str) -> bool {
    let digits = cell.chars().filter(char::is_ascii_digit).count();
    let is_phone = digits >= 7 && cell.trim().chars().all(|c| c.is_ascii_digit() || "+() -./".contains(c));
    cell.contains('@') || is_phone
}

/// What divides the cells: the sign with which the header says most, then with which rows are most alike.
fn separator(head: &[u8]) -> u8 {
    // The last line may be cut.
    let whole = head.iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).filter(|_| head.len() == HEAD);
    let head = &head[..whole.unwrap_or(head.len())];
    let judged = |separator: u8| {
        let mut rows = Rows::new(head, separator);
        let header = rows.next().ok().flatten()?;
        let names: Vec<String> = header.cells().map(str::to_owned).collect();
        let (mut alike, mut read) = (1, 1);
        while read < TOLD_BY {
            let Ok(Some(row)) = rows.next() else { break };
            read += 1;
            alike += usize::from(row.len() == names.len());
        }
        (names.len() > 1).then(|| (Matching::guess(&names).len(), alike * 100 / read, names.len()))
    };
    // Of equals, the first.
    let best = SEPARATORS.into_iter().rev().filter_map(|separator| Some((judged(separator)?, separator)));
    best.max_by_key(|(points, _)| *points).map_or(b',', |(_, separator)| separator)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(bytes: &[u8]) -> Result<(Table, String), String> {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("to"));
        std::fs::write(&from, bytes).unwrap();
        let table = prepare(&from, &to)?;
        Ok((table, std::fs::read_to_string(to).unwrap()))
    }

    const TEXT: &str = "Name,E-Mail\r\nJosé,jose@example.com\r\n";

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() }).collect()
    }

    #[test]
    fn encodings_are_told_apart() {
        let latin: Vec<u8> = TEXT.chars().map(|c| u8::try_from(c as u32).unwrap()).collect();
        let marked = |mark: &[u8], text: Vec<u8>| [mark.to_vec(), text].concat();
        for (bytes, name) in [
            (TEXT.as_bytes().to_vec(), "UTF-8"),
            (marked(&[0xef, 0xbb, 0xbf], TEXT.into()), "UTF-8"),
            (latin, "Windows-1252"),
            (utf16(TEXT, false), "UTF-16LE"),
            (utf16(TEXT, true), "UTF-16BE"),
            (marked(&[0xff, 0xfe], utf16(TEXT, false)), "UTF-16LE"),
            (marked(&[0xfe, 0xff], utf16(TEXT, true)), "UTF-16BE"),
        ] {
            let (table, text) = prepared(&bytes).unwrap();
            assert_eq!((table.encoding, text.as_str()), (name, TEXT));
            assert_eq!((table.columns, table.total), (vec!["Name".to_owned(), "E-Mail".into()], 1));
            assert_eq!(table.preview, [["José", "jose@example.com"]]);
        }
        // A letter on the border of two buffers.
        let long = format!("Name,Email\n{}é,a@example.com", "x".repeat(BUFFER - 12));
        assert_eq!(
            prepared(long.as_bytes()).unwrap_err(),
            "The row that begins in line 2 has more than 64 kB. Perhaps a quotation mark before it is not closed."
        );
        let long = format!("Name,Email\n{}é,a@example.com", "x,a@example.com\n".repeat(BUFFER / 16 * 3));
        assert_eq!(prepared(long.as_bytes()).unwrap().1, long);
    }

    #[test]
    fn separators_are_told_apart() {
        for (text, separator) in [
            ("Name;Email\nRuiz, Ana;ana@example.com\nB, C;b@example.com", b';'),
            ("Name\tEmail\nAna\tana@example.com", b'\t'),
            ("Name|Email|Tags\nAna|ana@example.com|a;b", b'|'),
            ("Name,Email\n\"Ana; Ruiz\",ana@example.com", b','),
            ("Email\nana@example.com", b','),
            ("x;y;z\n1,5;2,5;3", b';'),
        ] {
            assert_eq!(prepared(text.as_bytes()).unwrap().0.separator, separator, "{text}");
        }
    }

    #[test]
    fn a_first_row_with_an_address_is_no_header() {
        let (table, _) = prepared(b"Ana,ana@example.com\nBen,ben@example.com").unwrap();
        assert_eq!((table.has_header, table.total, table.preview.len()), (false, 2, 2));
        assert_eq!(table.columns, ["Column 1", "Column 2"]);
        let (table, _) = prepared(b"\n\nEmail,,\nana@example.com\n").unwrap();
        assert_eq!(table.columns, ["Email", "Column 2", "Column 3"]);
    }

    #[test]
    fn what_is_no_table_is_named() {
        let many = "a@example.com\n".repeat(ROWS_MAX as usize + 1);
        for (bytes, words) in [
            (b"".as_slice(), "is empty"),
            (b" \r\n\r\n", "is empty"),
            ("\u{feff}".as_bytes(), "is empty"),
            (b"Name,Email\n", "no rows below it"),
            (b"PK\x03\x04\x14\0\x06\0[Content_Types].xml", "an Excel file"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel file"),
            (b"PK\x03\x04\x14\0", "a compressed file"),
            (b"%PDF-1.7", "a PDF"),
            (b"Name,Email\nAna\0,ana@example.com", "a NUL character in line 2"),
            (b"\x7fELF\x02\x01\x01\0\0\0\0\xff\xfe", "not a text file"),
            (&[b','; 100_000], "more than 200 columns"),
            (many.as_bytes(), "more than 1,000,000 rows"),
            (b"\xff\xfea\0\xd8\xd8b\0", "is damaged"),
        ] {
            let sentence = prepared(bytes).unwrap_err();
            assert!(sentence.contains(words), "{words}: {sentence}");
        }
    }
}
