import Postgres

/// The valid rows of one part, with all their values in one arena.
///
/// A part of a few thousand rows consists of a handful of flat arrays: nothing is allocated per
/// cell.
struct RowBlock: Sendable {
  /// The number of cells per row.
  let width: Int
  /// The number of identifiers per row.
  let identityWidth: Int
  /// The values, in COPY's text form, not yet escaped.
  var arena: [UInt8] = []
  /// The cells, `width` per row.
  var cells: [Cell] = []
  /// The numbers of the rows in the file.
  var rowNumbers: [Int] = []
  /// The identifiers, `identityWidth` per row: an interned key, or one of ``Identity``.
  var identities: [Int32] = []
  /// The requested ids, 0 for none; empty if no column is mapped to the id.
  var wantedIDs: [Int64] = []
  /// The keys of identifiers, by field.
  var keys: [ByteInterner]

  init(width: Int, identityWidth: Int, expectedRows: Int = 0) {
    self.width = width
    self.identityWidth = identityWidth
    keys = Array(repeating: ByteInterner(expected: expectedRows), count: identityWidth)
    cells.reserveCapacity(width * expectedRows)
    rowNumbers.reserveCapacity(expectedRows)
    identities.reserveCapacity(identityWidth * expectedRows)
  }

  var count: Int { rowNumbers.count }

  func cell(_ row: Int, _ slot: Int) -> Cell { cells[row * width + slot] }

  /// Appends a value to the arena and returns its cell.
  mutating func append(_ text: String) -> Cell {
    let start = arena.count
    arena.append(contentsOf: text.utf8)
    return Cell(
      start: start, length: arena.count - start,
      needsEscape: text.utf8.contains { CopyText.needsEscape($0) })
  }

  func text(_ cell: Cell) -> String {
    String(decoding: arena[cell.range], as: UTF8.self)
  }
}

/// The identifier of a row without a key.
enum Identity {
  /// No value.
  static let none: Int32 = -1
  /// A request to clear it.
  static let cleared: Int32 = -2
  /// In a contact: a value that no row of the block has.
  static let other: Int32 = -3
}
