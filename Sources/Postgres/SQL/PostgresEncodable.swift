public import FoundationEssentials

/// A value that can be bound to a parameter of a statement.
public protocol PostgresEncodable: Sendable {
  /// The type the parameter is sent as. PostgreSQL's casts apply from there: write `\(text)::jsonb`
  /// where a text is to be read as JSON, or `\(number)::integer` where a function takes only that.
  static var postgresType: PostgresType { get }
  /// Whether this value is NULL.
  var isPostgresNull: Bool { get }
  /// Appends the value in the type's binary form. Not called for NULL.
  func encode(into buffer: inout [UInt8])
}

extension PostgresEncodable {
  /// False: only optionals can be NULL.
  public var isPostgresNull: Bool { false }
}

/// Appends an integer in network byte order.
@inline(__always)
func append<I: FixedWidthInteger>(bigEndian value: I, to buffer: inout [UInt8]) {
  withUnsafeBytes(of: value.bigEndian) { buffer.append(contentsOf: $0) }
}

extension Int: PostgresEncodable {
  /// `bigint`
  public static var postgresType: PostgresType { .int8 }
  /// Eight bytes, most significant first.
  public func encode(into buffer: inout [UInt8]) { append(bigEndian: Int64(self), to: &buffer) }
}

extension Int64: PostgresEncodable {
  /// `bigint`
  public static var postgresType: PostgresType { .int8 }
  /// Eight bytes, most significant first.
  public func encode(into buffer: inout [UInt8]) { append(bigEndian: self, to: &buffer) }
}

extension Int32: PostgresEncodable {
  /// `integer`
  public static var postgresType: PostgresType { .int4 }
  /// Four bytes, most significant first.
  public func encode(into buffer: inout [UInt8]) { append(bigEndian: self, to: &buffer) }
}

extension Int16: PostgresEncodable {
  /// `smallint`
  public static var postgresType: PostgresType { .int2 }
  /// Two bytes, most significant first.
  public func encode(into buffer: inout [UInt8]) { append(bigEndian: self, to: &buffer) }
}

extension Double: PostgresEncodable {
  /// `double precision`
  public static var postgresType: PostgresType { .float8 }
  /// The eight bytes of the IEEE form.
  public func encode(into buffer: inout [UInt8]) { append(bigEndian: bitPattern, to: &buffer) }
}

extension Float: PostgresEncodable {
  /// `real`
  public static var postgresType: PostgresType { .float4 }
  /// The four bytes of the IEEE form.
  public func encode(into buffer: inout [UInt8]) { append(bigEndian: bitPattern, to: &buffer) }
}

extension Bool: PostgresEncodable {
  /// `boolean`
  public static var postgresType: PostgresType { .bool }
  /// One byte, 0 or 1.
  public func encode(into buffer: inout [UInt8]) { buffer.append(self ? 1 : 0) }
}

extension String: PostgresEncodable {
  /// `text`
  public static var postgresType: PostgresType { .text }
  /// UTF-8. A NUL character is refused by the server.
  public func encode(into buffer: inout [UInt8]) { buffer.append(contentsOf: utf8) }
}

extension Substring: PostgresEncodable {
  /// `text`
  public static var postgresType: PostgresType { .text }
  /// UTF-8. A NUL character is refused by the server.
  public func encode(into buffer: inout [UInt8]) { buffer.append(contentsOf: utf8) }
}

extension UUID: PostgresEncodable {
  /// `uuid`
  public static var postgresType: PostgresType { .uuid }
  /// The sixteen bytes.
  public func encode(into buffer: inout [UInt8]) {
    withUnsafeBytes(of: uuid) { buffer.append(contentsOf: $0) }
  }
}

extension Date: PostgresEncodable {
  /// `timestamp with time zone`
  public static var postgresType: PostgresType { .timestamptz }
  /// Microseconds since 2000-01-01 00:00 UTC, rounded to the nearest. Instants beyond PostgreSQL's
  /// range are `infinity` and `-infinity`.
  public func encode(into buffer: inout [UInt8]) {
    append(bigEndian: PostgresTime.microseconds(of: self), to: &buffer)
  }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
  /// The wrapped value's type.
  public static var postgresType: PostgresType { Wrapped.postgresType }
  /// True for `nil`.
  public var isPostgresNull: Bool {
    switch self {
    case .none: true
    case .some(let value): value.isPostgresNull
    }
  }
  /// The wrapped value.
  public func encode(into buffer: inout [UInt8]) { self?.encode(into: &buffer) }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
  /// The raw value's type.
  public static var postgresType: PostgresType { RawValue.postgresType }
  /// The raw value.
  public func encode(into buffer: inout [UInt8]) { rawValue.encode(into: &buffer) }
}
