import Foundation
import Mail
import Postgres

/// Reads a simulation's results from the tables, and gives reasons for events that did not happen.
struct SimulationReader {
  let connection: PostgresConnection
  let campaign: Int64
  let contacts: [Int64]
  let request: SimulationRequest
  let events: [CampaignEvent]

  func fill(_ report: inout SimulationReport) async throws {
    let rows = try await connection.query(
      """
      SELECT contact_id, event_id, rotation, state, path, coalesce(executed_at, fire_at) AS at,
        coalesce(note, error, cancel_reason) AS note
      FROM campaign_log WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign)
      ORDER BY contact_id, rotation, coalesce(executed_at, fire_at) NULLS LAST, event_id
      """)
    let members = try await connection.query(
      """
      SELECT contact_id, rotation FROM campaign_members
      WHERE contact_id = ANY (\(contacts)) AND campaign_id = \(campaign) AND is_active
      """)
    var rotations: [Int64: Int] = [:]
    for row in members { rotations[try row.decode(at: 0)] = try row.decode(at: 1) }
    let known = Dictionary(events.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var steps: [Int64: [SimulationReport.Step]] = [:]
    for row in rows {
      let event: Int64 = try row.decode("event_id")
      steps[try row.decode("contact_id"), default: []].append(
        SimulationReport.Step(
          event: event, name: known[event]?.name ?? "", type: known[event]?.type ?? "",
          rotation: try row.decode("rotation"),
          state: EntryState(rawValue: try row.decode("state"))?.name ?? "",
          path: try row.decode("path"), at: try row.decode("at"), note: try row.decode("note")))
    }
    for (place, contact) in contacts.enumerated() {
      let entries = (steps[contact] ?? []).sorted {
        ($0.at ?? .distantFuture, $0.rotation) < ($1.at ?? .distantFuture, $1.rotation)
      }
      report.journeys.append(
        SimulationReport.Journey(
          place: place, contact: request.contacts[place].realID,
          isMember: rotations[contact] != nil, entries: entries,
          missing: missing(entries)))
    }
    try await readMail(&report)
  }

  /// Reads the sends written by the campaign's events, which the rollback removes.
  private func readMail(_ report: inout SimulationReport) async throws {
    let rows = try await connection.query(
      """
      SELECT s.contact_id, s.email_id, coalesce(s.address, c.email::text), s.queued_at, s.state = \(literal: SendState.held)
      FROM email_sends s JOIN contacts c ON c.id = s.contact_id
      WHERE s.contact_id = ANY (\(contacts)) AND s.source_kind = \(SendSource.campaignEvents)
        AND s.source_id = ANY (\(events.map(\.id))) AND s.queued_at >= \(report.start)
      ORDER BY s.queued_at, s.id
      """)
    for row in rows {
      report.mails.append(
        SimulationReport.Email(
          place: contacts.firstIndex(of: try row.decode(at: 0)) ?? 0, email: try row.decode(at: 1),
          address: try row.decode(at: 2), at: try row.decode(at: 3),
          state: try row.decode(at: 4) ? "held" : "queued"))
    }
  }

  /// Returns events without an entry, with the reasons.
  private func missing(_ entries: [SimulationReport.Step]) -> [SimulationReport.Missing] {
    let last = Dictionary(entries.map { ($0.event, $0) }, uniquingKeysWith: { _, later in later })
    return events.compactMap { event in
      guard last[event.id] == nil else { return nil }
      return SimulationReport.Missing(
        event: event.id, name: event.name, reason: reason(event, last))
    }
  }

  private func reason(_ event: CampaignEvent, _ last: [Int64: SimulationReport.Step]) -> String {
    guard let parent = event.parent.flatMap({ id in events.first { $0.id == id } }) else {
      return "the contact did not enter the campaign"
    }
    guard let step = last[parent.id] else { return "“\(parent.name)” above it did not happen" }
    switch step.state {
    case EntryState.executed.name:
      if let path = step.path, path != event.path {
        return "“\(parent.name)” came out \(path ? "yes" : "no")"
      }
      if let note = step.note { return "“\(parent.name)” ended with the note: \(note)" }
      return "the contact had left the campaign"
    case EntryState.waiting.name: return "“\(parent.name)” is still open"
    case EntryState.scheduled.name: return "“\(parent.name)” has not come due"
    case EntryState.failed.name: return "“\(parent.name)” failed: \(step.note ?? "")"
    default: return "“\(parent.name)” was cancelled: \(step.note ?? "")"
    }
  }
}
