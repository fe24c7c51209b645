import Postgres
import Users

extension WidgetScope {
  /// Contacts that were added in a span of time; asked for those of one segment or all.
  func contacts(_ type: WidgetType) throws(ReportError) -> WidgetPlan {
    let rows = try rows(
      "c.date_added", [AreaLimit(.contacts) { "c.owner_id = \($0)" }],
      [
        "segmentId": { segment in
          """
          EXISTS (SELECT FROM segment_members m WHERE m.contact_id = c.id
            AND m.segment_id = \(segment) AND NOT m.manually_removed)
          """
        }, "stageId": Self.of("c.stage_id"),
      ])
    switch type {
    case .identifiedContacts:
      return parts(
        "Contacts", "Identified", "Anonymous",
        """
        SELECT count(*) FILTER (WHERE c.date_identified IS NOT NULL) AS part, count(*) AS total
        FROM contacts c WHERE \(sql: rows)
        """)
    case .lifetime:
      return .shares(
        .pie, title: "Contacts",
        """
        SELECT coalesce(s.name, 'No stage'), counted.n FROM (
          SELECT c.stage_id, count(*) AS n FROM contacts c WHERE \(sql: rows) GROUP BY 1
        ) AS counted LEFT JOIN stages s ON s.id = counted.stage_id
        ORDER BY s.weight NULLS LAST, s.id
        """)
    case .map:
      return .shares(
        .map, title: "Contacts",
        """
        SELECT c.country, count(*) FROM contacts c
        WHERE coalesce(c.country, '') <> '' AND \(sql: rows)
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 300
        """)
    case .topCreators:
      return .table(
        ["Creator", "Contacts#"],
        """
        SELECT coalesce(c.created_by_user, 'System'), count(*)::text FROM contacts c
        WHERE \(sql: rows) GROUP BY 1 ORDER BY count(*) DESC, 1 \(sql: end)
        """)
    case .topOwners: return topOwners(rows)
    case .createdContacts:
      return .table(
        ["Contact", "Address", "Created", "Id#"],
        """
        SELECT coalesce(nullif(trim(concat_ws(' ', c.firstname, c.lastname)), ''), c.email,
            'Visitor ' || c.id), c.email, \(sql: text("c.date_added")), c.id::text
        FROM contacts c WHERE \(sql: rows) ORDER BY c.id DESC \(sql: end)
        """)
    default: return lines(rows)
    }
  }

  private func lines(_ rows: SQL) -> WidgetPlan {
    func line(_ label: String, _ condition: SQL, isStandard: Bool = true) -> WidgetPlan.Line {
      .init(
        label: label, isStandard: isStandard,
        events: """
          SELECT c.date_added AS at, 1 AS n FROM contacts c
          WHERE \(sql: condition) AND \(sql: rows)
          """)
    }
    return .time([
      line("All contacts", "true"), line("Identified", "c.date_identified IS NOT NULL"),
      line("Anonymous", "c.date_identified IS NULL", isStandard: false),
    ])
  }

  private func topOwners(_ rows: SQL) -> WidgetPlan {
    .table(
      ["Owner", "Contacts#", "Id#"],
      """
      SELECT coalesce(nullif(trim(u.first_name || ' ' || u.last_name), ''), u.username,
          'Deleted user'), counted.n::text, counted.owner_id::text
      FROM (SELECT c.owner_id, count(*) AS n FROM contacts c
        WHERE c.owner_id IS NOT NULL AND \(sql: rows)
        GROUP BY 1 ORDER BY 2 DESC, 1 \(sql: end)) AS counted
      LEFT JOIN users u ON u.id = counted.owner_id ORDER BY counted.n DESC, counted.owner_id
      """)
  }

  /// The segments that gained most contacts, from what they count by the day, in UTC.
  func topSegments() throws(ReportError) -> WidgetPlan {
    let rows = try rows(
      nil, [AreaLimit(.segments) { "(s.created_by = \($0) OR s.is_global)" }],
      ["segmentId": Self.of("s.id")])
    return .table(
      ["Segment", "Contacts added#", "Id#"],
      """
      SELECT s.name, sum(d.added)::text, s.id::text FROM segment_days d
      JOIN segments s ON s.id = d.segment_id
      WHERE d.day >= (\(request.window.from)::timestamptz AT TIME ZONE 'UTC')::date
        AND d.day <= (\(request.window.to)::timestamptz AT TIME ZONE 'UTC')::date AND \(sql: rows)
      GROUP BY s.id ORDER BY sum(d.added) DESC, s.id \(sql: end)
      """)
  }
}
