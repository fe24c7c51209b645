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
    apply(draft.changes)
    guard stored != nil else { return }
    dropLostChoices(of: fields, except: draft.changes)
  }

  /// Creates the change that a patch makes.
  ///
  /// - Parameters:
  ///   - draft: The checked input; of an upsert nothing counts but what was given, since defaults are for new contacts.
  ///   - values: The stored values, at least those of `fields`.
  ///   - fields: The fields that the draft gives, and those with choices.
  init(patching values: [String: FieldValue], _ draft: ContactDraft, fields: [Field]) {
    self.init(values)
    let given = draft.changes.filter { if case .fallback = $0.change { false } else { true } }
    apply(given)
    dropLostChoices(of: fields, except: given)
  }

  private mutating func apply(_ changes: [(field: Field, change: ContactDraft.Change)]) {
    for (field, change) in changes {
      switch change {
      case .set(let new): set(field, new)
      case .clear: clear(field)
      case .fallback(let new): if values[field.alias] == nil { set(field, new) }
      }
    }
  }

  private mutating func dropLostChoices(
    of fields: [Field], except changes: [(field: Field, change: ContactDraft.Change)]
  ) {
    let given = Set(changes.map(\.field.alias))
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
