//! Comma-separated values (RFC 4180), as a spreadsheet may open them.

/// Begins a file: without it, a spreadsheet would take the text for something else than UTF-8.
pub const BYTE_ORDER_MARK: &str = "\u{feff}";

/// What makes a spreadsheet take a cell for a formula, at its beginning; the wide ones are signs of Chinese and Japanese keyboards.
const FORMULA: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];

/// Adds a record to `out`. A cell that a spreadsheet would calculate gets an apostrophe before it, and is a text.
pub fn push_record<'a>(out: &mut String, cells: impl IntoIterator<Item = &'a str>) {
    for (i, cell) in cells.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        push_cell(out, cell);
    }
    out.push_str("\r\n");
}

fn push_cell(out: &mut String, cell: &str) {
    let is_formula = cell.starts_with(FORMULA);
    let is_quoted = is_formula || cell.contains(['"', ',', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ');
    if !is_quoted {
        out.push_str(cell);
        return;
    }
    out.push('"');
    if is_formula {
        out.push('\'');
    }
    out.push_str(&cell.replace('"', "\"\""));
    out.push('"');
}

/// The cell without the apostrophe that [`push_record`] put before it.
pub fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA)).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(cells: &[&str]) -> String {
        let mut out = String::new();
        push_record(&mut out, cells.iter().copied());
        out
    }

    /// As RFC 4180 has it.
    fn read(text: &str) -> Vec<Vec<String>> {
        let (mut records, mut record, mut cell, mut is_quoted) = (Vec::new(), Vec::new(), String::new(), false);
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            match c {
                '"' if is_quoted && chars.peek() == Some(&'"') => cell.push(chars.next().unwrap()),
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => record.push(std::mem::take(&mut cell)),
                '\r' if !is_quoted && chars.peek() == Some(&'\n') => {
                    chars.next();
                    record.push(std::mem::take(&mut cell));
                    records.push(std::mem::take(&mut record));
                }
                c => cell.push(c),
            }
        }
        records
    }

    #[test]
    fn nothing_is_calculated() {
        assert_eq!(record(&["Ana", "Ruiz, \"the\" first", " x", ""]), "Ana,\"Ruiz, \"\"the\"\" first\",\" x\",\r\n");
        for sign in FORMULA {
            let cell = format!("{sign}1+cmd|' /C calc'!A0");
            assert_eq!(record(&[&cell]), format!("\"'{cell}\"\r\n"), "{sign:?}");
            assert_eq!((plain(&format!("'{cell}")), plain("'Ana"), plain("O'Neil")), (&*cell, "'Ana", "O'Neil"));
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(cells in prop::collection::vec("[a\", \r\n=+\t']{0,6}|.{0,10}", 1..4)) {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let read = read(&(record(&cells) + &record(&cells)));
            let expected: Vec<String> = cells
                .iter()
                .map(|cell| if cell.starts_with(FORMULA) { format!("'{cell}") } else { (*cell).to_owned() })
                .collect();
            prop_assert_eq!(read, vec![expected.clone(), expected]);
        }
    }
}
