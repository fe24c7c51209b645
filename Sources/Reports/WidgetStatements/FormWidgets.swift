import Postgres
import Users

extension WidgetScope {
  /// Submissions; asked for one form or all.
  func forms(_ type: WidgetType) throws(ReportError) -> WidgetPlan {
    if type == .createdForms { return try created("Form", "forms", "name", .forms) }
    let isOfContacts = type == .submitters
    let limits: [AreaLimit] =
      [.created(.forms, "forms", "f.form_id")] + (isOfContacts ? [.contacts("f.contact_id")] : [])
    let rows = try rows("f.date_submitted", limits, ["formId": Self.of("f.form_id")])
    switch type {
    case .submissionReferrers:
      return .table(
        ["Referrer", "Submissions#"],
        """
        SELECT left(f.referer, 2000), count(*)::text FROM form_submissions f WHERE \(sql: rows)
        GROUP BY 1 ORDER BY count(*) DESC, 1 \(sql: end)
        """)
    case .submitters:
      return .table(
        ["Contact", "Submissions#", "Id#"],
        """
        SELECT coalesce(nullif(trim(concat_ws(' ', c.firstname, c.lastname)), ''), c.email,
            'Visitor ' || counted.contact_id), counted.n::text, counted.contact_id::text
        FROM (SELECT f.contact_id, count(*) AS n FROM form_submissions f WHERE \(sql: rows)
          GROUP BY 1 ORDER BY 2 DESC, 1 \(sql: end)) AS counted
        LEFT JOIN contacts c ON c.id = counted.contact_id
        ORDER BY counted.n DESC, counted.contact_id
        """)
    default:
      return .time([
        .init(
          label: "Submissions",
          events:
            "SELECT f.date_submitted AS at, 1 AS n FROM form_submissions f WHERE \(sql: rows)")
      ])
    }
  }
}
