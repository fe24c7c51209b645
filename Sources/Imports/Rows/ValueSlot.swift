/// A table column that an import writes, and how rows of the same record are folded into it.
struct ValueSlot: Sendable {
  /// The name of the column.
  let column: String
  /// The SQL type.
  let type: String
  /// The rule by which rows of the same record compose.
  let rule: Fold.Rule
  /// The value of a new record if no row sets one, in COPY's text form before escaping.
  let insertDefault: [UInt8]?
  /// Whether a value makes a contact known (CON-01).
  let identifies: Bool
  /// Whether rows may change it in an existing record.
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

/// A field that identifies records.
struct IdentitySlot: Sendable {
  let column: String
  /// The SQL expression by which it is compared and indexed.
  let expression: String
  /// The index among the value slots.
  let slot: Int
}
