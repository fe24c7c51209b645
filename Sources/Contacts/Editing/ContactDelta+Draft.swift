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

  /// Fills the location of a contact without any from its IP address (api.md 8.1, rule 7).
  mutating func fillLocation(_ address: IPAddress?, _ fields: FieldSet, _ lists: ValueLists) {
    let columns = [
      ("city", "city"), ("state", "region"), ("country", "country"), ("zipcode", "zipcode"),
    ]
    guard let address, !columns.contains(where: { values[$0.0] != nil }) else { return }
    for (alias, name) in columns {
      guard let text = address.details[name], let field = fields[alias], field.isPublished,
        // Values that the field does not accept are skipped, since no user entered them.
        case .success(let canonical?) = Result(catching: { () throws(FieldProblem) in
          try field.canonical(text, policy: .cleaning, lists: lists)
        }),
        let value = FieldValue(canonical: canonical, type: field.type)
      else { continue }
      set(field, .init(value: value, canonical: canonical))
    }
  }
}
