import Fields
import Foundation
import Imports
import Postgres
import Primitives
import Query
import Segments
import TestSupport

/// A database with contacts that differ in everything a search can ask for.
struct SearchBed: Sendable {
  let pool: PostgresPool
  let fields: FieldSet

  var list: ListQuery { .contacts(fields, commands: Self.commands) }

  /// The commands of the modules that own the records of the bed.
  static let commands = SegmentSearch.commands.merging(ImportSearch.commands) { $1 }

  /// Sets up contacts 1 … 12 with related records; the searching user has id 1.
  static func with(_ body: (SearchBed) async throws -> Void) async throws {
    try await TestDatabase.with(migrations: contactMigrations) { (database) async throws in
      let store = FieldStore(pool: database.pool)
      let types: [(String, FieldType, JSONValue?)] = [
        ("Plan", .select, options("free", "pro", "pro plus")),
        ("Interests", .multiselect, options("opera", "chess")),
        ("Birthday", .date, nil), ("Seats", .number, nil),
        ("Consent", .boolean, .object(["yes": .string("Yes"), "no": .string("No")])),
      ]
      for (label, type, properties) in types {
        var field = NewField(label: label, type: type)
        if let properties { field.properties = properties }
        _ = try await store.create(field, by: .system, now: testNow)
      }
      try await database.pool.withConnection { try await $0.execute(script: script) }
      try await body(SearchBed(pool: database.pool, fields: try await store.current()))
    }
  }

  /// Returns the ids of the contacts that a search finds.
  func find(_ search: String, commands: [String: SearchCommand] = Self.commands) async throws
    -> [Int64]
  {
    try await ids(
      ListQuery.contacts(fields, commands: commands).condition(search: search, where: nil, user: 1))
  }

  /// Returns the ids of the contacts that conditions find.
  func find(where conditions: JSONValue) async throws -> [Int64] {
    try await ids(list.condition(search: nil, where: conditions, user: 1))
  }

  /// Returns the ids of the contacts that meet a condition.
  func ids(_ condition: SQL) async throws -> [Int64] {
    try await pool.query("SELECT id FROM contacts WHERE \(sql: condition) ORDER BY id")
      .map { try $0.decode(at: 0) }
  }

  private static let script = """
    INSERT INTO users (id, username, email, first_name, last_name, password_hash, date_added)
      OVERRIDING SYSTEM VALUE
      VALUES (1, 'ada', 'ada@x.test', 'Ada', 'Admin', '', '2024-01-01Z'),
        (2, 'bob', 'bob@x.test', 'Bob', 'Adams', '', '2024-01-01Z');
    INSERT INTO stages (id, name, weight, date_added) OVERRIDING SYSTEM VALUE
      VALUES (1, 'Lead', 1, '2024-01-01Z'), (2, 'Lead cold', 2, '2024-01-01Z');
    INSERT INTO contacts (id, firstname, lastname, email, company, city, zipcode, country, twitter,
        position, owner_id, stage_id, points, is_published, date_added, date_identified,
        last_active, plan, interests, birthday, seats, consent) VALUES
      (1, 'Ann', 'Lee', 'ann@x.test', 'Acme', 'Berlin', '10115', 'Germany', NULL,
        'CTO', 1, 1, 5, true, '2024-01-01 10:00Z', '2024-01-01Z',
        '2024-05-01Z', 'pro', '{opera,chess}', '1980-02-03', 1.5, true),
      (2, 'Annabel', 'van der Berg', 'Joann@X.test', 'Acme', 'Bern', NULL, 'Switzerland', NULL,
        'CTO', 2, 2, 50, true, '2024-01-02 10:00Z', '2024-01-02Z',
        NULL, 'pro plus', '{chess}', '1980-12-31', 15, false),
      (3, 'José', 'Müller', 'jose@example.com', 'Café Olé', 'München', '80331', 'Germany', '@jose',
        NULL, NULL, NULL, 0, false, '2024-01-03 10:00Z', '2024-01-03Z',
        '2024-04-01Z', 'free', NULL, NULL, NULL, NULL),
      (4, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, NULL, NULL, 0, true, '2024-01-04 10:00Z', NULL,
        '2024-06-01Z', NULL, NULL, NULL, NULL, NULL),
      (5, 'Per_cent', 'O''Brien', '100%@x.test', 'R&R', 'New York', NULL, NULL, NULL,
        'Acme fan', 1, 1, -3, true, '2024-01-05 10:00Z', '2024-01-05Z',
        NULL, NULL, NULL, NULL, 0, NULL),
      (6, 'ann', NULL, 'other@x.test', NULL, 'Newcastle', NULL, NULL, 'annabel',
        NULL, NULL, 2, 5, true, '2024-01-06 10:00Z', '2024-01-06Z',
        NULL, NULL, '{}', '1990-02-03', NULL, false);
    -- A second holder of an address, outside of the unique index.
    INSERT INTO contacts (id, email, identity_shared, date_added, date_identified)
      VALUES (7, 'ann@x.test', true, '2024-01-07 10:00Z', '2024-01-07Z');
    INSERT INTO tags (id, tag, date_added) OVERRIDING SYSTEM VALUE
      VALUES (1, 'vip', '2024-01-01Z'), (2, 'VIP gold', '2024-01-01Z'), (3, 'lead', '2024-01-01Z');
    INSERT INTO contact_tags VALUES (1, 1), (2, 2), (3, 3), (1, 3);
    INSERT INTO segments (id, name, public_name, alias, date_added) OVERRIDING SYSTEM VALUE
      SELECT n, alias, alias, alias, '2024-01-01Z'
      FROM unnest(ARRAY['news', 'Newer', 'empty']) WITH ORDINALITY AS s (alias, n);
    INSERT INTO segment_members (contact_id, segment_id, manually_removed, date_added) VALUES
      (1, 1, false, '2024-01-01Z'), (2, 1, false, '2024-01-01Z'), (3, 1, true, '2024-01-01Z'),
      (2, 2, false, '2024-01-01Z'), (4, 2, false, '2024-01-01Z');
    INSERT INTO companies (id, companyname, companycity, identity_shared, date_added)
      OVERRIDING SYSTEM VALUE VALUES (1, 'Acme', 'Rome', false, '2024-01-01Z'),
        (2, 'Café Olé', NULL, false, '2024-01-01Z'), (3, 'acme', NULL, true, '2024-01-01Z');
    INSERT INTO contact_companies (contact_id, company_id, is_primary, date_added) VALUES
      (1, 1, true, '2024-01-01Z'), (2, 1, true, '2024-01-01Z'), (3, 2, true, '2024-01-01Z'),
      (6, 3, true, '2024-01-01Z'), (2, 2, false, '2024-01-01Z');
    INSERT INTO ip_addresses (id, address, date_added) OVERRIDING SYSTEM VALUE
      VALUES (1, '203.0.113.9', '2024-01-01Z'), (2, '2001:db8::1', '2024-01-01Z');
    INSERT INTO contact_ips (contact_id, ip_id, date_added)
      VALUES (4, 1, '2024-01-01Z'), (5, 2, '2024-01-01Z'), (4, 2, '2024-01-01Z');
    INSERT INTO do_not_contact (contact_id, channel, reason, date_added)
      VALUES (1, 'email', 1, '2024-01-01Z'), (2, 'sms', 3, '2024-01-01Z');
    """
}
