import Contacts
import Fields
import Foundation
import Imports
import Postgres
import Segments
import TestSupport
import Users

/// A database with fields, companies, tags and segments in which contacts are merged.
struct MergeWorld {
  let pool: PostgresPool
  let merger: ContactMerger
  /// The tables that move: this module's, and those in which a contact of this world has rows.
  static let tables = MergeTable.contacts + MergeTable.segments + MergeTable.imports
  static let companyNames: [Int64: String] = [1: "Acme", 2: "Bolt", 3: "Cord"]

  static func with(_ body: (MergeWorld) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let pool = database.pool
      try await pool.withConnection { connection in
        try await connection.execute(
          script: """
            ALTER TABLE contacts ADD COLUMN score double precision, ADD COLUMN agreed boolean,
              ADD COLUMN choices text[];
            INSERT INTO fields (object, alias, label, type, column_type, "group", position, date_added)
            VALUES ('lead', 'score', 'Score', 'number', 'double precision', 'core', 90, '2023-01-01Z'),
              ('lead', 'agreed', 'Agreed', 'boolean', 'boolean', 'core', 91, '2023-01-01Z'),
              ('lead', 'choices', 'Choices', 'multiselect', 'text[]', 'core', 92, '2023-01-01Z');
            UPDATE fields SET default_value = 'Mr' WHERE alias = 'title';
            INSERT INTO companies (companyname, date_added)
              SELECT n, '2023-01-01Z' FROM unnest(ARRAY['Acme', 'Bolt', 'Cord']) AS n;
            INSERT INTO segments (name, public_name, alias, date_added, announces)
              SELECT n, n, n, '2023-01-01Z', n = 's1' FROM unnest(ARRAY['s1', 's2', 's3']) AS n;
            INSERT INTO tags (tag, date_added)
              SELECT 't' || n, '2023-01-01Z' FROM generate_series(1, 4) AS n;
            INSERT INTO stages (name, weight, date_added)
              SELECT 'g' || n, n, '2023-01-01Z' FROM generate_series(1, 2) AS n;
            INSERT INTO ip_addresses (address, date_added)
              SELECT ('203.0.113.' || n)::inet, '2023-01-01Z' FROM generate_series(1, 3) AS n;
            """)
      }
      try await body(
        MergeWorld(
          pool: pool,
          merger: ContactMerger(
            fields: FieldStore(pool: pool), tables: Self.tables, companies: { CompanyRules() })))
    }
  }

  static func date(_ minute: Int?) -> Date? {
    minute.map { testNow.addingTimeInterval(Double($0) * 60) }
  }

  private static func minute(_ date: Date?) -> Int? {
    date.map { Int(($0.timeIntervalSince(testNow) / 60).rounded()) }
  }

  /// Inserts contacts. Those that share an address with an earlier one are marked as sharing.
  func insert(_ people: [MergePerson]) async throws {
    var addresses: Set<String> = []
    for person in people {
      let texts = MergePerson.textFields.map { ", \(identifier: $0)" as SQL }.joined(separator: "")
      let values = MergePerson.textFields.map { ", \(person.texts[$0])" as SQL }
        .joined(separator: "")
      let isShared = person.texts["email"].map { !addresses.insert($0.lowercased()).inserted }
      try await pool.query(
        """
        INSERT INTO contacts (id, date_added, date_modified, date_identified, last_active, points,
          owner_id, stage_id, score, agreed, choices, identity_shared\(sql: texts))
        VALUES (\(person.id), \(Self.date(person.added)), \(Self.date(person.modified)),
          \(Self.date(person.identified)), \(Self.date(person.active)), \(person.points)::integer,
          \(person.owner), \(person.stage), \(person.score), \(person.agreed), \(person.choices),
          \(isShared ?? false)\(sql: values))
        """)
      for tag in person.tags {
        try await pool.query("INSERT INTO contact_tags VALUES (\(person.id), \(tag))")
      }
      for address in person.addresses {
        try await pool.query(
          "INSERT INTO contact_ips VALUES (\(person.id), \(address), \(testNow))")
      }
      for (company, isPrimary) in person.companies {
        try await pool.query(
          "INSERT INTO contact_companies VALUES (\(person.id), \(company), \(isPrimary), \(testNow))"
        )
      }
      for (segment, flags) in person.segments {
        try await pool.query(
          """
          INSERT INTO segment_members VALUES (\(person.id), \(segment), \(flags[0]), \(flags[1]),
            \(testNow))
          """)
      }
      for (channel, reason) in person.doNotContact {
        try await pool.query(
          """
          INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
          VALUES (\(person.id), \(channel), \(reason)::smallint, \(testNow))
          """)
      }
      for note in person.notes {
        try await pool.query(
          """
          INSERT INTO notes (id, contact_id, text, date_added)
          VALUES (\(note), \(person.id), 'x', \(testNow))
          """)
      }
    }
  }

  /// Returns the contacts as stored in the database, by id.
  func people() async throws -> [Int64: MergePerson] {
    var people: [Int64: MergePerson] = [:]
    for row in try await pool.query("SELECT * FROM contacts") {
      var person = MergePerson(
        id: try row.decode("id"), added: Self.minute(try row.decode("date_added")) ?? 0,
        modified: Self.minute(try row.decode("date_modified")),
        identified: Self.minute(try row.decode("date_identified")),
        active: Self.minute(try row.decode("last_active")), points: try row.decode("points"),
        owner: try row.decode("owner_id"), stage: try row.decode("stage_id"), texts: [:],
        score: try row.decode("score"), agreed: try row.decode("agreed"),
        choices: try row.decode("choices"))
      for field in MergePerson.textFields {
        person.texts[field] = try row.decode(field, as: String?.self)
      }
      people[person.id] = person
    }
    func each(_ sql: SQL, _ body: (inout MergePerson, PostgresRow) throws -> Void) async throws {
      for row in try await pool.query(sql) {
        let id: Int64 = try row.decode("contact_id")
        try body(&people[id, default: .unexpected(id)], row)
      }
    }
    try await each("SELECT * FROM contact_tags") { $0.tags.insert(try $1.decode("tag_id")) }
    try await each("SELECT * FROM contact_ips") { $0.addresses.insert(try $1.decode("ip_id")) }
    try await each("SELECT * FROM notes") { $0.notes.insert(try $1.decode("id")) }
    try await each("SELECT * FROM contact_merges") { $0.oldIDs.insert(try $1.decode("old_id")) }
    try await each("SELECT * FROM contact_companies") {
      $0.companies[try $1.decode("company_id")] = try $1.decode("is_primary", as: Bool.self)
    }
    try await each("SELECT * FROM do_not_contact") {
      $0.doNotContact[try $1.decode("channel")] = try $1.decode("reason", as: Int.self)
    }
    try await each("SELECT * FROM segment_members") {
      $0.segments[try $1.decode("segment_id")] = [
        try $1.decode("manually_added"), try $1.decode("manually_removed"),
      ]
    }
    return people
  }
}

extension MergePerson {
  /// Returns a contact whose records were left behind, which no test expects.
  static func unexpected(_ id: Int64) -> MergePerson {
    MergePerson(id: id, added: -1, points: 0, texts: [:])
  }
}
