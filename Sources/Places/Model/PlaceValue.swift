/// A value of a record, as far as its type is used.
enum PlaceValue: Sendable, Equatable {
  case text(String)
  case number(Double)
  case integer(UInt64)
  case map([String: PlaceValue])
  case list([PlaceValue])
  /// A value of another type, or none.
  case other

  /// A map's member.
  subscript(name: String) -> PlaceValue {
    if case .map(let members) = self { return members[name] ?? .other }
    return .other
  }

  /// A list's item.
  subscript(place: Int) -> PlaceValue {
    if case .list(let items) = self, items.indices.contains(place) { return items[place] }
    return .other
  }

  /// A whole number in a range.
  func integer(in range: ClosedRange<Int>) -> Int? {
    guard case .integer(let value) = self, let number = Int(exactly: value),
      range.contains(number)
    else { return nil }
    return number
  }
}
