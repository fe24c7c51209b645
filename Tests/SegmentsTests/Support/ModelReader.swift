import Contacts
import Fields
import Foundation
import Postgres

@testable import Segments

/// Reads the contacts of a database as plain values, column by column, for writes by other code.
struct ModelReader {
  let fields: [String: (object: FieldObject, type: FieldType)]
  let pool: PostgresPool
  private var found: [Int64: ModelContact] = [:]

  /// Returns all contacts in the order of ids.
  static func contacts(
    _ fields: [String: (object: FieldObject, type: FieldType)], pool: PostgresPool
  ) async throws -> [ModelContact] {
    var reader = ModelReader(fields: fields, pool: pool)
    try await reader.read()
    return reader.found.values.sorted { $0.id < $1.id }
  }

  private init(fields: [String: (object: FieldObject, type: FieldType)], pool: PostgresPool) {
    self.fields = fields
    self.pool = pool
  }

  private mutating func read() async throws {
    for row in try await pool.query("SELECT id FROM contacts") {
      let id: Int64 = try row.decode(at: 0)
      found[id] = ModelContact(id: id)
    }
    let primary: SQL = """
      (SELECT l.contact_id AS id, p.* FROM contact_companies l JOIN companies p ON p.id = l.company_id
        WHERE l.is_primary) AS t (id, company_id)
      """
    for row in try await pool.query("SELECT id FROM \(sql: primary)") {
      found[try row.decode(at: 0)]?.company = [:]
    }
    for (alias, field) in fields {
      let table: SQL = field.object == .contact ? "contacts" : primary
      for (id, value) in try await values(alias, field.type, table) {
        if field.object == .contact {
          found[id]?.values[alias] = value
        } else {
          found[id]?.company?[alias] = value
        }
      }
    }
    for name in ["date_identified", "date_modified", "last_active", "date_added"] {
      for (id, value) in try await values(name, .datetime, "contacts") {
        found[id]?.values[name] = value
      }
    }
    for (name, type) in [("points", FieldType.number), ("is_published", .boolean)] {
      for (id, value) in try await values(name, type, "contacts") {
        found[id]?.values[name] = value
      }
    }
    try await readRecords()
  }

  private func values(
    _ column: String, _ type: FieldType, _ table: SQL
  ) async throws -> [(Int64, ModelValue)] {
    let cast: SQL =
      switch type {
      case .number: "::double precision"
      case .date: "::text"
      default: ""
      }
    return try await pool.query(
      """
      SELECT id, \(identifier: column)\(sql: cast) FROM \(sql: table)
      WHERE \(identifier: column) IS NOT NULL
      """
    ).map { row in
      let value: ModelValue =
        switch type {
        case .number: .number(try row.decode(at: 1))
        case .boolean: .boolean(try row.decode(at: 1))
        case .date: .day(try row.decode(at: 1))
        case .datetime: .instant(try row.decode(at: 1))
        case .multiselect: .options(try row.decode(at: 1))
        default: .text(try row.decode(at: 1))
        }
      return (try row.decode(at: 0), value)
    }
  }

  /// Reads ids of other records, and related rows.
  private mutating func readRecords() async throws {
    for row in try await pool.query("SELECT id, owner_id, stage_id FROM contacts") {
      let id: Int64 = try row.decode(at: 0)
      found[id]?.values["owner_id"] = try row.decode(at: 1, as: Int64?.self).map { .record($0) }
      found[id]?.values["stage_id"] = try row.decode(at: 2, as: Int64?.self).map { .record($0) }
    }
    for row in try await pool.query("SELECT contact_id, tag_id FROM contact_tags") {
      found[try row.decode(at: 0)]?.tags.insert(try row.decode(at: 1))
    }
    for row in try await pool.query(
      "SELECT contact_id, category_id FROM contact_categories WHERE NOT manually_removed")
    {
      found[try row.decode(at: 0)]?.categories.insert(try row.decode(at: 1))
    }
    for row in try await pool.query("SELECT contact_id, channel, reason FROM do_not_contact") {
      found[try row.decode(at: 0)]?.doNotContact[try row.decode(at: 1)] =
        DoNotContactReason(rawValue: try row.decode(at: 2))
    }
    let devices = ["device", "device_brand", "device_model", "device_os_name"]
    let utm = ["campaign", "content", "medium", "source", "term"].map { "utm_\($0)" }
    for row in try await pool.query("SELECT * FROM devices ORDER BY id") {
      found[try row.decode("contact_id")]?.devices.append(try Self.texts(devices, row))
    }
    for row in try await pool.query("SELECT * FROM utm_tags ORDER BY id") {
      found[try row.decode("contact_id")]?.utm.append(try Self.texts(utm, row))
    }
  }

  private static func texts(_ names: [String], _ row: PostgresRow) throws -> [String: String] {
    var texts: [String: String] = [:]
    for name in names { texts[name] = try row.decode(name, as: String?.self) }
    return texts
  }
}
