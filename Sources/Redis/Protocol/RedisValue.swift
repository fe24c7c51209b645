/// A reply of the server, as RESP2 knows them.
///
/// Bulk strings are bytes, not text: whatever was stored comes back unchanged. An error inside an
/// array (as `EXEC` may give) is a value; an error that is the whole reply is thrown instead.
public enum RedisValue: Sendable, Equatable {
  /// A null bulk string or null array: the key, field or element does not exist.
  case null
  /// A signed 64-bit integer.
  case integer(Int64)
  /// A bulk string, of any bytes.
  case string([UInt8])
  /// A simple string, such as `OK` or `QUEUED`.
  case status(String)
  /// An error nested in an array, for example of one command of a transaction.
  case error(String)
  /// An array, possibly nested.
  case array([RedisValue])
}

extension RedisValue {
  /// The integer, or the integer that a bulk string spells in decimal; otherwise nil.
  public var int: Int64? {
    switch self {
    case .integer(let value): value
    case .string(let bytes): Int64(String(decoding: bytes, as: UTF8.self))
    case .status(let text): Int64(text)
    case .null, .error, .array: nil
    }
  }

  /// The number that a bulk string spells (as scores are), or an integer; otherwise nil.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .string(let bytes): Double(String(decoding: bytes, as: UTF8.self))
    case .status(let text): Double(text)
    case .null, .error, .array: nil
    }
  }

  /// The text of a bulk or simple string; nil for another kind and for bytes that are not UTF-8.
  public var text: String? {
    switch self {
    case .string(let bytes): String(validating: bytes, as: UTF8.self)
    case .status(let text): text
    case .null, .integer, .error, .array: nil
    }
  }

  /// The bytes of a bulk or simple string; otherwise nil.
  public var bytes: [UInt8]? {
    switch self {
    case .string(let bytes): bytes
    case .status(let text): Array(text.utf8)
    case .null, .integer, .error, .array: nil
    }
  }

  /// The elements of an array; otherwise nil.
  public var array: [RedisValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// Whether this is the null reply.
  public var isNull: Bool { self == .null }
}
