package import Contacts
package import Fields
import Postgres

extension MergeTable {
  /// The tables of forms that a merge moves (CON-76).
  package static let forms: [MergeTable] = [MergeTable("form_submissions")]
}

extension TimelineSource {
  /// The submissions in the histories of contacts (CON-100).
  package static let forms: [TimelineSource] = [
    TimelineSource(
      TimelineEventType(rawValue: "form.submitted"), from: "form_submissions",
      instant: "e.date_submitted", where: "EXISTS (SELECT FROM forms f WHERE f.id = e.form_id)",
      joins: "LEFT JOIN forms f ON f.id = e.form_id", label: "coalesce(f.name, 'Deleted form')",
      details: """
        jsonb_build_object('submissionId', e.id, 'formId', e.form_id, 'form', f.name,
          'formAlias', f.alias, 'referer', e.referer, 'pageId', e.page_id,
          'trackingId', e.tracking_id, 'results', e.results)
        """)
  ]
}

extension StatsTable {
  /// The tables of raw rows of forms (api.md 8.14).
  package static let forms: [StatsTable] = [
    StatsTable(
      "form_submissions", "date_submitted form_id id ip_id lead_id page_id referer tracking_id",
      from: """
        SELECT date_submitted, form_id, id, ip_id, contact_id AS lead_id, page_id, referer,
          tracking_id
        FROM form_submissions s WHERE EXISTS (SELECT FROM forms f WHERE f.id = s.form_id)
        """)
  ]
}

extension FieldUse {
  /// Forms that fill in a field, which then cannot be deleted (CON-23).
  package static let forms = FieldUse("forms") { field, connection in
    try await connection.query(
      """
      SELECT DISTINCT lower(f.name), f.id, f.name FROM form_fields p JOIN forms f ON f.id = p.form_id
      WHERE p.mapped_field = \(field.alias) AND p.mapped_object = \(field.object.rawValue)
      ORDER BY lower(f.name), f.id
      """
    ).map { try $0.decode("name") }
  }
}
