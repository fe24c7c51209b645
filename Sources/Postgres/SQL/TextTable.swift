public import FoundationEssentials

/// The rows of a two-dimensional array of text, as `array_agg(ARRAY[…])` makes them: records that belong to a row,
/// without a statement of their own.
public struct TextTable: Sendable, Equatable {
  /// A row.
  public struct Row: Sendable, Equatable {
    /// The values; nil for NULL.
    public var values: [String?]

    /// The value at a position from 0; nil for NULL.
    public subscript(index: Int) -> String? { values[index] }

    /// The value at a position.
    /// - Throws: `.decoding` for NULL.
    public func text(_ index: Int) throws(PostgresError) -> String {
      guard let text = values[index] else {
        throw PostgresError(.decoding, "value \(index) of a row of texts is NULL")
      }
      return text
    }

    /// The whole number at a position; nil for NULL.
    public func number(_ index: Int) throws(PostgresError) -> Int64? {
      guard let text = values[index] else { return nil }
      guard let number = Int64(text) else {
        throw PostgresError(.decoding, "value \(index) of a row of texts is no whole number")
      }
      return number
    }

    /// The whole number at a position.
    /// - Throws: `.decoding` for NULL.
    public func id(_ index: Int) throws(PostgresError) -> Int64 {
      guard let number = try number(index) else {
        throw PostgresError(.decoding, "value \(index) of a row of texts is NULL")
      }
      return number
    }

    /// The instant at a position, written by ``TextTable/instant(_:)``; nil for NULL.
    public func instant(_ index: Int) throws(PostgresError) -> Date? {
      try number(index).map { PostgresTime.date(microseconds: $0) }
    }
  }

  /// The rows.
  public var rows: [Row]

  /// Returns an instant as text without loss, as microseconds since 2000; NULL for one without end.
  public static func instant(_ instant: SQL) -> SQL {
    """
    CASE WHEN isfinite(\(sql: instant)) THEN
      (extract(epoch FROM \(sql: instant)) * 1000000 - 946684800000000)::bigint::text END
    """
  }
}

extension TextTable: PostgresDecodable {
  /// From `text[][]`.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> TextTable {
    var reader = ByteReader(value.bytes)
    let dimensions: Int32 = try reader.integer()
    _ = try reader.integer() as Int32
    let element = PostgresType(oid: try reader.integer())
    if dimensions == 0 { return TextTable(rows: []) }
    guard dimensions == 2, element == .text else { throw value.mismatch("a table of texts") }
    let count: Int32 = try reader.integer()
    _ = try reader.integer() as Int32
    let width: Int32 = try reader.integer()
    _ = try reader.integer() as Int32
    // Every element takes four bytes at least, so broken counts cannot reserve the memory.
    guard count >= 0, width >= 0, Int(count) * Int(width) <= reader.remaining / 4 else {
      throw ByteReader.tooShort
    }
    var rows: [Row] = []
    rows.reserveCapacity(Int(count))
    for _ in 0..<count {
      var row: [String?] = []
      row.reserveCapacity(Int(width))
      for _ in 0..<width {
        let length: Int32 = try reader.integer()
        row.append(
          length < 0 ? nil : String(decoding: try reader.bytes(Int(length)), as: UTF8.self))
      }
      rows.append(Row(values: row))
    }
    return TextTable(rows: rows)
  }
}
