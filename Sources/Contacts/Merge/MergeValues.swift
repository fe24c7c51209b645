import Fields
import Foundation
import Postgres

extension MergeStatements {
  /// Writes the merged values into the winners, and the changes into the audit log (CON-12,
  /// CON-72…75).
  ///
  /// The winners leave the unique indexes meanwhile, since the losers still have the values.
  var values: SQL {
    """
    WITH pair AS MATERIALIZED (\(sql: agedPairs)), before AS MATERIALIZED (
      SELECT c.id, to_jsonb(c) AS record FROM contacts c JOIN pair ON pair.winner = c.id
    ), after AS (
      UPDATE contacts w SET
        points = greatest(-\(ContactPoints.limit)::bigint,
          least(\(ContactPoints.limit)::bigint, w.points::bigint + l.points))::integer,
        owner_id = coalesce(w.owner_id, l.owner_id), stage_id = coalesce(w.stage_id, l.stage_id),
        date_identified = least(w.date_identified, l.date_identified),
        last_active = greatest(w.last_active, l.last_active),
        date_modified = \(now), modified_by = \(author.id), modified_by_user = \(author.name),
        identity_shared = true\(sql: fieldAssignments)
      FROM pair JOIN contacts l ON l.id = pair.loser JOIN contacts n ON n.id = pair.newer
        JOIN contacts o ON o.id = pair.older
      WHERE w.id = pair.winner
      RETURNING w.id, to_jsonb(w) AS record
    ), merged AS (
      SELECT after.id, coalesce(jsonb_object_agg(old.key, jsonb_build_array(old.value, new.value))
        FILTER (WHERE old.value <> new.value AND NOT old.key = ANY (\(Self.unaudited))), '{}')
        AS fields
      FROM after JOIN before USING (id), jsonb_each(before.record) AS old (key, value)
        JOIN LATERAL jsonb_each(after.record) AS new (key, value) ON new.key = old.key
      GROUP BY after.id
    )
    INSERT INTO audit_log (bundle, object, object_id, action, details, user_id, user_name,
      ip_address, date_added)
    SELECT 'lead', 'lead', pair.winner, 'merge',
      jsonb_build_object('merged', pair.loser, 'fields', merged.fields),
      \(author.id)::bigint, \(author.name)::text, \(author.address)::text,
      \(now)::timestamptz
    FROM merged JOIN pair ON pair.winner = merged.id ORDER BY pair.winner
    """
  }

  private static let unaudited = [
    "date_modified", "modified_by", "modified_by_user", "identity_shared",
  ]

  /// Attributes with their own rules.
  private static let attributes: Set<String> = ["points", "last_active"]

  private var fieldAssignments: SQL {
    let merged = fields.all.filter { $0.object == .contact && !Self.attributes.contains($0.alias) }
    return merged.map { field in
      ", \(identifier: field.column) = \(sql: value(of: field))" as SQL
    }.joined(separator: "")
  }

  /// Returns the newer value if it is not empty, else the older. A visitor's value that equals the
  /// field's default yields too. False and 0 are values.
  private func value(of field: Field) -> SQL {
    let (newer, older): (SQL, SQL) = (
      "n.\(identifier: field.column)", "o.\(identifier: field.column)"
    )
    let merged: SQL = """
      CASE WHEN \(sql: present(older, field))
          AND (NOT (\(sql: present(newer, field)))\(sql: isDefault(newer, field))) THEN \(sql: older)
        WHEN \(sql: present(newer, field)) THEN \(sql: newer)
        ELSE w.\(identifier: field.column) END
      """
    guard field.alias == "company" else { return merged }
    // The field mirrors the primary company's name (CON-32).
    return """
      coalesce((SELECT co.companyname FROM contact_companies cc
        JOIN companies co ON co.id = cc.company_id
        WHERE cc.contact_id = w.id AND cc.is_primary), \(sql: merged))
      """
  }

  private func present(_ column: SQL, _ field: Field) -> SQL {
    switch field.columnType {
    case "text": "(\(sql: column) IS NOT NULL AND \(sql: column) <> '')"
    case "text[]": "(\(sql: column) IS NOT NULL AND cardinality(\(sql: column)) > 0)"
    default: "\(sql: column) IS NOT NULL"
    }
  }

  private func isDefault(_ column: SQL, _ field: Field) -> SQL {
    guard let standard = fields.standard(of: field) else { return "" }
    return """
       OR (n.date_identified IS NULL
        AND \(sql: column) = \(standard)::text::\(sql: SQL(unsafeText: field.columnType)))
      """
  }
}

extension FieldSet {
  /// Returns the default of a field in canonical form; nil if it has none, or an invalid one.
  fileprivate func standard(of field: Field) -> String? {
    if field.isPublished {
      return defaults(field.object).first { $0.field.id == field.id }?.canonical
    }
    var published = field
    published.isPublished = true
    return FieldSet(version: version, fields: [published]).defaults(field.object).first?.canonical
  }
}
