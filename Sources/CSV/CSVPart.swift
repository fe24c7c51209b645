/// A stretch of a file that begins at the start of a record and ends at the end of one, so that it
/// can be parsed without the rest.
package struct CSVPart: Sendable, Hashable {
  /// The records in UTF-8, line ends included (the file's last one may lack its line end).
  package let bytes: [UInt8]
  /// The part's place in the file, from 0.
  package let index: Int
  /// Number of its first data row; data rows count from 1 after the header (IMP-74).
  package let firstRow: Int
  /// Physical line on which its first record starts; the file's first line is 1 (IMP-74).
  package let firstLine: Int
  /// How many records it has, blank lines included (IMP-41).
  package let recordCount: Int

  /// A part read back from where it was stored.
  package init(bytes: [UInt8], index: Int, firstRow: Int, firstLine: Int, recordCount: Int) {
    self.bytes = bytes
    self.index = index
    self.firstRow = firstRow
    self.firstLine = firstLine
    self.recordCount = recordCount
  }
}

/// Bounds on what ``CSVSplitter`` cuts and takes.
package struct CSVLimits: Sendable, Hashable {
  /// A part is ended by the first record that makes it this many bytes long.
  package var partBytes: Int
  /// … or that is its so-manieth, whichever comes first.
  package var partRecords: Int
  /// A record longer than this many bytes of UTF-8, line end aside, is refused. At least 16.
  package var recordBytes: Int
  /// A header with more columns is refused.
  package var columns: Int

  /// The limits of the specification: 500 columns; parts of about 1 MiB and at most 50,000
  /// records; records of at most 8 MiB.
  package init(
    partBytes: Int = 1 << 20, partRecords: Int = 50_000, recordBytes: Int = 8 << 20,
    columns: Int = 500
  ) {
    self.partBytes = max(1, partBytes)
    self.partRecords = max(1, partRecords)
    self.recordBytes = max(16, recordBytes)
    self.columns = max(1, columns)
  }
}
