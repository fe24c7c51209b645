import Foundation
public import Postgres

extension JobID: PostgresEncodable, PostgresDecodable {
  /// `uuid`
  public static var postgresType: PostgresType { .uuid }
  /// The sixteen bytes.
  public func encode(into buffer: inout [UInt8]) { uuid.encode(into: &buffer) }
  /// Reads a `uuid`.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> JobID {
    JobID(uuid: try UUID.decode(value))
  }
}

extension BatchID: PostgresEncodable, PostgresDecodable {
  /// `uuid`
  public static var postgresType: PostgresType { .uuid }
  /// The sixteen bytes.
  public func encode(into buffer: inout [UInt8]) { uuid.encode(into: &buffer) }
  /// Reads a `uuid`.
  public static func decode(_ value: PostgresValue) throws(PostgresError) -> BatchID {
    BatchID(uuid: try UUID.decode(value))
  }
}
