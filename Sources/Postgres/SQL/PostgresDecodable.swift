public import FoundationEssentials

/// One value of a row, in the binary form the server sent. Its bytes live in the result and are
/// valid only inside the call that received it: copy what is needed.
public struct PostgresValue {
  /// The value's type.
  public let type: PostgresType
  /// The value's bytes in the binary form of the type.
  public let bytes: UnsafeRawBufferPointer

  /// Wraps bytes of a type.
  public init(type: PostgresType, bytes: UnsafeRawBufferPointer) {
    self.type = type
    self.bytes = bytes
  }

  /// The bytes as an integer in network order.
  func integer<I: FixedWidthInteger>(_: I.Type = I.self) throws(PostgresError) -> I {
    guard bytes.count == MemoryLayout<I>.size else {
      throw PostgresError(
        .decoding, "\(MemoryLayout<I>.size) bytes expected, \(bytes.count) received")
    }
    return I(bigEndian: bytes.loadUnaligned(as: I.self))
  }

  /// The error for a type that does not convert.
  func mismatch(_ wanted: String) -> PostgresError {
    PostgresError(.decoding, "a value of type \(type.oid) does not convert to \(wanted)")
  }
}

/// A value that can be read from a column.
public protocol PostgresDecodable: Sendable {
  /// Reads the value from its binary form.
  static func decode(_ value: PostgresValue) throws(PostgresError) -> Self
  /// The value of a NULL; throws unless the type is an optional.
  static func decodeNull() throws(PostgresError) -> Self
}

extension PostgresDecodable {
  /// NULL is an error for all but optionals.
  public static func decodeNull() throws(PostgresError) -> Self {
    throw PostgresError(.decoding, "NULL does not convert to \(Self.self)")
  }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
  /// The wrapped value.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> Wrapped? {
    try Wrapped.decode(value)
  }
  /// `nil`
  public static func decodeNull() throws(PostgresError) -> Wrapped? { .none }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
  /// From the raw value; an unknown raw value is an error.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> Self {
    guard let decoded = Self(rawValue: try RawValue.decode(value)) else {
      throw PostgresError(.decoding, "the value is none of \(Self.self)")
    }
    return decoded
  }
}

extension Int64: PostgresDecodable {
  /// From any integer type.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> Int64 {
    switch value.type {
    case .int8: try value.integer()
    case .int4: Int64(try value.integer(Int32.self))
    case .int2: Int64(try value.integer(Int16.self))
    case .oid, .xid: Int64(try value.integer(UInt32.self))
    default: throw value.mismatch("an integer")
    }
  }
}

/// Reads an integer and narrows it.
private func narrow<I: FixedWidthInteger>(_ value: PostgresValue) throws(PostgresError) -> I {
  guard let number = I(exactly: try Int64.decode(value)) else {
    throw PostgresError(.decoding, "the number does not fit \(I.self)")
  }
  return number
}

extension Int: PostgresDecodable {
  /// From any integer type.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> Int {
    try narrow(value)
  }
}

extension Int32: PostgresDecodable {
  /// From any integer type, if the number fits.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> Int32 {
    try narrow(value)
  }
}

extension Int16: PostgresDecodable {
  /// From any integer type, if the number fits.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> Int16 {
    try narrow(value)
  }
}

extension Double: PostgresDecodable {
  /// From the floating types, the integer types and `numeric`.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> Double {
    switch value.type {
    case .float8: return Double(bitPattern: try value.integer())
    case .float4: return Double(Float(bitPattern: try value.integer()))
    case .numeric:
      guard let number = Double(try PostgresNumeric.text(value.bytes)) else {
        throw value.mismatch("Double")
      }
      return number
    default: return Double(try Int64.decode(value))
    }
  }
}

extension Float: PostgresDecodable {
  /// From the floating types, the integer types and `numeric`.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> Float {
    Float(try Double.decode(value))
  }
}

extension Bool: PostgresDecodable {
  /// From `boolean`.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> Bool {
    guard value.type == .bool, value.bytes.count == 1 else { throw value.mismatch("Bool") }
    return value.bytes[0] != 0
  }
}

extension UUID: PostgresDecodable {
  /// From `uuid`.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> UUID {
    guard value.type == .uuid, value.bytes.count == 16 else { throw value.mismatch("UUID") }
    return UUID(uuid: value.bytes.loadUnaligned(as: uuid_t.self))
  }
}

extension Date: PostgresDecodable {
  /// From `timestamptz`, from `timestamp` read as UTC, and from `date` as midnight UTC.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> Date {
    switch value.type {
    case .timestamptz, .timestamp: PostgresTime.date(microseconds: try value.integer())
    case .date: PostgresTime.date(days: try value.integer())
    default: throw value.mismatch("Date")
    }
  }
}

extension String: PostgresDecodable {
  /// From any text type and enumeration; numbers, dates, UUIDs, booleans and JSON become the text
  /// PostgreSQL writes for them.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> String {
    switch value.type {
    case .text, .varchar: String(decoding: value.bytes, as: UTF8.self)
    case .int8, .int4, .int2, .oid, .xid: String(try Int64.decode(value))
    case .bool: try Bool.decode(value) ? "t" : "f"
    case .numeric: try PostgresNumeric.text(value.bytes)
    case .float8: PostgresNumeric.text(Double(bitPattern: try value.integer()))
    case .float4: PostgresNumeric.text(Float(bitPattern: try value.integer()))
    case .uuid: try UUID.decode(value).uuidString.lowercased()
    case .date: PostgresTime.dateText(days: try value.integer())
    case .time: PostgresTime.timeText(microseconds: try value.integer())
    case .timestamp: PostgresTime.timestampText(microseconds: try value.integer(), zone: "")
    case .timestamptz: PostgresTime.timestampText(microseconds: try value.integer(), zone: "+00")
    case .jsonb: String(decoding: value.bytes.dropFirst(), as: UTF8.self)
    case .bytea: throw value.mismatch("String")
    default: String(decoding: value.bytes, as: UTF8.self)
    }
  }
}
