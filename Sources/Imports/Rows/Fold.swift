/// The rules by which the rows of one file that mean the same record become one operation.
///
/// Composition is associative: folding rows and applying the result equals applying them one by one
/// (IMP-42…45, 51).
enum Fold {
  /// The rule of a column.
  enum Rule: UInt8, Sendable {
    /// The last row with a value or a clear wins.
    case last
    /// The first row with a value wins, since nothing is overwritten (IMP-44).
    case firstValue
    /// Only the row that creates the record counts (points).
    case firstRow
  }

  /// Returns the composition of two consecutive rows for a column of an existing record.
  static func compose(_ earlier: Cell, _ later: Cell, _ rule: Rule) -> Cell {
    switch rule {
    case .last: later.isNone ? earlier : later
    case .firstValue: earlier.state == .set ? earlier : (later.state == .set ? later : earlier)
    case .firstRow: earlier
    }
  }

  /// Returns whether, in a record created by the first of several rows, the default value of the
  /// field prevents `later` rows from setting it: under skip-if-exists the default is an existing
  /// value.
  static func defaultWins(first: Cell, rule: Rule, hasDefault: Bool) -> Bool {
    rule == .firstValue && hasDefault && first.isNone
  }
}
