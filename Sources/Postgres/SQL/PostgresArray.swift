public import FoundationEssentials

/// A value that PostgreSQL can hold in an array, and so Swift's `Array` of it can be bound and
/// decoded.
public protocol PostgresArrayElement: PostgresEncodable, PostgresDecodable {
  /// The type of an array of these.
  static var postgresArrayType: PostgresType { get }
  /// Appends the binary form of an array of these.
  static func encodeArray(_ elements: [Self], into buffer: inout [UInt8])
  /// Reads an array of these.
  static func decodeArray(_ value: PostgresValue) throws(PostgresError) -> [Self]
}

extension PostgresArrayElement {
  /// The array type of the element's type.
  public static var postgresArrayType: PostgresType { PostgresType(oid: postgresType.arrayOID) }

  /// One dimension, counted from 1; an empty array has none.
  public static func encodeArray(_ elements: [Self], into buffer: inout [UInt8]) {
    append(bigEndian: Int32(elements.isEmpty ? 0 : 1), to: &buffer)
    let hasNull = elements.contains { $0.isPostgresNull }
    append(bigEndian: Int32(hasNull ? 1 : 0), to: &buffer)
    append(bigEndian: postgresType.oid, to: &buffer)
    guard !elements.isEmpty else { return }
    append(bigEndian: Int32(truncatingIfNeeded: elements.count), to: &buffer)
    append(bigEndian: Int32(1), to: &buffer)
    for element in elements {
      if element.isPostgresNull {
        append(bigEndian: Int32(-1), to: &buffer)
        continue
      }
      let lengthAt = buffer.count
      append(bigEndian: Int32(0), to: &buffer)
      element.encode(into: &buffer)
      let length = UInt32(truncatingIfNeeded: buffer.count - lengthAt - 4)
      buffer[lengthAt] = UInt8(truncatingIfNeeded: length >> 24)
      buffer[lengthAt + 1] = UInt8(truncatingIfNeeded: length >> 16)
      buffer[lengthAt + 2] = UInt8(truncatingIfNeeded: length >> 8)
      buffer[lengthAt + 3] = UInt8(truncatingIfNeeded: length)
    }
  }

  /// Arrays of one dimension.
  public static func decodeArray(_ value: PostgresValue) throws(PostgresError) -> [Self] {
    var reader = ByteReader(value.bytes)
    let dimensions: Int32 = try reader.integer()
    _ = try reader.integer() as Int32
    let element = PostgresType(oid: try reader.integer())
    if dimensions == 0 { return [] }
    guard dimensions == 1 else {
      throw PostgresError(.decoding, "an array of \(dimensions) dimensions is not supported")
    }
    let count: Int32 = try reader.integer()
    _ = try reader.integer() as Int32
    // Every element takes four bytes at least, so a broken count cannot reserve the memory.
    guard count >= 0, Int(count) <= reader.remaining / 4 else { throw ByteReader.tooShort }
    var elements: [Self] = []
    elements.reserveCapacity(Int(count))
    for _ in 0..<count {
      let length: Int32 = try reader.integer()
      if length < 0 {
        elements.append(try decodeNull())
      } else {
        let bytes = try reader.bytes(Int(length))
        elements.append(try decode(PostgresValue(type: element, bytes: bytes)))
      }
    }
    return elements
  }
}

extension UInt8: PostgresArrayElement {
  /// One byte of a `bytea`; alone it has no type of its own and is sent as `smallint`.
  public static var postgresType: PostgresType { .int2 }
  /// An array of bytes is `bytea`.
  public static var postgresArrayType: PostgresType { .bytea }
  /// As `smallint`.
  public func encode(into buffer: inout [UInt8]) { append(bigEndian: Int16(self), to: &buffer) }
  /// The bytes as they are.
  public static func encodeArray(_ elements: [UInt8], into buffer: inout [UInt8]) {
    buffer.append(contentsOf: elements)
  }
  /// An integer between 0 and 255.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> UInt8 {
    guard let byte = UInt8(exactly: try Int64.decode(value)) else {
      throw PostgresError(.decoding, "the number does not fit UInt8")
    }
    return byte
  }
  /// The bytes of a `bytea`, or of any other value in its binary form.
  public static func decodeArray(_ value: PostgresValue) throws(PostgresError) -> [UInt8] {
    Array(value.bytes)
  }
}

extension Int: PostgresArrayElement {}
extension Int64: PostgresArrayElement {}
extension Int32: PostgresArrayElement {}
extension Int16: PostgresArrayElement {}
extension Double: PostgresArrayElement {}
extension Float: PostgresArrayElement {}
extension Bool: PostgresArrayElement {}
extension String: PostgresArrayElement {}
extension UUID: PostgresArrayElement {}
extension Date: PostgresArrayElement {}
extension JSON: PostgresArrayElement {}
/// `bytea[]`
extension Array: PostgresArrayElement where Element == UInt8 {}
extension Optional: PostgresArrayElement where Wrapped: PostgresArrayElement {
  /// The array type of the wrapped value.
  public static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
  /// The element's array type; `bytea` for bytes.
  public static var postgresType: PostgresType { Element.postgresArrayType }
  /// PostgreSQL's binary array form; the plain bytes for `[UInt8]`.
  public func encode(into buffer: inout [UInt8]) { Element.encodeArray(self, into: &buffer) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
  /// An array of one dimension; the plain bytes for `[UInt8]`.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> [Element] {
    try Element.decodeArray(value)
  }
}
