import Foundation
import Postgres
import Testing

@testable import Campaigns

extension ModelRun {
  /// Compares the complete state of both sides.
  mutating func check() async throws {
    let (engine, model) = (try await seen(), expected())
    comparisons += model.count
    if engine != model {
      let unexpected = engine.filter { model[$0.key] != $0.value }.keys.sorted().prefix(8)
      let missing = model.filter { engine[$0.key] != $0.value }.keys.sorted().prefix(8)
      let keys = Set(unexpected).union(missing).sorted()
      let text = keys.map {
        "\($0)\n  engine:    \(engine[$0] ?? "-")\n  reference: \(model[$0] ?? "-")"
      }
      Issue.record("\(text.joined(separator: "\n"))\n\(story())")
      throw Disagreement()
    }
    for campaign in campaigns {
      let corrected = try await bed.corrections(of: campaign, crowded: true)
      if corrected != 0 {
        Issue.record(
          "CAM-803: \(corrected) counters of campaign \(campaign) were wrong\n\(story())")
        throw Disagreement()
      }
    }
  }

  struct Disagreement: Error {}

  private func story() -> String {
    var lines: [String] = []
    for campaign in reference.campaigns.values.sorted(by: { $0.id < $1.id }) {
      lines.append(
        "campaign \(campaign.id) restart \(campaign.allowsRestart) segments \(campaign.segments)")
      for event in campaign.events {
        let path = event.path.map { $0 ? "yes" : "no" } ?? ""
        lines.append(
          "  \(event.id) under \(event.parent ?? 0) \(path) \(event.position) \(event.type) \(event.properties) \(event.trigger)"
        )
      }
    }
    return (lines + trail.suffix(30)).joined(separator: "\n")
  }

  private func seen() async throws -> [String: String] {
    var seen: [String: String] = [:]
    for row in try await bed.pool.query(
      """
      SELECT contact_id, campaign_id, event_id, rotation, state, path, base_at, fire_at, executed_at,
        attempts, note, error, cancel_reason, pinned, delay_used, by_contact
      FROM campaign_log
      """)
    {
      var entry = ReferenceEntry(
        state: EntryState(rawValue: try row.decode("state")) ?? .failed,
        path: try row.decode("path"), base: try row.decode("base_at"),
        fire: try row.decode("fire_at"), executed: try row.decode("executed_at"))
      entry.attempts = try row.decode("attempts")
      entry.note = try row.decode("note")
      entry.error = try row.decode("error")
      entry.reason = try row.decode("cancel_reason")
      entry.isPinned = try row.decode("pinned")
      entry.delayUsed = try row.decode("delay_used")
      entry.byContact = try row.decode("by_contact")
      let (contact, campaign, event, rotation) = (
        try row.decode("contact_id", as: Int64.self), try row.decode("campaign_id", as: Int64.self),
        try row.decode("event_id", as: Int64.self), try row.decode("rotation", as: Int.self)
      )
      seen["\(contact) entry \(campaign) \(event)#\(rotation)"] = Self.text(entry)
    }
    for row in try await bed.pool.query(
      """
      SELECT contact_id, campaign_id, rotation, first_rotation, is_active, manually_added, date_added,
        date_last_exited FROM campaign_members
      """)
    {
      let (contact, campaign) = try (
        row.decode(at: 0, as: Int64.self), row.decode(at: 1, as: Int64.self)
      )
      let member = ReferenceMember(
        rotation: try row.decode(at: 2), first: try row.decode(at: 3),
        isActive: try row.decode(at: 4), isManual: try row.decode(at: 5),
        added: try row.decode(at: 6), exited: try row.decode(at: 7))
      seen["\(contact) member \(campaign)"] = Self.text(member)
    }
    for row in try await bed.pool.query(
      """
      SELECT c.id, c.points, c.city,
        (SELECT array_agg(t.tag ORDER BY t.tag) FROM contact_tags ct
          JOIN tags t ON t.id = ct.tag_id WHERE ct.contact_id = c.id),
        (SELECT array_agg(s.segment_id ORDER BY s.segment_id) FROM segment_members s
          WHERE s.contact_id = c.id AND NOT s.manually_removed)
      FROM contacts c
      """)
    {
      var contact = ReferenceContact(id: try row.decode(at: 0))
      contact.points = try row.decode(at: 1)
      contact.city = try row.decode(at: 2)
      contact.tags = Set(try row.decode(at: 3, as: [String]?.self) ?? [])
      contact.segments = Set(try row.decode(at: 4, as: [Int64]?.self) ?? [])
      seen["\(contact.id) contact"] = Self.text(contact)
    }
    return seen
  }

  private func expected() -> [String: String] {
    var expected: [String: String] = [:]
    for contact in people.values {
      expected["\(contact.id) contact"] = Self.text(contact)
      for (campaign, member) in contact.members {
        expected["\(contact.id) member \(campaign)"] = Self.text(member)
      }
      for (key, entry) in contact.log {
        expected["\(contact.id) entry \(key.campaign) \(key.event)#\(key.rotation)"] =
          Self.text(entry)
      }
    }
    return expected
  }

  private static func text(_ contact: ReferenceContact) -> String {
    "\(contact.points) \(contact.city ?? "-") \(contact.tags.sorted()) \(contact.segments.sorted())"
  }

  private static func text(_ member: ReferenceMember) -> String {
    """
    \(member.first)/\(member.rotation) active \(member.isActive) manual \(member.isManual) \
    added \(text(member.added)) exited \(member.exited.map(text) ?? "-")
    """
  }

  private static func text(_ date: Date) -> String {
    Date(timeIntervalSince1970: (date.timeIntervalSince1970 * 1000).rounded() / 1000)
      .formatted(.iso8601.time(includingFractionalSeconds: true))
  }

  private static func text(_ entry: ReferenceEntry) -> String {
    var text = "\(entry.state) base \(self.text(entry.base)) attempts \(entry.attempts)"
    if let path = entry.path { text += path ? " yes" : " no" }
    switch entry.state {
    case .scheduled, .waiting:
      text += " fire \(entry.fire.map(self.text) ?? "-")"
      if entry.isPinned { text += " pinned" }
      if entry.delayUsed { text += " used" }
    case .executed:
      text += " at \(entry.executed.map(self.text) ?? "-")"
      if let note = entry.note { text += " (\(note))" }
      if entry.byContact { text += " by contact" }
    case .cancelled: text += " \(entry.reason ?? "-")"
    case .running, .failed: break
    }
    return text + (entry.error.map { " error \($0)" } ?? "")
  }
}
