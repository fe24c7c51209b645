/// Bytes with a meaning in every dialect.
enum Byte {
  static let nul: UInt8 = 0x00
  static let tab: UInt8 = 0x09
  static let lineFeed: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
}

/// Eight bytes processed as one machine word.
///
/// This needs no vector instructions, so it is equally fast on any processor and in any build, and
/// it fits the work: a value of a CSV file is seldom much longer than a word. A "mask" has 0x80 in
/// each matching byte and nothing else; the first byte in memory is the lowest.
enum Word {
  static let ones: UInt64 = 0x0101_0101_0101_0101
  static let highs: UInt64 = 0x8080_8080_8080_8080
  static let lows: UInt64 = 0x7F7F_7F7F_7F7F_7F7F

  /// Returns a word with the byte in all eight positions.
  @inline(__always)
  static func pattern(_ byte: UInt8) -> UInt64 { UInt64(byte) &* ones }

  @inline(__always)
  static func load(_ base: UnsafeRawPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: base.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// Returns the mask of the bytes equal to the pattern's. Exact: no byte is marked by a
  /// neighbor's carry, which counting requires.
  @inline(__always)
  static func equal(_ word: UInt64, _ pattern: UInt64) -> UInt64 {
    let difference = word ^ pattern
    return ~(((difference & lows) &+ lows) | difference | lows)
  }

  /// Returns the number of marked bytes.
  @inline(__always)
  static func count(_ mask: UInt64) -> Int {
    Int(truncatingIfNeeded: ((mask >> 7) &* ones) >> 56)
  }

  /// Sets 0x80 in each byte with an odd number of marked bytes up to and including it.
  @inline(__always)
  static func parity(_ mask: UInt64) -> UInt64 { (((mask >> 7) &* ones) & ones) << 7 }

  /// Returns the index of the first marked byte; the mask must not be 0.
  @inline(__always)
  static func first(_ mask: UInt64) -> Int { mask.trailingZeroBitCount >> 3 }

  /// Returns the index of the last marked byte; the mask must not be 0.
  @inline(__always)
  static func last(_ mask: UInt64) -> Int { 7 - (mask.leadingZeroBitCount >> 3) }
}

extension Array<UInt8> {
  /// Calls a body, which throws only ``CSVError``, with the bytes.
  func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(CSVError) -> Result
  ) throws(CSVError) -> Result {
    try withUnsafeBufferPointer { buffer throws(CSVError) in
      try body(UnsafeRawBufferPointer(buffer))
    }
  }
}
