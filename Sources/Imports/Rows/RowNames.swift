import Fields

/// Names in rows that are ids in the database: looked up once for a whole block.
struct RowNames: Sendable {
  /// The companies by their identity key; stages likewise.
  var companies = NameTable()
  var stages = NameTable()
  /// The tag cells as in the file.
  var tags = ByteInterner()
  /// The address cells as in the file.
  var addresses = ByteInterner()
}

/// Names compared ignoring ASCII case and shown as first written.
struct NameTable: Sendable {
  private var keys = ByteInterner()
  /// The names as first written, by number.
  private(set) var names: [String] = []
  private var key: [UInt8] = []

  var count: Int { names.count }

  mutating func intern(_ name: UnsafeRawBufferPointer) -> Int32 {
    key.removeAll(keepingCapacity: true)
    IdentityKey.append(name.assumingMemoryBound(to: UInt8.self), to: &key)
    let number = key.withUnsafeBytes { keys.intern($0) }
    if Int(number) == names.count { names.append(String(decoding: name, as: UTF8.self)) }
    return number
  }

  mutating func intern(_ name: String) -> Int32 {
    Array(name.utf8).withUnsafeBytes { intern($0) }
  }

  /// The keys in the order of their numbers.
  var keyTexts: [String] { keys.texts }
}
