//! The rows of a CSV file, one at a time, in bounded memory.

use crate::domain::import::{COLUMNS_MAX, ROW_MAX};
use csv_core::{ReadRecordResult, Reader, ReaderBuilder};
use std::io::{self, Read};

const BUFFER: usize = 64 * 1024;

/// A row: its cells, and the line of the file that it begins in, from 1.
#[derive(Clone, Debug)]
pub struct Row {
    pub line: u64,
    text: String,
    ends: Vec<u32>,
}

impl Row {
    /// Empty where the row has no such cell.
    pub fn cell(&self, place: usize) -> &str {
        let Some(end) = self.ends.get(place) else { return "" };
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        self.text.get(start as usize..*end as usize).unwrap_or_default()
    }

    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|place| self.cell(place))
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether it says nothing: spreadsheets write such rows below the last one.
    fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// Why the next row cannot be read.
#[derive(Debug)]
pub enum Fault {
    Disk(io::Error),
    /// The row that begins in this line is too long.
    Long(u64),
    /// The row that begins in this line has too many columns.
    Wide(u64),
}

impl Fault {
    pub fn sentence(&self) -> String {
        match self {
            Self::Disk(error) => format!("The file cannot be read: {error}."),
            Self::Long(line) => format!(
                "The row that begins in line {line} has more than {} kB. Perhaps a quotation mark before it is not closed.",
                ROW_MAX / 1024
            ),
            Self::Wide(line) => {
                format!(
                    "The row that begins in line {line} has more than {COLUMNS_MAX} columns. Is this a list of customers?"
                )
            }
        }
    }
}

/// Reads rows of UTF-8 text. Rows that say nothing are left out. The last one needs no line end.
pub struct Rows<R> {
    source: R,
    buffer: Vec<u8>,
    filled: usize,
    used: usize,
    reader: Reader,
    position: u64,
    line: u64,
    last: u8,
    out: Vec<u8>,
    ends: Vec<usize>,
}

impl<R: Read> Rows<R> {
    pub fn new(source: R, separator: u8) -> Self {
        Self {
            source,
            buffer: vec![0; BUFFER],
            filled: 0,
            used: 0,
            reader: ReaderBuilder::new().delimiter(separator).build(),
            position: 0,
            line: 1,
            last: 0,
            out: vec![0; ROW_MAX],
            ends: vec![0; COLUMNS_MAX + 1],
        }
    }

    /// How many bytes have been read of the file, up to the end of the last row.
    pub fn position(&self) -> u64 {
        self.position
    }

    pub fn next(&mut self) -> Result<Option<Row>, Fault> {
        while let Some(row) = self.record()? {
            if !row.is_blank() {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    fn record(&mut self) -> Result<Option<Row>, Fault> {
        self.skip_line_ends()?;
        let line = self.line;
        let (mut written, mut ended) = (0, 0);
        loop {
            if self.used == self.filled {
                self.fill()?;
            }
            let input = &self.buffer[self.used..self.filled];
            let (result, read, wrote, ends) =
                self.reader.read_record(input, &mut self.out[written..], &mut self.ends[ended..]);
            self.advance(read);
            written += wrote;
            ended += ends;
            match result {
                // An empty input tells the reader that the file has ended.
                ReadRecordResult::InputEmpty => {}
                ReadRecordResult::OutputFull => return Err(Fault::Long(line)),
                ReadRecordResult::OutputEndsFull => return Err(Fault::Wide(line)),
                ReadRecordResult::End => return Ok(None),
                ReadRecordResult::Record => break,
            }
        }
        if ended > COLUMNS_MAX {
            return Err(Fault::Wide(line));
        }
        let text = String::from_utf8_lossy(&self.out[..written]).into_owned();
        let ends = self.ends[..ended].iter().map(|end| u32::try_from(*end).unwrap_or(0)).collect();
        Ok(Some(Row { line, text, ends }))
    }

    /// Whatever stands between two rows.
    fn skip_line_ends(&mut self) -> Result<(), Fault> {
        loop {
            if self.used == self.filled {
                self.fill()?;
            }
            let rest = &self.buffer[self.used..self.filled];
            let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            let is_over = ends < rest.len() || rest.is_empty();
            self.advance(ends);
            if is_over {
                return Ok(());
            }
        }
    }

    fn fill(&mut self) -> Result<(), Fault> {
        self.used = 0;
        self.filled = loop {
            match self.source.read(&mut self.buffer) {
                Ok(n) => break n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(Fault::Disk(e)),
            }
        };
        Ok(())
    }

    /// Counts bytes and lines; a line ends with CR, LF or both.
    fn advance(&mut self, by: usize) {
        for byte in &self.buffer[self.used..self.used + by] {
            if *byte == b'\r' || *byte == b'\n' && self.last != b'\r' {
                self.line += 1;
            }
            self.last = *byte;
        }
        self.used += by;
        self.position += by as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u64, Vec<String>)> {
        // Two bytes at a time, so that each row comes in pieces.
        struct Slow<'a>(&'a [u8]);
        impl Read for Slow<'_> {
            fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
                self.0.read(&mut to[..2])
            }
        }
        let mut rows = Rows::new(Slow(text.as_bytes()), b',');
        let mut found = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            found.push((row.line, row.cells().map(str::to_owned).collect()));
        }
        assert_eq!(rows.position(), text.len() as u64);
        found
    }

    fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn rows_have_the_lines_that_an_editor_shows() {
        for end in ["\n", "\r\n", "\r"] {
            let text = "a,b\n1,\"x\ny\"\n\n,\n2,\"say \"\"hi\"\"\",3\n4".replace('\n', end);
            let two = format!("x{end}y");
            let wanted = [row(1, &["a", "b"]), row(2, &["1", &two]), row(6, &["2", "say \"hi\"", "3"]), row(7, &["4"])];
            assert_eq!(rows(&text), wanted, "{end:?}");
        }
        assert_eq!(rows("é,ü"), [row(1, &["é", "ü"])]);
        assert_eq!(rows("\n\n"), []);
    }

    #[test]
    fn what_is_too_large_is_refused_with_its_line() {
        let fault = |text: &str| {
            let mut rows = Rows::new(text.as_bytes(), b',');
            loop {
                match rows.next() {
                    Ok(Some(_)) => {}
                    Ok(None) => panic!("it was read"),
                    Err(fault) => return fault,
                }
            }
        };
        let long = format!("a\n\"{}", "x\n".repeat(ROW_MAX));
        assert!(matches!(fault(&long), Fault::Long(2)));
        assert!(matches!(fault(&format!("a\nb\n{}", ",".repeat(COLUMNS_MAX))), Fault::Wide(3)));
        assert!(matches!(fault(&",".repeat(1_000_000)), Fault::Wide(1)));
    }
}
