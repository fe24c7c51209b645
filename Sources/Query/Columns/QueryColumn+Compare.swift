import Fields
import Postgres

extension QueryColumn {
  /// A comparison operator.
  enum Comparison: Sendable {
    case equal, unequal, less, lessOrEqual, greater, greaterOrEqual

    var sign: StaticString {
      switch self {
      case .equal: "="
      case .unequal: "<>"
      case .less: "<"
      case .lessOrEqual: "<="
      case .greater: ">"
      case .greaterOrEqual: ">="
      }
    }
  }

  /// Returns a comparison with the value of a text. As in SQL a missing value matches none. A text
  /// without a value is equal to nothing, except in text columns.
  ///
  /// - Throws: ``FieldProblem`` for a text that is not a value of the column.
  func compare(_ comparison: Comparison, _ text: String) throws(FieldProblem) -> SQL {
    if comparison == .equal, kind == .text { return try isAny(of: [text]) }
    if comparison == .unequal, names(text).count > 1 { return try isNone(of: [text]) }
    guard let value = try value(text) else {
      return comparison == .unequal ? "\(sql: sql) IS NOT NULL" : "false"
    }
    return "\(sql: comparable) \(literal: comparison.sign) \(sql: value)"
  }

  /// Returns the condition that the column has one of some values; texts are compared ignoring ASCII case.
  func isAny(of texts: [String]) throws(FieldProblem) -> SQL {
    let texts = texts.flatMap(names)
    guard let list = try list(texts) else { return "false" }
    return indexed(kind == .text ? texts : nil) { "\(sql: $0) = ANY (\(sql: list))" }
  }

  /// Returns the condition that the column has a value, but none of the given ones.
  func isNone(of texts: [String]) throws(FieldProblem) -> SQL {
    guard let list = try list(texts.flatMap(names)) else { return "true" }
    return "\(sql: comparable) <> ALL (\(sql: list))"
  }

  /// Returns the condition that the column lies between two values, inclusive.
  func isBetween(_ low: String, _ high: String) throws(FieldProblem) -> SQL {
    guard let from = try value(low), let to = try value(high) else { return "false" }
    return "\(sql: comparable) BETWEEN \(sql: from) AND \(sql: to)"
  }

  /// The condition that there is no value, or an empty one.
  var isEmpty: SQL {
    switch kind {
    case .text: "coalesce(\(sql: sql), '') = ''"
    case .list: "coalesce(cardinality(\(sql: sql)), 0) = 0"
    default: "\(sql: sql) IS NULL"
    }
  }

  /// Returns a value to compare `comparable` with; nil for a text without one.
  private func value(_ text: String) throws(FieldProblem) -> SQL? {
    let text = text.trimmingBlanks()
    guard text.isStorable else { throw .notText }
    switch kind {
    case .text, .list: return "\(IdentityKey.of(text))"
    case .integer:
      // As an integer if possible, to use the index.
      if let number = Int64(text) { return "\(number)" }
      return try number(text)
    case .number: return try number(text)
    case .boolean: return try typed(text, .boolean, "boolean")
    case .instant: return try typed(text, .datetime, "timestamptz")
    case .day: return try typed(text, .date, "date")
    case .time: return try typed(text, .time, "time")
    }
  }

  private func number(_ text: String) throws(FieldProblem) -> SQL? {
    if text.isEmpty { return nil }
    guard let number = Double(text) else { throw .notANumber }
    guard number.isFinite else { throw .outOfRange }
    return "\(number)"
  }

  private func typed(
    _ text: String, _ type: FieldType, _ sqlType: StaticString
  ) throws(FieldProblem) -> SQL? {
    var text = text
    var canonical: [UInt8] = []
    let parser = FieldParser(type: type, policy: .strict)
    let result = text.withUTF8 { bytes in
      Result { () throws(FieldProblem) in try parser.parse(bytes, into: &canonical) }
    }
    guard try result.get() else { return nil }
    return "\(String(decoding: canonical, as: UTF8.self))::text::\(literal: sqlType)"
  }

  /// Returns values as one array, so that a long list is one parameter; nil for an empty list.
  private func list(_ texts: [String]) throws(FieldProblem) -> SQL? {
    switch kind {
    case .text, .list:
      let keys = texts.map(IdentityKey.of)
      guard keys.allSatisfy(\.isStorable) else { throw .notText }
      return keys.isEmpty ? nil : "\(keys)"
    case .integer:
      let numbers = texts.compactMap { Int64($0.trimmingBlanks()) }
      if numbers.count == texts.count { return numbers.isEmpty ? nil : "\(numbers)" }
    default: break
    }
    var values: [SQL] = []
    for text in texts { if let value = try value(text) { values.append(value) } }
    return values.isEmpty ? nil : "ARRAY[\(sql: values.joined(separator: ", "))]"
  }
}
