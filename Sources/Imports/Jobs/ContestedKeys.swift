/// Finds keys that occur in more than one part, in one pass over the hashes of all keys.
///
/// An open-addressing table of hash → part of bounded size; hashes outside the range of the pass
/// wait for another pass. Two keys with the same hash count as one: both are then deferred, which
/// is harmless.
struct ContestedKeys: Sendable {
  private static let several: Int32 = -1

  private var hashes: [UInt64]
  private var parts: [Int32]
  private let shift: Int
  private var pass: Int
  private let passes: Int

  /// - Parameters:
  ///   - keys: The number of keys expected over all passes.
  ///   - pass: The share of the hashes to examine, from 0.
  init(keys: Int, pass: Int, of passes: Int) {
    var size = 1 << 10
    while size < 2 * max(1, keys / max(1, passes)) { size <<= 1 }
    hashes = Array(repeating: 0, count: size)
    parts = Array(repeating: 0, count: size)
    shift = 64 - size.trailingZeroBitCount
    self.pass = pass
    self.passes = passes
  }

  /// Returns the number of passes that a number of keys takes.
  static func passes(keys: Int, perPass: Int) -> Int { max(1, (keys + perPass - 1) / perPass) }

  /// Clears the table and starts another share of the hashes, reusing the memory.
  mutating func begin(pass: Int) {
    for slot in hashes.indices { hashes[slot] = 0 }
    self.pass = pass
  }

  private func isMine(_ hash: UInt64) -> Bool {
    passes == 1 || hash % UInt64(passes) == UInt64(pass)
  }

  private func slot(_ hash: UInt64) -> Int {
    // The table is at most half full on average; the hash is spread by its upper bits.
    let mask = hashes.count - 1
    var slot = Int(truncatingIfNeeded: (hash &* 0x9E37_79B9_7F4A_7C15) >> UInt64(shift))
    while hashes[slot] != 0, hashes[slot] != hash { slot = (slot + 1) & mask }
    return slot
  }

  /// Adds the keys of a part. Hash 0 means no key.
  mutating func add(_ keys: [UInt64], part: Int) {
    let part = Int32(truncatingIfNeeded: part)
    for hash in keys where hash != 0 && isMine(hash) {
      let slot = slot(hash)
      if hashes[slot] == 0 {
        hashes[slot] = hash
        parts[slot] = part
      } else if parts[slot] != part {
        parts[slot] = Self.several
      }
    }
  }

  /// Returns the keys of a part that other parts have too, each as often as it occurs.
  func contested(among keys: [UInt64]) -> [UInt64] {
    keys.filter { $0 != 0 && isMine($0) && parts[slot($0)] == Self.several }
  }
}
