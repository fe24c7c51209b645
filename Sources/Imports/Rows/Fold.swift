/// How the rows of one file that mean the same record become one operation.
///
/// Composition is associative: folding rows and applying the result gives what applying them one
/// by one gives (IMP-42…45, 51).
enum Fold {
  /// The rule of a column.
  enum Rule: UInt8, Sendable {
    /// The last row that says something wins.
    case last
    /// The first row that gives a value wins, for nothing overwrites (IMP-44).
    case firstValue
    /// What the row says that makes the record; later rows have no say (points).
    case firstRow
  }

  /// What two rows after each other say about a column of a record that exists.
  static func compose(_ earlier: Cell, _ later: Cell, _ rule: Rule) -> Cell {
    switch rule {
    case .last: later.isNone ? earlier : later
    case .firstValue: earlier.state == .set ? earlier : (later.state == .set ? later : earlier)
    case .firstRow: earlier
    }
  }

  /// Whether, in a record made by the first of several rows, the field's default value stands in
  /// the way of what `later` rows say: under skip-if-exists the default is a value that exists.
  static func defaultWins(first: Cell, rule: Rule, hasDefault: Bool) -> Bool {
    rule == .firstValue && hasDefault && first.isNone
  }
}
