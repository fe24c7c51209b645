import Postgres

/// Iterates over rows in COPY's text form, one field at a time.
struct CopyFields {
  private let input: UnsafeRawBufferPointer
  private var position = 0

  private static let backslash = UInt8(ascii: "\\")
  private static let tab = UInt8(ascii: "\t")
  private static let lineFeed = UInt8(ascii: "\n")

  init(_ input: UnsafeRawBufferPointer) { self.input = input }

  var isAtEnd: Bool { position >= input.count }

  /// Reads a field into `value`, replacing its content.
  /// - Returns: Whether the value is null, and whether it is the last of the row.
  mutating func next(into value: inout [UInt8]) throws -> (isNull: Bool, endsRow: Bool) {
    value.removeAll(keepingCapacity: true)
    var start = position
    var isNull = false
    while position < input.count {
      let byte = input[position]
      if byte == Self.tab || byte == Self.lineFeed {
        append(start, into: &value)
        position += 1
        return (isNull, byte == Self.lineFeed)
      }
      if byte == Self.backslash {
        append(start, into: &value)
        guard position + 1 < input.count else { throw MalformedCopy() }
        let code = input[position + 1]
        position += 2
        start = position
        if code == UInt8(ascii: "N") {
          isNull = true
        } else {
          value.append(CopyText.unescape(code))
        }
      } else {
        position += 1
      }
    }
    throw MalformedCopy()
  }

  private func append(_ start: Int, into value: inout [UInt8]) {
    if start < position {
      value.append(contentsOf: UnsafeRawBufferPointer(rebasing: input[start..<position]))
    }
  }
}
