import Postgres
import Users

/// Figures of campaigns, from what they count by the hour.
extension WidgetScope {
  func campaignEvents() throws(ReportError) -> WidgetPlan {
    let rows = try rows(
      "h.hour", [.created(.campaigns, "campaigns", "h.campaign_id")],
      ["campaignId": Self.of("h.campaign_id")])
    func executed(_ kind: String) -> SQL {
      """
      SELECT h.hour AS at, h.executed AS n FROM campaign_event_hours h
      JOIN campaign_events e ON e.id = h.event_id AND e.kind = \(kind) WHERE \(sql: rows)
      """
    }
    return .time([
      .init(label: "Actions", events: executed("action")),
      .init(label: "Decisions", events: executed("decision")),
      .init(label: "Conditions", events: executed("condition")),
      .init(
        label: "Failed", isStandard: false,
        events: "SELECT h.hour AS at, h.failed AS n FROM campaign_event_hours h WHERE \(sql: rows)"),
    ])
  }

  func campaignMembers() throws(ReportError) -> WidgetPlan {
    let rows = try rows(
      "h.hour", [.created(.campaigns, "campaigns", "h.campaign_id")],
      ["campaignId": Self.of("h.campaign_id")])
    return .time([
      .init(
        label: "Contacts added",
        events: "SELECT h.hour AS at, h.added AS n FROM campaign_member_hours h WHERE \(sql: rows)"),
      .init(
        label: "Contacts removed", isStandard: false,
        events:
          "SELECT h.hour AS at, h.removed AS n FROM campaign_member_hours h WHERE \(sql: rows)"),
    ])
  }
}
