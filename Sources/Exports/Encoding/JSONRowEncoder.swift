import Foundation
import Primitives

/// Encodes rows as JSON objects, one per line: numbers and booleans typed, lists as arrays, missing
/// values as null.
struct JSONRowEncoder: RowEncoder {
  private(set) var rows: Int64 = 0
  let input = CopyForm.text

  private let kinds: [ExportColumn.Kind]
  /// The text before each value: the separator and the member's name.
  private let heads: [[UInt8]]
  private var value: [UInt8] = []

  init(_ columns: ExportColumns) {
    kinds = columns.all.map(\.kind)
    heads = columns.names.enumerated().map { index, name in
      var head = Array((index == 0 ? "{" : ",").utf8)
      Self.append(text: Array(name.utf8), to: &head)
      head.append(UInt8(ascii: ":"))
      return head
    }
  }

  mutating func begin(into output: inout [UInt8]) {}

  mutating func encode(_ input: UnsafeRawBufferPointer, into output: inout [UInt8]) throws {
    output.reserveCapacity(output.count + input.count * 3)
    var fields = CopyFields(input)
    while !fields.isAtEnd {
      for index in kinds.indices {
        let (isNull, endsRow) = try fields.next(into: &value)
        guard endsRow == (index == kinds.count - 1) else { throw MalformedCopy() }
        output.append(contentsOf: heads[index])
        if isNull { output.append(contentsOf: Self.null) } else { append(kinds[index], &output) }
      }
      output.append(UInt8(ascii: "}"))
      output.append(UInt8(ascii: "\n"))
      rows += 1
    }
  }

  private func append(_ kind: ExportColumn.Kind, _ output: inout [UInt8]) {
    switch kind {
    case .number:
      // JSON has neither NaN nor infinity.
      let isFinite = value.last.map { $0 >= 0x30 && $0 <= 0x39 } ?? false
      output.append(contentsOf: isFinite ? value : Self.null)
    case .boolean:
      output.append(contentsOf: value.first == UInt8(ascii: "t") ? Self.yes : Self.no)
    case .list: output.append(contentsOf: value)
    case .text, .date, .instant: Self.append(text: value, to: &output)
    }
  }

  private static let null = Array("null".utf8)
  private static let yes = Array("true".utf8)
  private static let no = Array("false".utf8)

  /// Appends a quoted text.
  static func append(text: [UInt8], to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    for byte in text {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        output.append(UInt8(ascii: "\\"))
        output.append(byte)
      case 0x0A: output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "n")])
      case 0x0D: output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "r")])
      case 0x09: output.append(contentsOf: [UInt8(ascii: "\\"), UInt8(ascii: "t")])
      case 0..<0x20:
        output.append(contentsOf: Array("\\u00".utf8))
        Hex.append(byte, to: &output)
      default: output.append(byte)
      }
    }
    output.append(UInt8(ascii: "\""))
  }
}
