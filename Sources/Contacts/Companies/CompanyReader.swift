import Fields
import Postgres
import Users

/// Decodes rows of the table of companies.
struct CompanyReader {
  /// The published fields of companies in display order.
  let fields: [Field]

  /// Returns a query for the companies that another query returns as `id` and `place`.
  ///
  /// The columns of fields come last, in the order of `fields`, and are read by position.
  func select(_ ids: SQL) -> SQL {
    let columns = fields.map { ", c.\(identifier: $0.column)" as SQL }.joined(separator: "")
    return """
      SELECT c.id, c.is_published, c.date_added, c.date_modified, c.created_by, c.created_by_user,
        c.modified_by, c.modified_by_user, c.score, u.id, u.username, u.first_name, u.last_name
        \(sql: columns)
      FROM (\(sql: ids)) AS page
      JOIN companies c ON c.id = page.id
      LEFT JOIN users u ON u.id = c.owner_id
      ORDER BY page.place
      """
  }

  /// The number of columns before the field columns.
  private static let attributes = 13

  func companies(_ rows: PostgresRows) throws -> [Company] {
    try rows.map { row in
      var values: [FieldValue?] = []
      values.reserveCapacity(fields.count)
      for (index, field) in fields.enumerated() {
        values.append(try FieldValue.read(field, row, at: Self.attributes + index))
      }
      return Company(
        id: try row.decode(at: 0), isPublished: try row.decode(at: 1),
        dateAdded: try row.decode(at: 2), dateModified: try row.decode(at: 3),
        createdBy: try row.decode(at: 4), createdByUser: try row.decode(at: 5),
        modifiedBy: try row.decode(at: 6), modifiedByUser: try row.decode(at: 7),
        score: try row.decode(at: 8), owner: try owner(row),
        fields: FieldValues(fields: fields, values: values))
    }
  }

  private func owner(_ row: PostgresRow) throws -> UserReference? {
    guard let id: Int64 = try row.decode(at: 9) else { return nil }
    return UserReference(
      id: id, username: try row.decode(at: 10), firstName: try row.decode(at: 11),
      lastName: try row.decode(at: 12))
  }
}
