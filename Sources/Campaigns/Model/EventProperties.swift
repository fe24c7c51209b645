import Primitives

extension JSONValue {
  /// Returns the record ids in a member: a number, a list of numbers, or of objects with an `id`, or of
  /// their texts; empty if missing. Nil for anything else.
  func ids(_ member: String) -> [Int64]? {
    switch self[member] {
    case nil, .null?: return []
    case .string("")?: return []
    case .array(let items)?:
      var ids: [Int64] = []
      for item in items {
        guard let id = item.id else { return nil }
        ids.append(id)
      }
      return ids
    case let value?:
      return value.id.map { [$0] }
    }
  }

  private var id: Int64? {
    if case .object = self { return self["id"]?.int.map(Int64.init) }
    return int.map(Int64.init)
  }

  /// Returns the texts of a list, of a list of objects with a `value`, or of one text.
  func texts(_ member: String) -> [String] {
    switch self[member] {
    case .array(let items)?: items.compactMap { $0.text ?? $0["value"]?.text }
    case let value?: value.text.map { $0.isEmpty ? [] : [$0] } ?? []
    case nil: []
    }
  }

  /// Returns a boolean in any form that clients use; false for what is none, which ``isTruth(_:)`` refuses on saving.
  func truth(_ member: String) -> Bool {
    switch self[member] {
    case .boolean(let value)?: value
    case let value?: BooleanWord.parse(value.text ?? "") ?? false
    case nil: false
    }
  }

  /// Whether a member is absent, empty, or a word for yes or no (contacts.md 3.2).
  func isTruth(_ member: String) -> Bool {
    switch self[member] {
    case nil, .null?, .boolean?: true
    case let value?: value.text.map { $0.isEmpty || BooleanWord.parse($0) != nil } ?? false
    }
  }
}
