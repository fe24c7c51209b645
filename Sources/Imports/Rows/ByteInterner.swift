/// Numbers distinct byte strings from 0 in the order of their first occurrence.
///
/// Open addressing over one arena: finding a known string allocates nothing.
struct ByteInterner: Sendable {
  private var slots: [Int32]
  private var hashes: [UInt64] = []
  private var ends: [Int] = []
  private var arena: [UInt8] = []

  init(expected: Int = 64) {
    var size = 128
    while size < expected * 2 { size *= 2 }
    slots = Array(repeating: -1, count: size)
  }

  /// The number of distinct strings.
  var count: Int { ends.count }

  /// Returns the number of a string, assigning one if it is new.
  mutating func intern(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    intern(bytes, hash: ByteHash.of(bytes))
  }

  mutating func intern(_ bytes: UnsafeRawBufferPointer, hash: UInt64) -> Int32 {
    let slot = find(bytes, hash)
    if slots[slot] >= 0 { return slots[slot] }
    let number = Int32(truncatingIfNeeded: ends.count)
    slots[slot] = number
    hashes.append(hash)
    arena.append(contentsOf: bytes)
    ends.append(arena.count)
    if ends.count * 2 > slots.count { grow() }
    return number
  }

  /// Returns the number of a string, if it has one.
  func number(of bytes: UnsafeRawBufferPointer) -> Int32? {
    let number = slots[find(bytes, ByteHash.of(bytes))]
    return number >= 0 ? number : nil
  }

  /// Calls a closure with the bytes of a number.
  func withBytes<R>(of number: Int32, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    let index = Int(number)
    let start = index == 0 ? 0 : ends[index - 1]
    return arena.withUnsafeBytes {
      body(UnsafeRawBufferPointer(rebasing: $0[start..<ends[index]]))
    }
  }

  func text(of number: Int32) -> String {
    withBytes(of: number) { String(decoding: $0, as: UTF8.self) }
  }

  /// All strings in the order of their numbers.
  var texts: [String] { (0..<Int32(truncatingIfNeeded: count)).map(text) }

  private func find(_ bytes: UnsafeRawBufferPointer, _ hash: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 {
      let number = slots[slot]
      if hashes[Int(number)] == hash,
        withBytes(of: number, { Self.areEqual($0, bytes) })
      {
        return slot
      }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private static func areEqual(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
    a.count == b.count && a.elementsEqual(b)
  }

  private mutating func grow() {
    var larger = [Int32](repeating: -1, count: slots.count * 2)
    let mask = larger.count - 1
    for number in 0..<ends.count {
      var slot = Int(truncatingIfNeeded: hashes[number]) & mask
      while larger[slot] >= 0 { slot = (slot + 1) & mask }
      larger[slot] = Int32(truncatingIfNeeded: number)
    }
    slots = larger
  }
}
