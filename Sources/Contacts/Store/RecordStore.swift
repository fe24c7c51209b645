package import Foundation
package import Postgres
package import Users

/// A store of records that users write, one at a time: what the endpoints of a resource need of it.
package protocol RecordStore: Sendable {
  associatedtype Record: Identifiable, Sendable where Record.ID == Int64
  /// What a user gives of a record; what is not given stays as it is.
  associatedtype Input: Sendable

  /// Returns the record with an id; `nil` if there is none.
  func find(_ id: Int64) async throws -> Record?

  /// Returns a page of records and the total number.
  ///
  /// - Parameters:
  ///   - start: The number of records to skip.
  ///   - limit: The maximum number of records to return.
  ///   - condition: A condition on the table of the records.
  ///   - order: A clause `ORDER BY …`.
  func page(
    start: Int, limit: Int, where condition: SQL, order: SQL
  ) async throws -> (records: [Record], total: Int)

  /// Creates a record.
  ///
  /// - Throws: ``InvalidInput``, ``UnknownCategory``; `PostgresError`.
  func create(_ input: Input, by author: Author, now: Date) async throws -> Record

  /// Changes a record.
  ///
  /// - Parameter replacing: Whether values that are not given are set to their defaults (`PUT`).
  /// - Returns: The changed record; `nil` if there is none.
  /// - Throws: ``InvalidInput``, ``UnknownCategory``; `PostgresError`.
  func update(
    _ id: Int64, _ input: Input, replacing: Bool, by author: Author, now: Date
  ) async throws -> Record?

  /// Deletes a record.
  ///
  /// - Returns: The deleted record; `nil` if there was none.
  /// - Throws: `PostgresError`.
  func delete(_ id: Int64, by author: Author, now: Date) async throws -> Record?
}
