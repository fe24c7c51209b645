import Fields
import Foundation
import Postgres

/// Reads the contact data that fire times depend on: zones, and the values of date fields.
struct ContactTimeStore {
  let connection: PostgresConnection
  let fields: FieldStore

  /// Returns the names of zones by contact; contacts without one are left out.
  func zones(of contacts: [Int64]) async throws -> [Int64: String] {
    let rows = try await connection.query(
      "SELECT id, timezone FROM contacts WHERE id = ANY (\(contacts)) AND timezone IS NOT NULL")
    var zones: [Int64: String] = [:]
    for row in rows {
      let (contact, name) = try row.decode(Int64.self, String.self)
      zones[contact] = name
    }
    return zones
  }

  /// Returns the values of a date field by contact; empty for a field that does not exist.
  func dates(
    _ alias: String, of contacts: [Int64]
  ) async throws -> [Int64: FireTime.ContactDate] {
    let fields = try await fields.current(on: connection)
    guard
      let field = fields.all.first(where: {
        $0.object == .contact && $0.alias == alias && ($0.type == .date || $0.type == .datetime)
      })
    else { return [:] }
    let column: SQL = "\(identifier: field.column)"
    let isDay = field.type == .date
    let value: SQL =
      isDay
      ? "(\(sql: column) - date '1970-01-01')::double precision"
      : "extract(epoch FROM \(sql: column))::double precision"
    let rows = try await connection.query(
      "SELECT id, \(sql: value) FROM contacts WHERE id = ANY (\(contacts)) AND \(sql: column) IS NOT NULL"
    )
    var dates: [Int64: FireTime.ContactDate] = [:]
    for row in rows {
      let (contact, number) = try row.decode(Int64.self, Double.self)
      dates[contact] =
        isDay ? .day(Int(saturating: number)) : .instant(Date(timeIntervalSince1970: number))
    }
    return dates
  }
}
