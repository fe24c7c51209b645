/// A 64-bit hash of bytes that is the same in every process, for keys that workers compare. Not
/// resistant to deliberate collisions: two keys with the same hash are merely processed together.
enum ByteHash {
  /// Odd constants from the digits of the golden ratio and of √3.
  private static let first: UInt64 = 0x9E37_79B9_7F4A_7C15
  private static let second: UInt64 = 0xBB67_AE85_84CA_A73B

  static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash = first ^ UInt64(truncatingIfNeeded: bytes.count)
    var index = 0
    while index + 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      hash = mix(hash ^ word, second)
      index += 8
    }
    var rest: UInt64 = 0
    var shift: UInt64 = 0
    while index < bytes.count {
      rest |= UInt64(bytes[index]) << shift
      shift += 8
      index += 1
    }
    return mix(mix(hash ^ rest, second), first)
  }

  private static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
    let product = a.multipliedFullWidth(by: b)
    return product.high ^ product.low ^ (a &* 31)
  }
}
