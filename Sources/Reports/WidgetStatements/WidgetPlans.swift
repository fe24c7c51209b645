import Postgres
import Users

extension WidgetScope {
  /// How a widget is read; nil for a report, which has its own statements.
  ///
  /// - Throws: ``ReportError/forbidden`` where the user may not see what it shows.
  func plan(_ type: WidgetType) throws(ReportError) -> WidgetPlan? {
    switch type {
    case .recentActivity: recentActivity
    case .assetDownloads, .uniqueDownloads, .popularAssets, .createdAssets:
      try assets(type)
    case .campaignEvents: try campaignEvents()
    case .campaignMembers: try campaignMembers()
    case .emails, .ignoredEmails, .mostSentEmails, .mostReadEmails, .clickedLinks, .emailDevices:
      try emails(type)
    case .sentEmails: try sentEmails()
    case .upcomingEmails: try upcomingEmails()
    case .createdEmails: try created("E-mail", "emails", "name", .emails)
    case .submissions, .submissionReferrers, .submitters, .createdForms: try forms(type)
    case .newContacts, .identifiedContacts, .lifetime, .map, .topCreators, .topOwners,
      .createdContacts:
      try contacts(type)
    case .topSegments: try topSegments()
    case .pageHits, .uniqueVisitors, .dwellTimes, .popularPages, .pageDevices: try pages(type)
    case .createdPages: try created("Page", "pages", "title", .pages)
    case .points: try points()
    case .stages: try stages()
    case .report: nil
    }
  }

  /// What users did; what others did shows only who may look at users.
  private var recentActivity: WidgetPlan {
    let limit: SQL =
      rights.access(.users, .view) == .all ? "true" : "a.user_id = \(user)"
    return .table(
      ["Date", "User", "Action", "Object", "Id#"],
      """
      SELECT \(sql: text("a.date_added")), coalesce(a.user_name, 'System'), a.action, a.object,
        a.object_id::text
      FROM audit_log a
      WHERE \(sql: limit) AND a.date_added >= \(request.window.from)
        AND a.date_added < \(request.window.end)
      ORDER BY a.id DESC \(sql: end)
      """)
  }

  private func points() throws(ReportError) -> WidgetPlan {
    let limits: [AreaLimit] = [AreaLimit(.points), .contacts("p.contact_id")]
    let rows = try rows("p.date_added", limits)
    return .time([
      .init(
        label: "Points changed",
        events: """
          SELECT p.date_added AS at, p.delta AS n FROM points_log p
          WHERE p.group_id IS NULL AND \(sql: rows)
          """),
      .init(
        label: "Changes", isStandard: false,
        events: """
          SELECT p.date_added AS at, 1 AS n FROM points_log p
          WHERE p.group_id IS NULL AND \(sql: rows)
          """),
    ])
  }

  private func stages() throws(ReportError) -> WidgetPlan {
    let limits: [AreaLimit] = [AreaLimit(.stages), .contacts("l.contact_id")]
    let rows = try rows("l.date_added", limits, ["stageId": Self.of("l.stage_id")])
    return .time([
      .init(
        label: "Stage changes",
        events: "SELECT l.date_added AS at, 1 AS n FROM stage_log l WHERE \(sql: rows)")
    ])
  }
}
