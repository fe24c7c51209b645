package import Foundation

/// A typed value of a field.
package enum FieldValue: Sendable, Equatable {
  /// A text of any of the textual types.
  case text(String)
  case number(Double)
  /// True or false.
  case boolean(Bool)
  /// The chosen values of a multiselect, in the given order.
  case options([String])
  /// A day as `YYYY-MM-DD`.
  case date(String)
  /// An instant, to the second.
  case instant(Date)
  /// A time of day as `HH:MM:SS`.
  case time(String)

  /// Creates the value of a canonical text; `nil` if the text is not canonical.
  ///
  /// - Parameters:
  ///   - canonical: The text as written by ``FieldParser`` and by PostgreSQL (instants in UTC).
  ///   - type: The type of the field.
  package init?(canonical: String, type: FieldType) {
    switch type {
    case .number:
      guard let number = Double(canonical) else { return nil }
      self = .number(number)
    case .boolean:
      switch canonical {
      case "t", "true": self = .boolean(true)
      case "f", "false": self = .boolean(false)
      default: return nil
      }
    case .multiselect:
      guard let values = TextArray.parse(canonical) else { return nil }
      self = .options(values)
    case .date: self = .date(canonical)
    case .time: self = .time(canonical)
    case .datetime:
      var copy = canonical
      guard let instant = copy.withUTF8({ DateText.instant(canonical: $0) }) else { return nil }
      self = .instant(instant)
    default: self = .text(canonical)
    }
  }

  /// The text on the wire (api.md 8.1): values of a multiselect joined by `|`, instants as
  /// `YYYY-MM-DD HH:MM:SS` in UTC, times without seconds if those are 0.
  package var text: String {
    switch self {
    case .text(let text), .date(let text): text
    case .number(let number):
      number == number.rounded() && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
    case .boolean(let value): value ? "1" : "0"
    case .options(let values): values.joined(separator: "|")
    case .instant(let date): DateText.plain(date)
    case .time(let time):
      time.count == 8 && time.hasSuffix(":00") ? String(time.dropLast(3)) : time
    }
  }
}

/// One-dimensional text arrays in PostgreSQL's format.
package enum TextArray {
  /// Appends a double-quoted element.
  package static func append(_ element: some Sequence<UInt8>, to output: inout [UInt8]) {
    output.append(0x22)
    for byte in element {
      if byte == 0x22 || byte == 0x5C { output.append(0x5C) }
      output.append(byte)
    }
    output.append(0x22)
  }

  /// Returns the elements of an array literal, or `nil` if the text is not one.
  package static func parse(_ literal: String) -> [String]? {
    var elements: [String] = []
    var element: [UInt8] = []
    var isQuoted = false
    var isEscaped = false
    var isStarted = false
    let bytes = Array(literal.utf8)
    guard bytes.count >= 2, bytes.first == 0x7B, bytes.last == 0x7D else { return nil }
    for byte in bytes[1..<(bytes.count - 1)] {
      if isEscaped {
        element.append(byte)
        isEscaped = false
      } else if byte == 0x5C {
        isEscaped = true
      } else if byte == 0x22 {
        isQuoted.toggle()
        isStarted = true
      } else if byte == 0x2C, !isQuoted {
        elements.append(String(decoding: element, as: UTF8.self))
        element.removeAll()
        isStarted = false
      } else {
        element.append(byte)
        isStarted = true
      }
    }
    guard !isQuoted, !isEscaped else { return nil }
    if isStarted { elements.append(String(decoding: element, as: UTF8.self)) }
    return elements
  }
}
