/// A statement with its parameters, written as a string whose interpolations are bound.
///
/// ```swift
/// let sql: SQL = "SELECT email FROM contacts WHERE id = \(id) AND points > \(points)"
/// ```
/// sends `… WHERE id = $1 AND points > $2` and the two values beside it: a value never becomes
/// part of the text. What must become text says so: `\(identifier: column)` (quoted),
/// `\(literal: "DESC")`, `\(literal: SendState.sent)` (constants of the program) and `\(sql: other)` (a piece with parameters of
/// its own, renumbered).
public struct SQL: Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
  /// One parameter: its type, and where its value stands in `values`; length -1 is NULL.
  struct Slot: Sendable {
    var type: UInt32
    var offset: Int
    var length: Int32
  }

  /// The statement with `$1`, `$2`, … in the place of values.
  public private(set) var text: String
  /// The offsets of the placeholders in `text`, in UTF-8 bytes.
  private var marks: [Int] = []
  private(set) var slots: [Slot] = []
  /// All values, each with a NUL behind it.
  private var values: [UInt8] = []

  /// A statement without parameters.
  public init(stringLiteral value: String) { text = value }

  /// A statement from an interpolated literal.
  public init(stringInterpolation: Interpolation) { self = stringInterpolation.sql }

  /// Text that was put together by the program. Nothing of a user may be in it.
  public init(unsafeText: String) { text = unsafeText }

  /// The text alone: never a parameter's value.
  public var description: String { text }

  /// The number of parameters.
  public var parameterCount: Int { slots.count }

  /// Adds a value as a parameter.
  mutating func bind<T: PostgresEncodable>(_ value: T) {
    marks.append(text.utf8.count)
    text += "$\(slots.count + 1)"
    if value.isPostgresNull {
      slots.append(Slot(type: T.postgresType.oid, offset: 0, length: -1))
      return
    }
    let offset = values.count
    value.encode(into: &values)
    let length = Int32(clamping: values.count - offset)
    slots.append(Slot(type: T.postgresType.oid, offset: offset, length: length))
    values.append(0)
  }

  /// Adds another piece behind this one; its parameters are renumbered.
  public mutating func append(_ other: SQL) {
    guard !other.slots.isEmpty else {
      text += other.text
      return
    }
    let source = other.text.utf8
    var index = source.startIndex
    for (number, mark) in other.marks.enumerated() {
      let placeholder = source.index(source.startIndex, offsetBy: mark)
      text += String(other.text[index..<placeholder])
      marks.append(text.utf8.count)
      text += "$\(slots.count + number + 1)"
      index = source.index(placeholder, offsetBy: 1 + String(number + 1).utf8.count)
    }
    text += String(other.text[index...])
    let base = values.count
    values.append(contentsOf: other.values)
    for slot in other.slots {
      slots.append(Slot(type: slot.type, offset: slot.offset + base, length: slot.length))
    }
  }

  /// Two pieces, one behind the other.
  public static func + (left: SQL, right: SQL) -> SQL {
    var sql = left
    sql.append(right)
    return sql
  }

  /// Appends a piece.
  public static func += (left: inout SQL, right: SQL) { left.append(right) }

  /// The types, values, lengths and formats as libpq wants them, valid inside `body`.
  func withParameters<R>(
    _ body: (
      Int32, UnsafePointer<UInt32>?, UnsafePointer<UnsafePointer<CChar>?>?,
      UnsafePointer<Int32>?, UnsafePointer<Int32>?
    ) -> R
  ) -> R {
    let count = slots.count
    guard count > 0 else { return body(0, nil, nil, nil, nil) }
    return values.withUnsafeBytes { bytes in
      withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count) { pointers in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: count) { types in
          withUnsafeTemporaryAllocation(of: Int32.self, capacity: count * 2) { numbers in
            let base = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            for (index, slot) in slots.enumerated() {
              pointers.initializeElement(
                at: index, to: slot.length < 0 ? nil : base?.advanced(by: slot.offset))
              types.initializeElement(at: index, to: slot.type)
              numbers.initializeElement(at: index, to: max(slot.length, 0))
              numbers.initializeElement(at: count + index, to: 1)
            }
            return body(
              Int32(truncatingIfNeeded: count), types.baseAddress.map { UnsafePointer($0) },
              pointers.baseAddress.map { UnsafePointer($0) },
              numbers.baseAddress.map { UnsafePointer($0) },
              numbers.baseAddress.map { UnsafePointer($0 + count) })
          }
        }
      }
    }
  }
}

extension SQL {
  /// Gathers the literal parts and the values of an interpolated statement.
  public struct Interpolation: StringInterpolationProtocol, Sendable {
    var sql: SQL

    /// Begins an empty statement.
    public init(literalCapacity: Int, interpolationCount: Int) {
      sql = SQL(unsafeText: "")
      sql.text.reserveCapacity(literalCapacity + interpolationCount * 4)
      if interpolationCount > 0 {
        sql.slots.reserveCapacity(interpolationCount)
        sql.marks.reserveCapacity(interpolationCount)
        sql.values.reserveCapacity(interpolationCount * 16)
      }
    }

    /// Text of the program.
    public mutating func appendLiteral(_ literal: String) { sql.text += literal }

    /// A value, bound as a parameter.
    public mutating func appendInterpolation<T: PostgresEncodable>(_ value: T) { sql.bind(value) }

    /// Binds a value or NULL. Of its own, so that the compiler sees that an optional is meant.
    public mutating func appendInterpolation<T: PostgresEncodable>(_ value: T?) { sql.bind(value) }

    /// A name of a table or column, quoted.
    public mutating func appendInterpolation(identifier: String) {
      sql.text += SQL.quoted(identifier: identifier)
    }

    /// Another statement or a piece of one; its parameters are renumbered.
    public mutating func appendInterpolation(sql piece: SQL) { sql.append(piece) }

    /// A constant text of the program, such as a sort direction.
    public mutating func appendInterpolation(literal: StaticString) {
      sql.text += literal.description
    }

    /// A constant of the program that is stored as a number, such as a state: the number stands in the text with
    /// the name as a comment (`3 /* sent */`), so that partial indexes still match and a reader knows what is meant.
    public mutating func appendInterpolation<Constant: RawRepresentable & Sendable>(
      literal constant: Constant
    ) where Constant.RawValue: FixedWidthInteger {
      sql.text += "\(constant.rawValue) /* \(constant) */"
    }
  }

  /// A name in double quotes, with those in it doubled. NUL, which no name can hold, is dropped.
  public static func quoted(identifier: String) -> String {
    var text = "\""
    for character in identifier.unicodeScalars where character != "\0" {
      if character == "\"" { text += "\"" }
      text.unicodeScalars.append(character)
    }
    return text + "\""
  }
}

extension Sequence<SQL> {
  /// The pieces one behind the other with a separator between.
  public func joined(separator: SQL) -> SQL {
    var result = SQL(unsafeText: "")
    for (index, piece) in enumerated() {
      if index > 0 { result.append(separator) }
      result.append(piece)
    }
    return result
  }
}
