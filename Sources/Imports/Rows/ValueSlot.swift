/// One column of a table that an import writes, and how the rows of a record are folded into it.
struct ValueSlot: Sendable {
  /// The column's name.
  let column: String
  /// Its SQL type.
  let type: String
  /// How rows about the same record compose.
  let rule: Fold.Rule
  /// What a new record gets where no row says anything, in COPY's text form before escaping.
  let insertDefault: [UInt8]?
  /// Whether a value in it makes a contact known (CON-01).
  let identifies: Bool
  /// Whether rows may change it in a record that exists.
  let updates: Bool

  init(
    column: String, type: String, rule: Fold.Rule, insertDefault: String? = nil,
    identifies: Bool = false, updates: Bool = true
  ) {
    self.column = column
    self.type = type
    self.rule = rule
    self.insertDefault = insertDefault.map { Array($0.utf8) }
    self.identifies = identifies
    self.updates = updates
  }
}

/// A field that tells records apart.
struct IdentitySlot: Sendable {
  let column: String
  /// The expression by which it is compared and indexed.
  let expression: String
  /// Its place among the value slots.
  let slot: Int
}
