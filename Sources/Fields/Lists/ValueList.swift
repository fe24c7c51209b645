/// A closed list of values for a field: countries, time zones, locales, or the options of a select
/// field.
///
/// Values are found by their bytes in a hash table, without creating a string; an import looks up
/// several values per row.
package struct ValueList: Sendable {
  /// The values as stored, in the order of the list.
  package let names: [String]
  private let folding: Folding
  /// The bytes of the names, concatenated, and the offset of each.
  private let bytes: [UInt8]
  private let ranges: [Range<Int>]
  /// Open addressing: index of a name plus one, or 0.
  private let slots: [UInt32]

  /// The rules by which two spellings are equal.
  private struct Folding: Sendable {
    var ignoresCase: Bool
    var hyphenIsUnderscore: Bool

    @inline(__always)
    func callAsFunction(_ byte: UInt8) -> UInt8 {
      if ignoresCase, byte &- 0x41 < 26 { return byte | 0x20 }
      if hyphenIsUnderscore, byte == 0x2D { return 0x5F }
      return byte
    }
  }

  /// Creates a list of values.
  ///
  /// - Parameters:
  ///   - names: The values as stored. Of two that compare equal the first is kept.
  ///   - ignoresCase: Whether lookups ignore ASCII case.
  ///   - hyphenIsUnderscore: Whether lookups treat `-` and `_` as equal.
  package init(names: [String], ignoresCase: Bool = true, hyphenIsUnderscore: Bool = false) {
    let folding = Folding(ignoresCase: ignoresCase, hyphenIsUnderscore: hyphenIsUnderscore)
    var capacity = 8
    while capacity < names.count * 2 { capacity *= 2 }
    var bytes: [UInt8] = []
    var ranges: [Range<Int>] = []
    var kept: [String] = []
    var slots = [UInt32](repeating: 0, count: capacity)
    for name in names {
      let start = bytes.count
      bytes.append(contentsOf: name.utf8)
      var slot = Self.hash(bytes[start...], folding) & (capacity - 1)
      var isNew = true
      while slots[slot] != 0 {
        let other = ranges[Int(slots[slot]) - 1]
        if bytes[other].elementsEqual(bytes[start...], by: { folding($0) == folding($1) }) {
          isNew = false
          break
        }
        slot = (slot + 1) & (capacity - 1)
      }
      guard isNew else {
        bytes.removeSubrange(start...)
        continue
      }
      ranges.append(start..<bytes.count)
      kept.append(name)
      slots[slot] = UInt32(ranges.count)
    }
    self.names = kept
    self.folding = folding
    self.bytes = bytes
    self.ranges = ranges
    self.slots = slots
  }

  /// Returns the stored spelling of a value, or `nil` if it is not in the list.
  package func canonical(_ value: String) -> String? {
    var value = value
    return value.withUTF8 { index(of: $0) }.map { names[$0] }
  }

  /// Returns the index of the value with these UTF-8 bytes, or `nil` if it is not in the list.
  func index(of value: UnsafeBufferPointer<UInt8>) -> Int? {
    var slot = Self.hash(value, folding) & (slots.count - 1)
    while slots[slot] != 0 {
      let index = Int(slots[slot]) - 1
      let range = ranges[index]
      if range.count == value.count {
        var position = 0
        while position < value.count,
          folding(bytes[range.lowerBound + position]) == folding(value[position])
        {
          position += 1
        }
        if position == value.count { return index }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  /// Appends the stored spelling of the value at an index.
  func append(at index: Int, to output: inout [UInt8]) {
    output.append(contentsOf: bytes[ranges[index]])
  }

  /// Returns the FNV-1a hash of the folded bytes.
  private static func hash(_ value: some Sequence<UInt8>, _ folding: Folding) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in value { hash = (hash ^ UInt64(folding(byte))) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: hash ^ (hash >> 32)) & Int.max
  }
}
