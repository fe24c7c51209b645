/// Converts a stream of bytes in some encoding to UTF-8, chunk by chunk.
///
/// A byte-order mark at the start is dropped. Invalid input is passed on as bytes that are not
/// valid UTF-8 either, never replaced: UTF-8 is passed on unchanged, a lone surrogate in its
/// three-byte form, a byte that the encoding does not define as it is. So the error reaches
/// ``CSVParser``, which attributes it to its row.
///
/// The state between two chunks is a few bytes.
package struct Transcoder: Sendable {
  /// The source's encoding.
  package let encoding: TextEncoding

  /// Bytes at the start that may become a byte-order mark.
  private var mark: [UInt8] = []
  private var isAtStart: Bool
  /// UTF-16: the first byte of an incomplete unit.
  private var halfUnit: UInt8?
  /// UTF-16: a high surrogate without its partner yet.
  private var highSurrogate: UInt16?

  /// Creates a transcoder at the start of a stream.
  package init(from encoding: TextEncoding) {
    self.encoding = encoding
    isAtStart = !encoding.byteOrderMark.isEmpty
  }

  /// Appends the input in UTF-8 to `output`, up to an incomplete last character.
  package mutating func transcode(_ input: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    var rest = input[...]
    if isAtStart {
      let expected = encoding.byteOrderMark
      while isAtStart, let byte = rest.first {
        if byte == expected[mark.count] {
          rest = rest.dropFirst()
          mark.append(byte)
          if mark.count == expected.count { (isAtStart, mark) = (false, []) }
        } else {
          releaseMark(into: &output)
        }
      }
    }
    convert(UnsafeRawBufferPointer(rebasing: rest), into: &output)
  }

  /// Calls ``transcode(_:into:)`` with an array.
  package mutating func transcode(_ input: [UInt8], into output: inout [UInt8]) {
    input.withUnsafeBytes { transcode($0, into: &output) }
  }

  /// Ends the stream: an incomplete character is passed on as invalid.
  package mutating func finish(into output: inout [UInt8]) {
    releaseMark(into: &output)
    if let lone = highSurrogate { Self.append(UInt32(lone), to: &output) }
    // Half a unit has no value; FF is never valid in UTF-8.
    if halfUnit != nil { output.append(0xFF) }
    (highSurrogate, halfUnit) = (nil, nil)
  }

  /// Releases held bytes that were not a mark after all.
  private mutating func releaseMark(into output: inout [UInt8]) {
    isAtStart = false
    let held = mark
    mark = []
    held.withUnsafeBytes { convert($0, into: &output) }
  }

  private mutating func convert(_ input: UnsafeRawBufferPointer, into output: inout [UInt8]) {
    guard !input.isEmpty else { return }
    switch encoding {
    case .utf8: output.append(contentsOf: input)
    case .utf16le: wide(input, bigEndian: false, into: &output)
    case .utf16be: wide(input, bigEndian: true, into: &output)
    default: Self.narrow(input, CodePage.table(encoding), into: &output)
    }
  }
}

// MARK: - One byte per character

extension Transcoder {
  private static func narrow(
    _ input: UnsafeRawBufferPointer, _ table: [UInt16], into output: inout [UInt8]
  ) {
    output.reserveCapacity(output.count + input.count + input.count / 8)
    var start = 0
    var i = 0
    while i < input.count {
      if input[i] < 0x80 {
        i += 1
        continue
      }
      // Runs of ASCII are copied at once.
      output.append(contentsOf: input[start..<i])
      let scalar = table[Int(input[i] - 0x80)]
      if scalar != 0 { append(UInt32(scalar), to: &output) } else { output.append(input[i]) }
      i += 1
      start = i
    }
    output.append(contentsOf: input[start...])
  }
}

// MARK: - UTF-16

extension Transcoder {
  private mutating func wide(
    _ input: UnsafeRawBufferPointer, bigEndian: Bool, into output: inout [UInt8]
  ) {
    output.reserveCapacity(output.count + input.count / 2 + input.count / 16 + 8)
    var i = 0
    if let first = halfUnit, let second = input.first {
      halfUnit = nil
      let (high, low) = bigEndian ? (first, second) : (second, first)
      unit(UInt16(high) << 8 | UInt16(low), into: &output)
      i = 1
    }
    while i + 1 < input.count {
      let raw = input.loadUnaligned(fromByteOffset: i, as: UInt16.self)
      unit(bigEndian ? UInt16(bigEndian: raw) : UInt16(littleEndian: raw), into: &output)
      i += 2
    }
    if i < input.count { halfUnit = input[i] }
  }

  @inline(__always)
  private mutating func unit(_ unit: UInt16, into output: inout [UInt8]) {
    if unit < 0x80, highSurrogate == nil {
      output.append(UInt8(truncatingIfNeeded: unit))
      return
    }
    if let high = highSurrogate {
      highSurrogate = nil
      if unit & 0xFC00 == 0xDC00 {
        Self.append(
          0x1_0000 + (UInt32(high & 0x3FF) << 10 | UInt32(unit & 0x3FF)), to: &output)
        return
      }
      Self.append(UInt32(high), to: &output)
    }
    if unit & 0xFC00 == 0xD800 {
      highSurrogate = unit
    } else {
      Self.append(UInt32(unit), to: &output)
    }
  }

  /// Appends a code point, even a lone surrogate, in the UTF-8 form of its range.
  private static func append(_ point: UInt32, to output: inout [UInt8]) {
    func tail(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(truncatingIfNeeded: point >> shift & 0x3F) }
    switch point {
    case ..<0x80:
      output.append(UInt8(truncatingIfNeeded: point))
    case ..<0x800:
      output.append(0xC0 | UInt8(truncatingIfNeeded: point >> 6))
      output.append(tail(0))
    case ..<0x1_0000:
      output.append(0xE0 | UInt8(truncatingIfNeeded: point >> 12))
      output.append(tail(6))
      output.append(tail(0))
    default:
      output.append(0xF0 | UInt8(truncatingIfNeeded: point >> 18))
      output.append(tail(12))
      output.append(tail(6))
      output.append(tail(0))
    }
  }
}
