import Fields
import Foundation
import Postgres
import Users

/// Reads contacts with one statement, which so sees one state of them and of what belongs to them.
struct ContactReader {
  /// The published fields of contacts in display order.
  let fields: [Field]
  /// The columns of the fields.
  private let columns: SQL

  init(_ definitions: FieldSet) {
    fields = definitions.contact
    columns = definitions.contactColumns
  }

  /// Returns a query for the contact with an id.
  func select(_ id: Int64, isWhole: Bool = true, extra: SQL? = nil) -> SQL {
    select("SELECT \(id)::bigint AS id, 1 AS place", isWhole: isWhole, extra: extra)
  }

  /// Returns a query for the contacts that another query returns as `id` and `place`, from 1.
  ///
  /// The columns of fields are read by position, in the order of `fields`; after them come those of related records.
  ///
  /// - Parameters:
  ///   - ids: The query for the ids.
  ///   - isWhole: Whether related records are read too.
  ///   - extra: One more column, at ``extraColumn``.
  func select(_ ids: SQL, isWhole: Bool = true, extra: SQL? = nil) -> SQL {
    let related: SQL = isWhole ? ", " + RelatedRecords.columns : ""
    let last: SQL = extra.map { ", \(sql: $0)" } ?? ""
    return """
      WITH page AS MATERIALIZED (\(sql: ids))
      SELECT c.id, c.is_published, c.date_added, c.date_modified, c.created_by,
        c.created_by_user, c.modified_by, c.modified_by_user, c.points,
        \(sql: ContactColor.sql(of: "c")) AS color, c.last_active,
        c.date_identified, c.preferred_profile_image,
        u.id AS user_id, u.username, u.first_name, u.last_name,
        s.id AS stage_id, s.name AS stage_name, s.weight, s.description AS stage_description,
        k.id AS category_id, k.title, k.alias, k.description AS category_description,
        k.color AS category_color, k.bundle
        \(sql: columns)\(sql: related)\(sql: last)
      FROM page
      JOIN contacts c ON c.id = page.id
      LEFT JOIN users u ON u.id = c.owner_id
      LEFT JOIN stages s ON s.id = c.stage_id
      LEFT JOIN categories k ON k.id = s.category_id
      ORDER BY page.place
      """
  }

  /// The number of columns before the field columns.
  private static let attributes = 27

  /// The position of the extra column of whole contacts.
  var extraColumn: Int { Self.attributes + fields.count + RelatedRecords.count }

  /// Returns a whole contact; nil if it does not exist.
  func contact(_ id: Int64, on connection: PostgresConnection) async throws -> Contact? {
    try wholeContacts(await connection.query(select(id))).first
  }

  /// Decodes contacts with their related records.
  func wholeContacts(_ rows: PostgresRows) throws -> [Contact] {
    guard let first = rows.first else { return [] }
    var related = try RelatedRecords(first, at: Self.attributes + fields.count)
    var contacts = try contacts(rows)
    for index in contacts.indices { related.attach(to: &contacts[index]) }
    return contacts
  }

  /// Decodes contacts without related records.
  func contacts(_ rows: PostgresRows) throws -> [Contact] {
    try rows.map { row in
      var values: [FieldValue?] = []
      values.reserveCapacity(fields.count)
      for (index, field) in fields.enumerated() {
        values.append(try FieldValue.read(field, row, at: Self.attributes + index))
      }
      return Contact(
        id: try row.decode(at: 0), isPublished: try row.decode(at: 1),
        dateAdded: try row.decode(at: 2), dateModified: try row.decode(at: 3),
        createdBy: try row.decode(at: 4), createdByUser: try row.decode(at: 5),
        modifiedBy: try row.decode(at: 6), modifiedByUser: try row.decode(at: 7),
        points: try row.decode(at: 8), color: try row.decode(at: 9),
        fields: FieldValues(fields: fields, values: values), lastActive: try row.decode(at: 10),
        owner: try owner(row), ipAddresses: [], tags: [], utmTags: [], stage: try stage(row),
        dateIdentified: try row.decode(at: 11), preferredProfileImage: try row.decode(at: 12),
        doNotContact: [], frequencyRules: [])
    }
  }

  private func owner(_ row: PostgresRow) throws -> UserReference? {
    guard let id: Int64 = try row.decode(at: 13) else { return nil }
    return UserReference(
      id: id, username: try row.decode(at: 14), firstName: try row.decode(at: 15),
      lastName: try row.decode(at: 16))
  }

  private func stage(_ row: PostgresRow) throws -> Stage? {
    guard let id: Int64 = try row.decode(at: 17) else { return nil }
    return Stage(
      id: id, name: try row.decode(at: 18), weight: try row.decode(at: 19),
      description: try row.decode(at: 20), category: try category(row))
  }

  private func category(_ row: PostgresRow) throws -> CategorySummary? {
    guard let id: Int64 = try row.decode(at: 21) else { return nil }
    return CategorySummary(
      id: id, title: try row.decode(at: 22), alias: try row.decode(at: 23),
      description: try row.decode(at: 24), color: try row.decode(at: 25),
      bundle: try row.decode(at: 26))
  }
}
