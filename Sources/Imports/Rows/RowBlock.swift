import Postgres

/// The good rows of one part, column by column, with all their values in one arena.
///
/// A part of a few thousand rows is a handful of flat arrays: nothing is allocated per cell.
struct RowBlock: Sendable {
  /// Cells per row.
  let width: Int
  /// Identifiers per row.
  let identityWidth: Int
  /// The values, in the text form that COPY takes, not yet escaped.
  var arena: [UInt8] = []
  /// `width` cells for each row.
  var cells: [Cell] = []
  /// Numbers of the rows in the file.
  var rowNumbers: [Int] = []
  /// `identityWidth` numbers for each row: an interned key, or one of ``Identity``.
  var identities: [Int32] = []
  /// The ids that rows ask for, 0 for none; empty if no column is mapped to the id.
  var wantedIDs: [Int64] = []
  /// Keys of identifiers, those of each field apart.
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

  /// Appends a value to the arena.
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

/// What a row says about an identifier when it gives no key.
enum Identity {
  /// Nothing.
  static let none: Int32 = -1
  /// That it is to be cleared.
  static let cleared: Int32 = -2
  /// In a contact: some value that no row of the block has.
  static let other: Int32 = -3
}
