import Foundation
import Primitives

/// Reads the value of one filter in the forms that field kinds need.
struct FilterValueReader {
  let value: JSONValue
  let comparison: FilterOperator
  let index: Int
  let isStrict: Bool

  func problem(_ message: String) -> FilterProblem {
    FilterProblem(message, index: index, member: "filter")
  }

  /// The single value; `null` only where that is allowed.
  func single() throws(FilterProblem) -> JSONValue {
    if value.entries != nil { throw problem("value is not valid") }
    if value.isBlank, isStrict { throw problem("value required") }
    return value
  }

  /// The value as text; empty for a filter stored without one (SEG-31).
  func text() throws(FilterProblem) -> String { try single().plainText ?? "" }

  /// The regular expression. A doubled backslash means one (SEG-29).
  func pattern() throws(FilterProblem) -> String { try text().replacing(#"\\"#, with: #"\"#) }

  /// The entries of a list (SEG-30).
  func texts() throws(FilterProblem) -> [String] {
    guard let texts = FilterList.texts(value) else { throw problem("value is not valid") }
    if texts.isEmpty, isStrict { throw problem("value required") }
    return texts
  }

  /// The record ids in a list. Other text is refused when saving and matches nothing when evaluated.
  func records() throws(FilterProblem) -> [Int64] {
    var records: [Int64] = []
    for text in try texts() {
      if let record = Int64(text) {
        records.append(record)
      } else if isStrict {
        throw problem("“\(text)” is not the number of a record")
      }
    }
    return records
  }

  /// The id of one record; `nil` if the value is not an id.
  func record() throws(FilterProblem) -> Int64? {
    let text = FilterList.trimmed(try self.text()[...])
    let record = Int64(text)
    if record == nil, isStrict { throw problem("“\(text)” is not the number of a record") }
    return record
  }

  /// The boolean value (SEG-34).
  func boolean() throws(FilterProblem) -> Bool {
    switch try single() {
    case .null, .boolean(false), .integer(0), .number(0), .string("false"), .string("0"),
      .string(""):
      false
    default: true
    }
  }

  /// A decimal number; other text reads as 0, and is refused when saving (SEG-32).
  func number(_ value: JSONValue) throws(FilterProblem) -> Double {
    switch value {
    case .integer(let number): return Double(number)
    case .number(let number): return number
    default:
      let text = FilterList.trimmed((value.plainText ?? "")[...])
      if let number = Self.decimal(text) { return number }
      guard !isStrict else { throw problem("“\(text)” is not a number") }
      return 0
    }
  }

  /// Parses a decimal number with an optional exponent; no infinity, no hexadecimal.
  private static func decimal(_ text: String) -> Double? {
    let isDecimal = text.utf8.allSatisfy {
      ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E || $0 | 0x20 == 0x65
    }
    guard isDecimal, let number = Double(text), number.isFinite else { return nil }
    return number
  }

  /// The two ends of a range.
  func pair() throws(FilterProblem) -> (JSONValue, JSONValue) {
    guard let entries = value.entries, entries.count == 2 else {
      throw problem("a range needs exactly two values")
    }
    if isStrict, entries.contains(where: \.isBlank) { throw problem("value required") }
    return (entries[0], entries[1])
  }
}
