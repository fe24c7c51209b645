import Contacts
import Fields
import Foundation
import Postgres
import Primitives
import TestSchema
import Users

@testable import Segments

/// Puts the contacts of a model into a database.
enum ModelLoader {
  /// The custom fields of models: one of each type, for contacts and companies.
  static let types: [FieldType] = [
    .text, .select, .number, .boolean, .date, .datetime, .multiselect, .lookup, .url, .region,
  ]

  /// The tables with these fields, created by a migration so that database copies have them.
  static let migrations =
    UsersMigrations.all + ContactsMigrations.all + SegmentsMigrations.all + [
      Migration("tests.001-fields", customFields)
    ]

  private static let customFields = FieldObject.allCases.flatMap { object in
    types.map { type in
      let alias = "\(object == .contact ? "c" : "k")_\(type.rawValue)"
      return """
        INSERT INTO fields (object, alias, label, type, column_type, date_added)
        VALUES ('\(object.rawValue)', '\(alias)', '\(alias)', '\(type.rawValue)',
          '\(type.columnType)', '2026-01-01 00:00:00Z');
        ALTER TABLE \(object.table) ADD COLUMN \(alias) \(type.columnType);
        """
    }
  }.joined(separator: "\n")

  /// Reads all fields into a world.
  static func readFields(_ world: inout ModelWorld, pool: PostgresPool) async throws -> FieldSet {
    let fields = try await FieldStore(pool: pool).current()
    for field in fields.all where isModelled(field) {
      world.fields[field.alias] = (field.object, field.type)
    }
    return fields
  }

  private static func isModelled(_ field: Field) -> Bool {
    let standard = [
      "firstname", "email", "country", "attribution", "attribution_date", "companycity",
      "companynumber_of_employees", "companyannual_revenue", "companydescription",
    ]
    return !field.isFixed && (field.alias.hasPrefix("c_") || field.alias.hasPrefix("k_"))
      || standard.contains(field.alias)
  }

  /// Stores contacts, replacing all existing ones.
  static func store(_ world: ModelWorld, pool: PostgresPool) async throws {
    try await pool.transaction { connection in
      for table in [
        "contacts", "companies", "contact_companies", "contact_tags", "contact_categories",
        "do_not_contact", "devices", "utm_tags", "segment_members",
      ] {
        try await connection.query("DELETE FROM \(identifier: table)")
      }
      try await insert(world.contacts, world.now, on: connection)
      for (id, segment) in world.segments.sorted(by: { $0.key < $1.key }) {
        for (contacts, isPinned) in [(segment.pinned, true), (segment.barred, false)] {
          try await connection.query(
            """
            INSERT INTO segment_members
              (contact_id, segment_id, manually_added, manually_removed, date_added)
            SELECT contact, \(id), \(isPinned), \(!isPinned), \(world.now)
            FROM unnest(\(contacts.sorted())::bigint[]) AS contact
            """)
        }
      }
      try await connection.query("ANALYZE")
    }
  }

  /// Inserts new contacts.
  static func insert(
    _ contacts: [ModelContact], _ now: Date, on connection: PostgresConnection
  ) async throws {
    var rows: [String: [[String: JSONValue]]] = [:]
    for contact in contacts { add(contact, to: &rows, now) }
    for (table, rows) in rows.sorted(by: { $0.key < $1.key }) {
      let documents = JSONValue.array(rows.map { .object($0) })
      let columns = Set(rows.flatMap(\.keys)).sorted().map { "\(identifier: $0)" as SQL }
        .joined(separator: ", ")
      try await connection.query(
        """
        INSERT INTO \(identifier: table) (\(sql: columns))
        SELECT \(sql: columns)
        FROM jsonb_populate_recordset(NULL::\(identifier: table), \(try JSON(documents)))
        """)
    }
  }

  /// Replaces existing contacts; their memberships stay.
  static func replace(
    _ contacts: [ModelContact], _ now: Date, on connection: PostgresConnection
  ) async throws {
    let ids = contacts.map(\.id)
    for table in [
      "contact_companies", "contact_tags", "contact_categories", "do_not_contact", "devices",
      "utm_tags",
    ] {
      try await connection.query(
        "DELETE FROM \(identifier: table) WHERE contact_id = ANY (\(ids))")
    }
    try await connection.query("DELETE FROM contacts WHERE id = ANY (\(ids))")
    try await connection.query("DELETE FROM companies WHERE id - 1000000 = ANY (\(ids))")
    try await insert(contacts, now, on: connection)
  }

  private static func add(
    _ contact: ModelContact, to rows: inout [String: [[String: JSONValue]]], _ now: Date
  ) {
    let id = JSONValue.integer(contact.id)
    let added = JSONValue.string(stamp(now))
    var record = contact.values.mapValues(json)
    record["id"] = id
    // Several contacts of a model have the same address.
    record["identity_shared"] = .boolean(true)
    rows["contacts", default: []].append(record)
    if let company = contact.company {
      var record = company.mapValues(json)
      let company = JSONValue.integer(contact.id + 1_000_000)
      record["id"] = company
      record["date_added"] = added
      record["score"] = .integer(0)
      record["is_published"] = .boolean(true)
      record["identity_shared"] = .boolean(true)
      rows["companies", default: []].append(record)
      rows["contact_companies", default: []].append([
        "contact_id": id, "company_id": company, "is_primary": .boolean(true), "date_added": added,
      ])
    }
    for tag in contact.tags.sorted() {
      rows["contact_tags", default: []].append(["contact_id": id, "tag_id": .integer(tag)])
    }
    // An unsubscribed category does not count.
    for category in Set(RandomContacts.records).union(contact.categories).sorted() {
      let isRemoved = !contact.categories.contains(category)
      if isRemoved, category % 2 == 0 { continue }
      rows["contact_categories", default: []].append([
        "contact_id": id, "category_id": .integer(category), "date_added": added,
        "manually_added": .boolean(!isRemoved), "manually_removed": .boolean(isRemoved),
      ])
    }
    for (channel, reason) in contact.doNotContact.sorted(by: { $0.key < $1.key }) {
      rows["do_not_contact", default: []].append([
        "id": .integer(contact.id * 100 + Int64(rows["do_not_contact"]?.count ?? 0) % 100),
        "contact_id": id,
        "channel": .string(channel), "reason": .integer(Int64(reason.rawValue)),
        "date_added": added,
      ])
    }
    for (table, list) in [("devices", contact.devices), ("utm_tags", contact.utm)] {
      for entry in list {
        var record = entry.mapValues { JSONValue.string($0) }
        record["id"] = .integer(contact.id * 100 + Int64(rows[table]?.count ?? 0) % 100)
        record["contact_id"] = id
        record["date_added"] = added
        rows[table, default: []].append(record)
      }
    }
  }

  private static func json(_ value: ModelValue) -> JSONValue {
    switch value {
    case .text(let text), .day(let text): .string(text)
    case .number(let number): .number(number)
    case .boolean(let isTrue): .boolean(isTrue)
    case .instant(let date): .string(stamp(date))
    case .options(let options): .array(options.map { .string($0) })
    case .record(let id): .integer(id)
    }
  }

  private static func stamp(_ date: Date) -> String {
    Date.ISO8601FormatStyle(includingFractionalSeconds: true).format(date)
  }
}
