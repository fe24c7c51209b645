import CLibPQ

/// Owns a result of libpq.
///
/// `@unchecked Sendable`: a `PGresult` is never changed after libpq has handed it out, reading it
/// touches no connection, and it is freed once, by the last owner.
final class ResultHandle: @unchecked Sendable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { PQclear(pointer) }
}

/// The rows that a statement returned. They stay in the memory libpq received them in; decoding copies only what is
/// asked for.
public struct PostgresRows: Sendable, RandomAccessCollection {
  private let handle: ResultHandle?
  /// The number of rows that the statement inserted, updated, deleted or selected.
  public let affected: Int
  /// The index past the last row.
  public let endIndex: Int

  init(_ handle: ResultHandle) {
    self.handle = handle
    endIndex = Int(PQntuples(handle.pointer))
    affected = Int(PostgresRows.number(PQcmdTuples(handle.pointer)))
  }

  /// No rows and no columns, as of a statement that had nothing to do.
  public init() {
    handle = nil
    endIndex = 0
    affected = 0
  }

  /// The command tag of the server, such as `INSERT 0 5`.
  var commandTag: String {
    handle.flatMap { PQcmdStatus($0.pointer) }.map { String(cString: $0) } ?? ""
  }

  /// Always 0.
  public var startIndex: Int { 0 }

  /// The names of the columns, in order.
  public var columns: [String] {
    guard let handle else { return [] }
    return (0..<PQnfields(handle.pointer)).map { String(cString: PQfname(handle.pointer, $0)) }
  }

  /// The index of a column, for decoding many rows without looking the name up each time.
  public func column(_ name: String) throws(PostgresError) -> Int {
    guard let handle else { throw PostgresError(.decoding, "no column \(name): no result") }
    return try PostgresRow(handle: handle, row: 0).index(of: name)
  }

  /// The row at a position.
  public subscript(position: Int) -> PostgresRow {
    guard let handle, position >= 0, position < endIndex else {
      preconditionFailure("row \(position) of \(endIndex)")
    }
    return PostgresRow(handle: handle, row: Int32(position))
  }

  private static func number(_ text: UnsafeMutablePointer<CChar>?) -> Int64 {
    guard let text else { return 0 }
    var number: Int64 = 0
    var next = UnsafePointer(text)
    while next.pointee >= 0x30, next.pointee <= 0x39 {
      number = number &* 10 &+ Int64(next.pointee - 0x30)
      next += 1
    }
    return number
  }
}

/// One row of a result.
public struct PostgresRow: Sendable {
  let handle: ResultHandle
  let row: Int32

  /// The number of columns.
  public var count: Int { Int(PQnfields(handle.pointer)) }

  /// Whether a column is NULL.
  public func isNull(_ column: String) throws(PostgresError) -> Bool {
    PQgetisnull(handle.pointer, row, Int32(try index(of: column))) != 0
  }

  /// Reads a column by its name.
  /// - Throws: `.decoding` if there is no such column, it is NULL and `T` is no optional, or its
  ///   type does not convert.
  public func decode<T: PostgresDecodable>(
    _ column: String, as type: T.Type = T.self
  ) throws(PostgresError) -> T {
    try decode(at: try index(of: column), as: type)
  }

  /// Reads a column by its position from 0.
  public func decode<T: PostgresDecodable>(
    at column: Int, as _: T.Type = T.self
  ) throws(PostgresError) -> T {
    let result = handle.pointer
    let index = Int32(truncatingIfNeeded: column)
    guard column >= 0, index < PQnfields(result) else {
      throw PostgresError(.decoding, "no column \(column) in a row of \(count)")
    }
    do throws(PostgresError) {
      if PQgetisnull(result, row, index) != 0 { return try T.decodeNull() }
      let bytes = UnsafeRawBufferPointer(
        start: PQgetvalue(result, row, index), count: Int(PQgetlength(result, row, index)))
      return try T.decode(
        PostgresValue(type: PostgresType(oid: PQftype(result, index)), bytes: bytes))
    } catch {
      var failure = error
      failure.message = "column \(String(cString: PQfname(result, index))): \(error.message)"
      throw failure
    }
  }

  /// Reads the first columns in order: `let (id, email) = try row.decode(Int64.self, String?.self)`.
  public func decode<each T: PostgresDecodable>(
    _ type: repeat (each T).Type
  ) throws(PostgresError) -> (repeat each T) {
    var column = 0
    func next<V: PostgresDecodable>(_ type: V.Type) throws(PostgresError) -> V {
      defer { column += 1 }
      return try decode(at: column, as: type)
    }
    return (repeat try next((each type)))
  }

  /// The position of a column. The last of several of that name wins in PostgreSQL's own tools,
  /// here it is the first, as in libpq.
  func index(of column: String) throws(PostgresError) -> Int {
    let result = handle.pointer
    let count = PQnfields(result)
    var name = column
    let found = name.withUTF8 { wanted -> Int32? in
      for index in 0..<count {
        guard let candidate = PQfname(result, index) else { continue }
        if matches(candidate, wanted) { return index }
      }
      return nil
    }
    guard let found else { throw PostgresError(.decoding, "no column named \(column)") }
    return Int(found)
  }
}

/// Whether a C string holds exactly these bytes.
private func matches(
  _ text: UnsafeMutablePointer<CChar>, _ wanted: UnsafeBufferPointer<UInt8>
) -> Bool {
  for (offset, byte) in wanted.enumerated()
  where UInt8(bitPattern: text[offset]) != byte || byte == 0 {
    return false
  }
  return text[wanted.count] == 0
}
