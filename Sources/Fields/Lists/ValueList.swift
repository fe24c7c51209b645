/// A closed list of values for a field: countries, time zones, locales, or the options of a select
/// field.
///
/// Values are found by their bytes in a hash table, without creating a string; an import looks up
/// several values per row. Only a spelling that is not in the table is looked up by its key.
package struct ValueList: Sendable {
  /// The values as stored, in the order of the list.
  package let names: [String]
  private let folding: Folding
  /// The bytes of the spellings, concatenated, and the offset of each.
  private let bytes: [UInt8]
  private let ranges: [Range<Int>]
  /// The index of the name that each spelling means; the names themselves come first.
  private let targets: [Int]
  /// Open addressing: index of a spelling plus one, or 0.
  private let slots: [UInt32]
  /// Whether spellings that differ in case alone are values of their own.
  private let keepsCase: Bool
  /// The names by the keys of their spellings.
  private let keys: [String: Int]
  private let key: (@Sendable (String) -> String)?
  /// Whether a name or spelling contains a comma or semicolon.
  private let hasComma: Bool
  private let hasSemicolon: Bool

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
    self.init(
      names: names, spellings: [], keepsCase: false,
      folding: Folding(ignoresCase: ignoresCase, hyphenIsUnderscore: hyphenIsUnderscore), key: nil)
  }

  /// Creates the list of a field's choices: each is found by its value or its label, in any case; what is written
  /// exactly like a value is that one.
  init(options: [FieldOption]) {
    self.init(
      names: options.map(\.value), spellings: options.map { ($0.label, $0.value) },
      keepsCase: true, folding: Folding(ignoresCase: true, hyphenIsUnderscore: false),
      key: { $0.lowercased() })
  }

  /// Creates a list whose values have other spellings too.
  ///
  /// - Parameters:
  ///   - names: The values as stored.
  ///   - spellings: Other spellings and the value that each means.
  ///   - key: The form in which spellings are compared that are not written like any of them.
  init(
    names: [String], spellings: [(String, String)], key: @escaping @Sendable (String) -> String
  ) {
    self.init(
      names: names, spellings: spellings, keepsCase: false,
      folding: Folding(ignoresCase: true, hyphenIsUnderscore: false), key: key)
  }

  private init(
    names: [String], spellings: [(String, String)], keepsCase: Bool, folding: Folding,
    key: (@Sendable (String) -> String)?
  ) {
    var table = Table(folding: folding, capacity: names.count + spellings.count)
    var kept: [String] = []
    var places: [String: Int] = [:]
    for name in names where table.add(name, target: kept.count, keepsCase: keepsCase) {
      places[name] = kept.count
      kept.append(name)
    }
    for (spelling, name) in spellings {
      guard let place = places[name] else { continue }
      _ = table.add(spelling, target: place, keepsCase: false)
    }
    var keys: [String: Int] = [:]
    if let key {
      let all = kept.map { ($0, $0) } + spellings
      for (spelling, name) in all {
        guard let place = places[name] else { continue }
        let word = key(spelling)
        if !word.isEmpty, keys[word] == nil { keys[word] = place }
      }
    }
    self.names = kept
    self.folding = folding
    self.keepsCase = keepsCase
    self.key = key
    self.keys = keys
    bytes = table.bytes
    ranges = table.ranges
    targets = table.targets
    slots = table.slots
    hasComma = table.bytes.contains(0x2C)
    hasSemicolon = table.bytes.contains(0x3B)
  }

  /// The spellings while they are collected.
  private struct Table {
    let folding: Folding
    var bytes: [UInt8] = []
    var ranges: [Range<Int>] = []
    var targets: [Int] = []
    var slots: [UInt32]

    init(folding: Folding, capacity count: Int) {
      self.folding = folding
      var capacity = 8
      while capacity < count * 2 { capacity *= 2 }
      slots = [UInt32](repeating: 0, count: capacity)
    }

    /// Returns whether the spelling is new.
    mutating func add(_ spelling: String, target: Int, keepsCase: Bool) -> Bool {
      let start = bytes.count
      bytes.append(contentsOf: spelling.utf8)
      var slot = ValueList.hash(bytes[start...], folding) & (slots.count - 1)
      while slots[slot] != 0 {
        let other = bytes[ranges[Int(slots[slot]) - 1]]
        let isEqual =
          keepsCase
          ? other.elementsEqual(bytes[start...])
          : other.elementsEqual(bytes[start...], by: { folding($0) == folding($1) })
        if isEqual {
          bytes.removeSubrange(start...)
          return false
        }
        slot = (slot + 1) & (slots.count - 1)
      }
      ranges.append(start..<bytes.count)
      targets.append(target)
      slots[slot] = UInt32(ranges.count)
      return true
    }
  }

  /// Returns the stored spelling of a value, or `nil` if it is not in the list.
  package func canonical(_ value: String) -> String? {
    var value = value
    return value.withUTF8 { index(of: $0) }.map { names[$0] }
  }

  /// Returns the index of the value with these UTF-8 bytes, or `nil` if it is not in the list.
  func index(of value: UnsafeBufferPointer<UInt8>) -> Int? {
    var slot = Self.hash(value, folding) & (slots.count - 1)
    var found: Int?
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
        if position == value.count {
          if !keepsCase || bytes[range].elementsEqual(value) { return targets[index] }
          found = found ?? targets[index]
        }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    if let found { return found }
    guard let key else { return nil }
    return keys[key(String(decoding: value, as: UTF8.self))]
  }

  /// Whether a byte separates values: a comma or a semicolon that no value contains.
  func isSeparator(_ byte: UInt8) -> Bool {
    byte == 0x2C && !hasComma || byte == 0x3B && !hasSemicolon
  }

  /// Appends the stored spelling of the value at an index.
  func append(at index: Int, to output: inout [UInt8]) {
    output.append(contentsOf: bytes[ranges[index]])
  }

  /// The stored spelling of the value at an index.
  func spelling(at index: Int) -> ArraySlice<UInt8> { bytes[ranges[index]] }

  /// Returns the FNV-1a hash of the folded bytes.
  private static func hash(_ value: some Sequence<UInt8>, _ folding: Folding) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in value { hash = (hash ^ UInt64(folding(byte))) &* 0x100_0000_01b3 }
    return Int(truncatingIfNeeded: hash ^ (hash >> 32)) & Int.max
  }
}
