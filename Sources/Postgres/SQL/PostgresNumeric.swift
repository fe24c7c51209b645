/// The binary form of `numeric`, and PostgreSQL's text for floating numbers.
enum PostgresNumeric {
  /// The text of a `numeric`: base-10,000 digits with a weight, a sign and a display scale.
  static func text(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) -> String {
    var reader = ByteReader(bytes)
    let count = Int(try reader.integer(Int16.self))
    let weight = Int(try reader.integer(Int16.self))
    let sign = try reader.integer(UInt16.self)
    let scale = Int(try reader.integer(Int16.self))
    switch sign {
    case 0x0000, 0x4000: break
    case 0xC000: return "NaN"
    case 0xD000: return "Infinity"
    case 0xF000: return "-Infinity"
    default: throw PostgresError(.decoding, "not a numeric")
    }
    guard count >= 0, scale >= 0, reader.remaining == count * 2 else { throw ByteReader.tooShort }
    var groups: [Int] = []
    for _ in 0..<count {
      let group = Int(try reader.integer(Int16.self))
      guard group >= 0, group < 10_000 else { throw PostgresError(.decoding, "not a numeric") }
      groups.append(group)
    }

    var text = sign == 0x4000 ? "-" : ""
    if weight < 0 {
      text += "0"
    } else {
      for index in 0...weight {
        let digits = String(index < count ? groups[index] : 0)
        text += index == 0 ? digits : String(repeating: "0", count: 4 - digits.count) + digits
      }
    }
    guard scale > 0 else { return text }
    var fraction = ""
    var index = weight + 1
    while fraction.utf8.count < scale {
      let digits = String(index >= 0 && index < count ? groups[index] : 0)
      fraction += String(repeating: "0", count: 4 - digits.count) + digits
      index += 1
    }
    return text + "." + fraction.prefix(scale)
  }

  /// The shortest text that reads back as the same number, whole numbers without a point.
  static func text<F: BinaryFloatingPoint & LosslessStringConvertible>(_ number: F) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
    let text = String(number)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
