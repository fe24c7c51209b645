/// A section of a file that begins and ends at record boundaries, so that it can be parsed without
/// the rest.
package struct CSVPart: Sendable, Hashable {
  /// The records in UTF-8, including line ends (the file's last one may lack its line end).
  package let bytes: [UInt8]
  /// The index of the part in the file, from 0.
  package let index: Int
  /// The number of its first data row; data rows count from 1 after the header (IMP-74).
  package let firstRow: Int
  /// The physical line of its first record; the file's first line is 1 (IMP-74).
  package let firstLine: Int
  /// The number of records, including blank lines (IMP-41).
  package let recordCount: Int

  /// Creates a part from its stored properties.
  package init(bytes: [UInt8], index: Int, firstRow: Int, firstLine: Int, recordCount: Int) {
    self.bytes = bytes
    self.index = index
    self.firstRow = firstRow
    self.firstLine = firstLine
    self.recordCount = recordCount
  }
}

/// The limits on parts and records of ``CSVSplitter``.
package struct CSVLimits: Sendable, Hashable {
  /// The size in bytes at which a record ends the part.
  package var partBytes: Int
  /// The number of records at which the part ends, if it comes first.
  package var partRecords: Int
  /// The maximum size of a record in bytes of UTF-8 without the line end. At least 16.
  package var recordBytes: Int
  /// The maximum number of columns of a header.
  package var columns: Int

  /// The number of columns that a file may have (import-export.md 10).
  package static let maximumColumns = 1000

  /// Creates limits, by default those of the specification: 1,000 columns; parts of about 1 MiB and
  /// at most 50,000 records; records of at most 8 MiB.
  package init(
    partBytes: Int = 1 << 20, partRecords: Int = 50_000, recordBytes: Int = 8 << 20,
    columns: Int = CSVLimits.maximumColumns
  ) {
    self.partBytes = max(1, partBytes)
    self.partRecords = max(1, partRecords)
    self.recordBytes = max(16, recordBytes)
    self.columns = max(1, columns)
  }
}
