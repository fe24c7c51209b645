/// One argument of a command: the command's name, a key, a value or an option. Any bytes are allowed.
public struct RedisArgument: Sendable {
  enum Storage: Sendable {
    case string(String)
    case integer(Int64)
    case double(Double)
    case bytes([UInt8])
  }

  let storage: Storage

  /// The UTF-8 bytes of a text.
  public init(_ text: String) { storage = .string(text) }

  /// An integer, in decimal.
  public init(_ value: Int) { storage = .integer(Int64(value)) }

  /// An integer, in decimal.
  public init(_ value: Int64) { storage = .integer(value) }

  /// A number in the shortest form that reads back as the same number; infinities are `inf`, `-inf`.
  public init(_ value: Double) { storage = .double(value) }

  /// Bytes as they are.
  public init(bytes: [UInt8]) { storage = .bytes(bytes) }
}

extension RedisArgument: ExpressibleByStringInterpolation {
  /// A literal such as `"XADD"`, or an interpolation such as `"martlet:{\(queue)}:ready"`.
  public init(stringLiteral value: String) { self.init(value) }
}

extension RedisArgument: ExpressibleByIntegerLiteral {
  /// A literal such as `200`.
  public init(integerLiteral value: Int) { self.init(value) }
}
