import Primitives

extension JSONValue {
  /// The value as modules below keep it, without the order of members.
  var kept: Primitives.JSONValue {
    switch self {
    case .null: .null
    case .bool(let bool): .boolean(bool)
    case .int(let number): .integer(Int64(number))
    case .double(let number): .number(number)
    case .string(let text): .string(text)
    case .array(let items): .array(items.map(\.kept))
    case .object(let object):
      .object(
        Dictionary(object.members.map { ($0.key, $0.value.kept) }, uniquingKeysWith: { $1 }))
    }
  }
}
