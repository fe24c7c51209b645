import Fields

/// Names that rows mention and that are ids in the database: looked up once for a whole block.
struct RowNames: Sendable {
  /// Companies by their identity key; stages by the same rule.
  var companies = NameTable()
  var stages = NameTable()
  /// Tag cells as they stand in the file.
  var tags = ByteInterner()
  /// Address cells as they stand in the file.
  var addresses = ByteInterner()
}

/// Names that are compared without regard to ASCII case and shown as they were written first.
struct NameTable: Sendable {
  private var keys = ByteInterner()
  /// The names as they were met first, by number.
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
