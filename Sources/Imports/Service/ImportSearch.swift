package import Query

/// The commands of the contact search about imports (contacts.md 11.3).
package enum ImportSearch {
  /// The commands by name.
  package static let commands: [String: SearchCommand] = [
    "import_id": { text, _ in
      .ids("SELECT contact_id FROM import_log WHERE import_id = ANY (\(text.numbers))")
    },
    "import_action": { text, _ in
      guard let action = RowAction(name: text.value.lowercased()) else { return .nothing }
      return .ids("SELECT contact_id FROM import_log WHERE action = \(literal: action)")
    },
  ]
}
