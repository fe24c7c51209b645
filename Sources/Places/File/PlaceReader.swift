/// Reads values of the data section of a MaxMind database (format 2.0). Nothing that the bytes say is believed: a value
/// has a bounded depth, a bounded number of parts and a bounded size, and lies inside the section.
struct PlaceReader {
  private static let maximumDepth = 16
  private static let maximumText = 65_536
  /// The bytes that are read at once.
  private static let windowSize = 4_096

  private let file: FileBytes
  /// Where the section begins and ends; pointers count from its beginning.
  private let section: Range<Int>
  private var window: (start: Int, bytes: [UInt8]) = (0, [])
  /// The values that may still be read.
  private var budget = 5_000

  init(_ file: FileBytes, _ section: Range<Int>) {
    self.file = file
    self.section = section
  }

  /// Reads the value at a place of the section.
  ///
  /// - Throws: ``PlaceDatabaseError`` for one that is malformed or beyond the bounds.
  mutating func value(at offset: Int) throws(PlaceDatabaseError) -> PlaceValue {
    var place = try position(offset)
    return try value(&place, depth: 0)
  }

  private func position(_ offset: Int) throws(PlaceDatabaseError) -> Int {
    guard offset >= 0, offset < section.count else { throw malformed("a place outside the data") }
    return section.lowerBound + offset
  }

  private mutating func value(
    _ place: inout Int, depth: Int, isTarget: Bool = false
  ) throws(PlaceDatabaseError) -> PlaceValue {
    guard depth <= Self.maximumDepth else { throw malformed("values inside values too deep") }
    guard budget > 0 else { throw malformed("a record of too many values") }
    budget -= 1
    let control = try byte(&place)
    if control >> 5 == 1 {
      guard !isTarget else { throw malformed("a pointer to a pointer") }
      var target = try position(pointer(control, &place))
      return try value(&target, depth: depth + 1, isTarget: true)
    }
    var type = Int(control >> 5)
    if type == 0 { type = Int(try byte(&place)) + 7 }
    let size = try size(control, &place)
    switch type {
    case 2:
      guard size <= Self.maximumText else { throw malformed("a text of \(size) bytes") }
      return .text(String(decoding: try bytes(size, &place), as: UTF8.self))
    case 3:
      guard size == 8 else { throw malformed("a number of \(size) bytes") }
      return .number(Double(bitPattern: try whole(8, &place)))
    case 15:
      guard size == 4 else { throw malformed("a number of \(size) bytes") }
      let bits = UInt32(truncatingIfNeeded: try whole(4, &place))
      return .number(Double(Float(bitPattern: bits)))
    case 5, 6, 9:
      guard size <= 8 else { throw malformed("a number of \(size) bytes") }
      return .integer(try whole(size, &place))
    case 7: return try map(size, &place, depth: depth)
    case 11: return try list(size, &place, depth: depth)
    case 14: return .other
    case 4, 8, 10:
      // Bytes, numbers with a sign, and very large ones: nothing that is used has these types.
      try skip(size, &place)
      return .other
    default: throw malformed("a value of the unknown type \(type)")
    }
  }

  private mutating func map(
    _ count: Int, _ place: inout Int, depth: Int
  ) throws(PlaceDatabaseError) -> PlaceValue {
    guard count <= budget else { throw malformed("a map of \(count) members") }
    var members: [String: PlaceValue] = [:]
    for _ in 0..<count {
      guard case .text(let name) = try value(&place, depth: depth + 1) else {
        throw malformed("a member whose name is no text")
      }
      members[name] = try value(&place, depth: depth + 1)
    }
    return .map(members)
  }

  private mutating func list(
    _ count: Int, _ place: inout Int, depth: Int
  ) throws(PlaceDatabaseError) -> PlaceValue {
    guard count <= budget else { throw malformed("a list of \(count) items") }
    var items: [PlaceValue] = []
    for _ in 0..<count { items.append(try value(&place, depth: depth + 1)) }
    return .list(items)
  }

  private mutating func pointer(
    _ control: UInt8, _ place: inout Int
  ) throws(PlaceDatabaseError) -> Int {
    let high = Int(control & 7)
    switch control >> 3 & 3 {
    case 0: return high << 8 | Int(try whole(1, &place))
    case 1: return (high << 16 | Int(try whole(2, &place))) + 2_048
    case 2: return (high << 24 | Int(try whole(3, &place))) + 526_336
    default: return Int(try whole(4, &place))
    }
  }

  private mutating func size(
    _ control: UInt8, _ place: inout Int
  ) throws(PlaceDatabaseError) -> Int {
    switch control & 31 {
    case 29: return 29 + Int(try whole(1, &place))
    case 30: return 285 + Int(try whole(2, &place))
    case 31: return 65_821 + Int(try whole(3, &place))
    case let size: return Int(size)
    }
  }

  // MARK: Bytes

  /// A number of at most eight bytes, the most significant first.
  private mutating func whole(
    _ count: Int, _ place: inout Int
  ) throws(PlaceDatabaseError) -> UInt64 {
    try bytes(count, &place).reduce(0) { $0 << 8 | UInt64($1) }
  }

  private mutating func byte(_ place: inout Int) throws(PlaceDatabaseError) -> UInt8 {
    try bytes(1, &place)[0]
  }

  private mutating func skip(_ count: Int, _ place: inout Int) throws(PlaceDatabaseError) {
    guard count <= section.upperBound - place else { throw malformed("a value beyond the end") }
    place += count
  }

  private mutating func bytes(
    _ count: Int, _ place: inout Int
  ) throws(PlaceDatabaseError) -> ArraySlice<UInt8> {
    guard count <= section.upperBound - place else { throw malformed("a value beyond the end") }
    if place < window.start || place + count > window.start + window.bytes.count {
      let end = min(section.upperBound, place + max(count, Self.windowSize))
      window = (place, try file.read(place..<end))
    }
    let start = place - window.start
    guard start + count <= window.bytes.count else { throw malformed("a value beyond the end") }
    place += count
    return ArraySlice(Array(window.bytes[start..<start + count]))
  }

  private func malformed(_ words: String) -> PlaceDatabaseError {
    PlaceDatabaseError("\(file.path) is malformed: \(words)")
  }
}
