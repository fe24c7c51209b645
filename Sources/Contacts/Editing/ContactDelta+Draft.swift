import Fields

extension ContactDelta {
  /// Creates the change that a draft makes.
  ///
  /// - Parameters:
  ///   - draft: The checked input.
  ///   - stored: The stored contact; nil for a new one.
  ///   - fields: The published fields of contacts.
  init(_ draft: ContactDraft, stored: Contact?, fields: [Field]) {
    var values: [String: FieldValue] = [:]
    for field in fields {
      if let value = stored?.fields[field.alias] { values[field.alias] = value }
    }
    self.init(values)
    for (field, change) in draft.changes {
      switch change {
      case .set(let new): set(field, new)
      case .clear: clear(field)
      case .fallback(let new): if self.values[field.alias] == nil { set(field, new) }
      }
    }
    guard stored != nil else { return }
    let given = Set(draft.changes.map(\.field.alias))
    dropLostChoices(of: fields.filter { !given.contains($0.alias) })
  }
}
