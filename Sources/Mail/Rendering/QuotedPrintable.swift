import Primitives

/// Encodes bytes in lines of at most 76 printable characters (RFC 2045).
enum QuotedPrintable {
  /// Returns decoded bytes. What is not encoded stays.
  static func decode(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      guard byte == 0x3D else {
        output.append(byte)
        continue
      }
      var end = index
      while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x0D { end += 1 }
      if end < bytes.count, bytes[end] == 0x0A {
        // The line goes on.
        index = end + 1
      } else if index + 1 < bytes.count,
        let value = Hex.decode(String(decoding: bytes[index...(index + 1)], as: UTF8.self))
      {
        output += value
        index += 2
      } else {
        output.append(byte)
      }
    }
    return output
  }

  /// Appends the encoded form. Line endings of any kind become CR LF.
  static func encode(_ bytes: [UInt8], into output: inout [UInt8]) {
    output.reserveCapacity(output.count + bytes.count + bytes.count / 16 + 64)
    bytes.withUnsafeBufferPointer { bytes in
      var column = 0
      var index = 0
      let count = bytes.count
      while index < count {
        let byte = bytes[index]
        index += 1
        if byte == 0x0D || byte == 0x0A {
          if byte == 0x0D, index < count, bytes[index] == 0x0A { index += 1 }
          output.append(0x0D)
          output.append(0x0A)
          column = 0
          continue
        }
        var isPlain = byte >= 0x21 && byte <= 0x7E && byte != 0x3D
        if byte == 0x20 || byte == 0x09 {
          // A blank at the end of a line would be lost.
          isPlain = index < count && bytes[index] != 0x0D && bytes[index] != 0x0A
        }
        // A single dot at the beginning of a line ends a message.
        if byte == 0x2E, column == 0 || column >= 75 { isPlain = false }
        let width = isPlain ? 1 : 3
        if column + width > 75 {
          output.append(0x3D)
          output.append(0x0D)
          output.append(0x0A)
          column = 0
        }
        if isPlain {
          output.append(byte)
        } else {
          output.append(0x3D)
          Hex.appendUppercase(byte, to: &output)
        }
        column += width
      }
    }
  }
}
